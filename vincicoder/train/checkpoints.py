"""Checkpoints on disk: which are whole, what they hold, and whether two have the same architecture."""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vincicoder.sample import UserError

_LARGEST_HEADER = 100_000_000  # bytes; safetensors' own limit


class CheckpointError(UserError):
    """A checkpoint that can't be used: which file is wrong, and how."""


class CutOffError(CheckpointError):
    """A checkpoint that was not written to its end."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole checkpoint. `digest` is a sha256 over the names, shapes and sizes of all files, and over
    the weights' headers: it distinguishes checkpoints without reading hundreds of GB."""

    path: Path
    step: int
    architecture: str
    parameters: int
    bytes: int
    digest: str


def inspect_checkpoint(path: Path) -> Checkpoint:
    """Read a Hugging Face model folder. Raises CheckpointError where a file lacks or is cut off."""
    configuration = read_configuration(path)
    described = hashlib.sha256()
    parameters = 0
    for weights in weight_files(path):
        header = _read_header(weights)
        for name in sorted(header):
            if name != "__metadata__":
                described.update(f"{name} {header[name]['dtype']} {header[name]['shape']}\n".encode())
                parameters += _count(header[name]["shape"])
    files = sorted(file for file in path.rglob("*") if file.is_file())
    for file in files:
        described.update(f"{file.relative_to(path)} {file.stat().st_size}\n".encode())
    return Checkpoint(
        path=path,
        step=step_of(path),
        architecture=architecture_of(configuration),
        parameters=parameters,
        bytes=sum(file.stat().st_size for file in files),
        digest=described.hexdigest(),
    )


def read_configuration(path: Path) -> dict[str, Any]:
    """Return a model folder's `config.json`. Raises CheckpointError."""
    try:
        configuration = json.loads((path / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} holds no config.json: it is no model folder") from error
    except ValueError as error:
        raise CheckpointError(f"{path / 'config.json'} is not JSON: {error}") from error
    if not isinstance(configuration, dict):
        raise CheckpointError(f"{path / 'config.json'} holds no object")
    return configuration


def architecture_of(configuration: Mapping[str, Any]) -> str:
    """Return what decides whether weights fit: class, widths and depths, as one line."""
    text = configuration.get("text_config") or configuration
    vision = configuration.get("vision_config") or {}
    name = (configuration.get("architectures") or [configuration.get("model_type", "unknown")])[0]
    fields = [f"{key}={text.get(key)}" for key in ("hidden_size", "num_hidden_layers", "vocab_size")]
    fields += [f"vision_{key}={vision.get(key)}" for key in ("hidden_size", "depth") if vision]
    return f"{name}({', '.join(fields)})"


def weight_files(path: Path) -> list[Path]:
    """Return the files that hold the weights. Raises CheckpointError where one of the index lacks."""
    index = path / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, AttributeError) as error:
            raise CutOffError(f"{index} is no index of weights: {error}") from error
        files = [path / name for name in names]
    else:
        files = [
            path / name
            for name in ("model.safetensors", "adapter_model.safetensors")
            if (path / name).is_file()
        ]
    if not files:
        raise CheckpointError(f"{path} holds no weights (model.safetensors, or its index and parts)")
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise CutOffError(f"{path} lacks {', '.join(missing)}, which its index names")
    return files


def step_of(path: Path) -> int:
    """Return the optimiser step that a checkpoint was saved at; 0 for a model not trained here."""
    if path.parts[-2:] == ("actor", "huggingface"):
        return _number(path.parent.parent)
    state = path / "trainer_state.json"
    if state.is_file():
        try:
            return int(json.loads(state.read_text(encoding="utf-8"))["global_step"])
        except (ValueError, KeyError, TypeError) as error:
            raise CutOffError(f"{state} tells no step: {error}") from error
    return 0


def last_resumable(output: Path) -> tuple[Path | None, list[tuple[Path, str]]]:
    """Return the weights' folder of the newest whole checkpoint, and those passed over, each with its reason.

    ms-swift writes `checkpoint-N` with the weights inside, verl `global_step_N` with the weights in
    `actor/huggingface`. A trainer that was killed while it wrote leaves one that can't be loaded.
    """
    passed_over: list[tuple[Path, str]] = []
    for path in _newest_first(output):
        if (problem := _why_not_resumable(path)) is None:
            return _weights_of(path), passed_over
        passed_over.append((path, str(problem)))
    return None, passed_over


def cut_off_checkpoints(output: Path) -> list[Path]:
    """Return the folders newer than the last resumable one that a kill cut off while they were written."""
    found = []
    for path in _newest_first(output):
        if (problem := _why_not_resumable(path)) is None:
            break
        if isinstance(problem, CutOffError):
            found.append(path)
    return found


def last_whole(output: Path) -> Checkpoint | None:
    """Return the newest checkpoint whose weights are whole, whether one can go on from it or not."""
    for path in _newest_first(output):
        if not isinstance(_why_not_resumable(path), CutOffError):
            with contextlib.suppress(CheckpointError):
                return inspect_checkpoint(_weights_of(path))
    return None


def _newest_first(output: Path) -> list[Path]:
    found = [*output.glob("checkpoint-*"), *output.glob("global_step_*")]
    numbered = [path for path in found if path.is_dir() and _digits(path).isdigit()]
    return sorted(numbered, key=_number, reverse=True)


def _weights_of(path: Path) -> Path:
    return path / "actor" / "huggingface" if path.name.startswith("global_step_") else path


def _digits(path: Path) -> str:
    return path.name.replace("global_step_", "checkpoint-").rpartition("-")[2]


def _number(path: Path) -> int:
    return int(_digits(path))


def _why_not_resumable(path: Path) -> CheckpointError | None:
    try:
        _require_resumable(path, _weights_of(path))
    except CheckpointError as error:
        return error
    return None


def _require_resumable(path: Path, weights: Path) -> None:
    # verl: optimizer and random states lie in one file a rank; `data.pt` is written after them.
    last = "trainer_state.json" if path == weights else "data.pt"
    if not (path / last).is_file():
        raise CutOffError(f"{path} lacks {last}, which the trainer writes last")
    for file in weight_files(weights):
        _read_header(file)
    if path != weights:
        return
    step_of(path)
    states = [path / name for name in ("optimizer.pt", "scheduler.pt") if (path / name).is_file()]
    for state in states:
        _require_whole_archive(state)
    if len(states) < 2 and not any(path.glob("global_step*")):
        raise CheckpointError(f"{path} is without its optimizer's state, so training can't go on from it")


def _require_whole_archive(path: Path) -> None:
    """torch.save writes a ZIP archive, whose directory comes last."""
    try:
        zipfile.ZipFile(path).close()
    except (zipfile.BadZipFile, OSError) as error:
        raise CutOffError(f"{path} is cut off ({error})") from error


def _read_header(path: Path) -> dict[str, Any]:
    """Read a safetensors header and compare the file's size with it (format: 8 bytes length, JSON, data)."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 0 < length <= min(_LARGEST_HEADER, size):
            raise CutOffError(f"{path} is no safetensors file, or cut off")
        try:
            header = json.loads(stream.read(length))
            ends = [
                int(fields["data_offsets"][1]) for name, fields in header.items() if name != "__metadata__"
            ]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise CutOffError(f"{path} is cut off in its header") from error
    expected = 8 + length + max(ends, default=0)
    if size != expected:
        raise CutOffError(f"{path} has {size} bytes where its header says {expected}: it is cut off")
    return dict(header)


def _count(shape: list[int]) -> int:
    product = 1
    for length in shape:
        product *= length
    return product
