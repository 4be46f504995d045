"""Sample answers from a checkpoint: `python generate.py < REQUEST.json`, in the sampling environment.

Runs by path and needs nothing but vLLM, or torch, transformers and Pillow, there. REQUEST: `model` (a
folder), `rows` and `output` (files of JSON lines), `backend` ("vllm" or "transformers"), `answers`, `tokens`,
`temperature`, `top_p`, `seed`, `min_pixels`, `max_pixels`, `context` (tokens of prompt and answer together),
`memory` (vLLM's share of a GPU), `tensor_parallel`, `dtype`, `chunk_rows` (sampled in one call by vLLM;
transformers takes one at a time), and `pictures` (of a row, at most; 1 where it is not there).

A row has `sample_id`, `instruction` (with one `<image>`) and `image` (a PNG in base64); or several `<image>`
and as many `images`. A line written is
{"sample_id": ..., "answers": [texts]}, or {"sample_id": ..., "problem": text} for a row that the model can't
take, such as one with too long a prompt. Rows that the output holds already are not sampled again, so a run
that was cut short goes on. A row's answers depend on its own id and the seed, not on the rows beside it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Sampler = Callable[[list[Row]], list[list[str]]]
"""Returns the answers to each row. Raises ValueError where a row is at fault."""


def main() -> int:
    """Answer the request on standard input."""
    _forget_own_folder()
    request = json.load(sys.stdin)
    output = Path(request["output"])
    done = places_of(output, request["answers"])
    waiting = (row for row in read_rows(Path(request["rows"])) if row["sample_id"] not in done)
    first = next(waiting, None)
    if first is None:
        return 0
    sampler = _make_sampler(request)
    with output.open("ab") as stream:
        if _is_cut_off(output):
            stream.write(b"\n")
        at_once = request["chunk_rows"] if request["backend"] == "vllm" else 1
        for chunk in _in_chunks(chain([first], waiting), at_once):
            for row, outcome in zip(chunk, _sample(sampler, chunk), strict=True):
                named = {"answers": outcome} if isinstance(outcome, list) else {"problem": outcome}
                stream.write(json.dumps({"sample_id": row["sample_id"], **named}).encode() + b"\n")
            stream.flush()
    return 0


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file of JSON lines."""
    with path.open("rb") as stream:
        yield from map(json.loads, stream)


def places_of(output: Path, answers: int) -> dict[str, int]:
    """Return where each sample's line begins, in bytes.

    Lines that are cut off or damaged, or hold neither `answers` texts nor a problem, count as not there; they
    stay there.
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
        fields = json.loads(line)
        sample_id, texts, problem = fields["sample_id"], fields.get("answers"), fields.get("problem")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    whole = isinstance(texts, list) and len(texts) == answers and all(isinstance(one, str) for one in texts)
    return sample_id if (whole or isinstance(problem, str)) and isinstance(sample_id, str) else None


def _forget_own_folder() -> None:
    """A script's folder comes first on the path, where our modules would hide others of the same names."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != here]


def _is_cut_off(output: Path) -> bool:
    """Whether the file's last line has no end."""
    with output.open("rb") as stream:
        if stream.seek(0, io.SEEK_END) == 0:
            return False
        stream.seek(-1, io.SEEK_END)
        return stream.read() != b"\n"


def _in_chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _sample(sampler: Sampler, rows: list[Row]) -> list[list[str] | str]:
    """Return the answers to each row, or what is wrong with it: a row at fault costs no other its answers."""
    try:
        return [*sampler(rows)]
    except ValueError as error:
        if len(rows) == 1:
            return [f"{type(error).__name__}: {error}"[:500]]
    middle = len(rows) // 2
    return _sample(sampler, rows[:middle]) + _sample(sampler, rows[middle:])


def _seed_of(row: Row, seed: int) -> int:
    digest = hashlib.sha256(f"{seed} {row['sample_id']}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _pictures(row: Row) -> list[str]:
    found = row.get("images", [row.get("image")])
    return [str(picture) for picture in found]


def _messages(instruction: str, pictures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for place, text in enumerate(instruction.split("<image>", len(pictures))):
        parts += pictures[place - 1 : place] if place else []
        parts += [{"type": "text", "text": text}] if text.strip() else []
    return [{"role": "user", "content": parts}]


def _make_sampler(request: dict[str, Any]) -> Sampler:
    make = {"vllm": _vllm_sampler, "transformers": _transformers_sampler}[request["backend"]]
    return make(request)


def _transformers_sampler(request: dict[str, Any]) -> Sampler:
    """One row at a time."""
    import torch
    import transformers
    from PIL import Image

    device = "cuda" if torch.cuda.is_available() else "cpu"
    classes: Any = transformers  # its classes are untyped
    processor = classes.AutoProcessor.from_pretrained(request["model"])
    model = classes.AutoModelForImageTextToText.from_pretrained(request["model"], dtype=request["dtype"])
    model = model.to(device).eval()
    bounds = {name: request[name] for name in ("min_pixels", "max_pixels")}
    # A temperature of 0 has no meaning there: the likeliest token is taken each time.
    warm = {"do_sample": True, **{name: request[name] for name in ("temperature", "top_p")}}
    how = warm if request["temperature"] > 0 else {"do_sample": False}

    def answer(row: Row) -> list[str]:
        pictures = [
            Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB") for picture in _pictures(row)
        ]
        messages = _messages(row["instruction"], [{"type": "image"} for _ in pictures])
        text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        inputs = processor(text=[text], images=pictures, return_tensors="pt", **bounds).to(device)
        length = inputs["input_ids"].shape[1]
        if length >= request["context"]:
            raise ValueError(f"the prompt has {length} tokens; fewer than {request['context']} are allowed")
        torch.manual_seed(_seed_of(row, request["seed"]))
        with torch.inference_mode():
            made = model.generate(
                **inputs,
                **how,
                max_new_tokens=min(request["tokens"], request["context"] - length),
                num_return_sequences=request["answers"],
            )
        return [str(text) for text in processor.batch_decode(made[:, length:], skip_special_tokens=True)]

    return lambda rows: [answer(row) for row in rows]


def _vllm_sampler(request: dict[str, Any]) -> Sampler:
    """All rows of a chunk in one call."""
    from vllm import LLM, SamplingParams

    model = LLM(
        model=request["model"],
        dtype=request["dtype"],
        tensor_parallel_size=request["tensor_parallel"],
        max_model_len=request["context"],
        gpu_memory_utilization=request["memory"],
        limit_mm_per_prompt={"image": request.get("pictures", 1), "video": 0},
        mm_processor_kwargs={name: request[name] for name in ("min_pixels", "max_pixels")},
        seed=request["seed"],
    )

    def sampling(row: Row) -> Any:
        return SamplingParams(
            n=request["answers"],
            temperature=request["temperature"],
            top_p=request["top_p"],
            max_tokens=request["tokens"],
            seed=_seed_of(row, request["seed"]),
        )

    def answer(rows: list[Row]) -> list[list[str]]:
        chats = [
            _messages(
                row["instruction"],
                [
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
                    for picture in _pictures(row)
                ],
            )
            for row in rows
        ]
        made = model.chat(chats, [sampling(row) for row in rows], use_tqdm=False)
        return [[output.text for output in one.outputs] for one in made]

    return answer


if __name__ == "__main__":
    sys.exit(main())
