"""Sample answers from a checkpoint: `python generate.py < REQUEST.json`, in the trainer's environment.

REQUEST: {"model": folder, "rows": Parquet file, "answers": k, "tokens": n, "temperature": t, "seed": s,
"max_pixels": p, "output": JSON lines file}. The Parquet has `sample_id`, `instruction` (with one `<image>`)
and `image` (struct with `bytes`). Each line written is {"sample_id": ..., "answers": [k texts]}; rows that
the output holds already are not sampled again, so a run that was cut short goes on. Runs by path: this
project need not be installed there. With GPUs and vLLM the answers come from vLLM, else from transformers,
one row at a time.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def main() -> int:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    output = Path(request["output"])
    done = places_of(output, request["answers"])
    answer = _make_sampler(request)
    with output.open("ab") as stream:
        if _is_cut_off(output):
            stream.write(b"\n")
        for sample_id, instruction, png in _rows(Path(request["rows"])):
            if sample_id not in done:
                answers = answer(instruction, png)
                stream.write(json.dumps({"sample_id": sample_id, "answers": answers}).encode() + b"\n")
                stream.flush()
    return 0


def places_of(output: Path, answers: int) -> dict[str, int]:
    """Return where each sample's line begins, in bytes.

    Lines that are cut off or damaged, or do not hold `answers` texts, count as not there; they stay there.
    """
    places: dict[str, int] = {}
    if output.exists():
        with output.open("rb") as stream:
            place = 0
            for line in stream:
                if (sample_id := _sample_answered(line, answers)) is not None:
                    places[sample_id] = place
                place += len(line)
    return places


def _sample_answered(line: bytes, answers: int) -> str | None:
    try:
        sample_id, texts = (json.loads(line)[name] for name in ("sample_id", "answers"))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = isinstance(texts, list) and len(texts) == answers and all(isinstance(one, str) for one in texts)
    return sample_id if whole and isinstance(sample_id, str) else None


def _is_cut_off(output: Path) -> bool:
    """Whether the file's last line has no end."""
    with output.open("rb") as stream:
        if stream.seek(0, io.SEEK_END) == 0:
            return False
        stream.seek(-1, io.SEEK_END)
        return stream.read() != b"\n"


def _rows(path: Path) -> Iterator[tuple[str, str, bytes]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(16, columns=["sample_id", "instruction", "image"], use_threads=False):
            for row in batch.to_pylist():
                yield row["sample_id"], row["instruction"], row["image"]["bytes"]


def _messages(instruction: str, picture: Any) -> list[dict[str, Any]]:
    before, _, after = instruction.partition("<image>")
    parts: list[dict[str, Any]] = [{"type": "text", "text": before}] if before.strip() else []
    parts.append({"type": "image", "image": picture})
    if after.strip():
        parts.append({"type": "text", "text": after})
    return [{"role": "user", "content": parts}]


def _make_sampler(request: dict[str, Any]) -> Callable[[str, bytes], list[str]]:
    import torch

    if torch.cuda.is_available():
        try:
            return _vllm_sampler(request)
        except ImportError:
            pass
    return _transformers_sampler(request)


def _transformers_sampler(request: dict[str, Any]) -> Callable[[str, bytes], list[str]]:
    import torch
    import transformers
    from PIL import Image

    device = "cuda" if torch.cuda.is_available() else "cpu"
    classes: Any = transformers  # its classes are untyped
    processor = classes.AutoProcessor.from_pretrained(request["model"])
    model = classes.AutoModelForImageTextToText.from_pretrained(request["model"], dtype="auto")
    model = model.to(device).eval()
    torch.manual_seed(request["seed"])

    def answer(instruction: str, png: bytes) -> list[str]:
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        if picture.width * picture.height > request["max_pixels"]:
            shrink = (request["max_pixels"] / (picture.width * picture.height)) ** 0.5
            picture = picture.resize(
                (max(int(picture.width * shrink), 32), max(int(picture.height * shrink), 32))
            )
        text = processor.apply_chat_template(_messages(instruction, picture), add_generation_prompt=True)
        inputs = processor(text=[text], images=[picture], return_tensors="pt").to(device)
        with torch.inference_mode():
            made = model.generate(
                **inputs,
                do_sample=True,
                temperature=request["temperature"],
                max_new_tokens=request["tokens"],
                num_return_sequences=request["answers"],
            )
        fresh = made[:, inputs["input_ids"].shape[1] :]
        return [str(text) for text in processor.batch_decode(fresh, skip_special_tokens=True)]

    return answer


def _vllm_sampler(request: dict[str, Any]) -> Callable[[str, bytes], list[str]]:
    import base64

    import torch
    from vllm import LLM, SamplingParams

    model = LLM(
        model=request["model"],
        tensor_parallel_size=torch.cuda.device_count(),
        seed=request["seed"],
        mm_processor_kwargs={"max_pixels": request["max_pixels"]},
    )
    sampling = SamplingParams(
        n=request["answers"], temperature=request["temperature"], max_tokens=request["tokens"]
    )

    def answer(instruction: str, png: bytes) -> list[str]:
        url = "data:image/png;base64," + base64.b64encode(png).decode()
        messages = _messages(instruction, None)
        for part in messages[0]["content"]:
            if part["type"] == "image":
                part.clear()
                part.update({"type": "image_url", "image_url": {"url": url}})
        return [output.text for output in model.chat(messages, sampling, use_tqdm=False)[0].outputs]

    return answer


if __name__ == "__main__":
    sys.exit(main())
