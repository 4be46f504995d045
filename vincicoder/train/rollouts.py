"""The answers that trainers sample: read as they are written, as curves by domain and for people to look at.

rollouts/rank-N.jsonl   ms-swift: our reward writes one line an answer, in each of the trainer's processes
rollouts/N.jsonl        verl: the answers of training step N
validation/N.jsonl      verl: those of the validation after step N
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

from vincicoder.train.aside import move_aside
from vincicoder.train.metrics import GrowingFile, LoggedMetric, is_step, numbers

logger = logging.getLogger("vincicoder")

_FOLDERS = ("rollouts", "validation")
# The terms whose curves are kept for each domain too.
_BY_DOMAIN = ("score", "rendered")

Split = Literal["train", "validation"]


@dataclass(frozen=True, slots=True)
class PromptRow:
    """What is known of the row that was answered. `reference` is the sha256 of its picture, `stack` names its
    libraries, '' for today's, `data` are the files that its program reads, packed."""

    sample_id: str
    domain: str
    language: str
    reference: str
    stack: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One answer. `step` is the optimiser step it was for or, in validation, the one it followed; `terms`
    are the reward's breakdown, 0 to 1, as far as the trainer wrote it: always `score`."""

    split: Split
    step: int
    row: PromptRow
    response: str
    terms: Mapping[str, float]


def rollout_line(rollout: Rollout) -> str:
    """Return one line of the file that our reward writes beside ms-swift."""
    row = rollout.row
    fields = {
        "split": rollout.split,
        "step": rollout.step,
        "sample_id": row.sample_id,
        "domain": row.domain,
        "language": row.language,
        "reference": row.reference,
        "stack": row.stack,
        "data": row.data,
        "response": rollout.response,
        "terms": dict(rollout.terms),
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"


class RolloutFiles:
    """Reads a run's answers. `rows` yields the rows of the release by their ground truth: verl repeats that
    and no other column of a row; it is asked at most once, and never for ms-swift. `foreign` counts lines of
    another form, which hold no answer."""

    def __init__(self, run: Path, rows: Callable[[], Iterable[tuple[str, PromptRow]]]) -> None:
        self._run = run
        self._rows = rows
        self.foreign = 0

    def paths(self) -> list[Path]:
        """Return the files there are by now, sorted."""
        return sorted(path for name in _FOLDERS for path in (self._run / name).glob("*.jsonl"))

    def read(self) -> Iterator[Rollout]:
        """Yield every answer that has been written."""
        for path in self.paths():
            yield from self.parse(path, GrowingFile(path).read_lines())

    def parse(self, path: Path, lines: Iterable[bytes]) -> Iterator[Rollout]:
        """Yield the answers in some lines of one of the files; a line of another form holds none.

        Raises what `rows` raises.
        """
        split: Split = "validation" if path.parent.name == "validation" else "train"
        for line in lines:
            fields = _fields_of(line)
            found = self._from_verl(fields, split) if "gts" in fields else _from_ours(fields)
            if found is not None:
                yield found
                continue
            self.foreign += 1
            if self.foreign == 1:
                logger.warning("%s has a line that is no answer of this run: %.80r", path, line)

    def _from_verl(self, fields: Mapping[str, Any], split: Split) -> Rollout | None:
        row = self._known.get(_truth_key(str(fields["gts"])))
        step = fields.get("step")
        terms = dict(numbers({name: fields[name] for name in self._terms if name in fields}))
        if row is None or not is_step(step) or "score" not in terms:
            return None
        return Rollout(split, step, row, str(fields.get("output", "")), terms)

    @cached_property
    def _terms(self) -> tuple[str, ...]:
        from vincicoder.reward import KEYS  # brings the renderers, which only verl's lines need here

        return KEYS

    @cached_property
    def _known(self) -> dict[bytes, PromptRow]:
        return {_truth_key(truth): row for truth, row in self._rows()}


def _truth_key(truth: str) -> bytes:
    """The programs of a whole release would fill the memory."""
    return hashlib.sha256(truth.encode("utf-8", "surrogatepass")).digest()


def _fields_of(line: bytes) -> Mapping[str, Any]:
    """Return a line's object; an empty one where it holds none."""
    with contextlib.suppress(ValueError, RecursionError):
        fields = json.loads(line)
        if isinstance(fields, dict):
            return fields
    return {}


def _from_ours(fields: Mapping[str, Any]) -> Rollout | None:
    texts = [fields.get(name) for name in ("sample_id", "domain", "language", "reference", "response")]
    step, split, scores = fields.get("step"), fields.get("split"), fields.get("terms")
    terms = dict(numbers(scores)) if isinstance(scores, dict) else {}
    if not all(isinstance(text, str) for text in texts) or split not in ("train", "validation"):
        return None
    if not is_step(step) or "score" not in terms:
        return None
    sample_id, domain, language, reference, response = cast("list[str]", texts)
    # Lines of an earlier version lack these two.
    stack, data = (found if isinstance(found := fields.get(name), str) else "" for name in ("stack", "data"))
    prompt = PromptRow(sample_id, domain, language, reference, stack, data)
    return Rollout(cast("Split", split), step, prompt, response, terms)


class RolloutCurves:
    """Follows a run's answers and keeps their means by step: `train/score`, `train/score/chart`,
    `train/rendered`, `validation/visual` … (`rendered` is the share of answers that drew a picture)."""

    def __init__(self, files: RolloutFiles) -> None:
        self._files = files
        self._open: dict[Path, GrowingFile] = {}
        self._sums: dict[tuple[int, str], tuple[float, int]] = {}
        self._changed: set[tuple[int, str]] = set()

    def read_new(self) -> list[LoggedMetric]:
        """Return the means that have changed since the last call; those of a step may change again.

        What it raises loses nothing: the next call reads on.
        """
        for path in self._files.paths():
            file = self._open.setdefault(path, GrowingFile(path))
            for rollout in self._files.parse(path, file.read_lines()):
                for name, value in _named_terms(rollout):
                    key = (rollout.step, name)
                    total, count = self._sums.get(key, (0.0, 0))
                    self._sums[key] = (total + value, count + 1)
                    self._changed.add(key)
        changed, self._changed = self._changed, set()
        return [
            LoggedMetric(step, name, self._sums[step, name][0] / self._sums[step, name][1])
            for step, name in sorted(changed)
        ]


def _named_terms(rollout: Rollout) -> Iterator[tuple[str, float]]:
    for name, value in rollout.terms.items():
        yield f"{rollout.split}/{name}", value
        if name in _BY_DOMAIN:
            yield f"{rollout.split}/{name}/{rollout.row.domain}", value


def forget_after(run: Path, step: int) -> None:
    """Move the answers of later steps, which an attempt that goes on from `step` will sample again, into
    `superseded/` of the run's folder. Lines of another form stay where they are."""
    for path in sorted(path for name in _FOLDERS for path in (run / name).glob("*.jsonl")):
        aside = run / "superseded" / path.parent.name
        if path.stem.isdigit():
            if int(path.stem) > step:
                move_aside(path, aside)
            continue
        kept, moved = path.with_suffix(".part"), path.with_suffix(".later")
        with kept.open("wb") as earlier, moved.open("wb") as later:
            for line in GrowingFile(path).read_lines():
                reached = _fields_of(line).get("step")
                (later if is_step(reached) and reached > step else earlier).write(line + b"\n")
            os.fsync(earlier.fileno())
            os.fsync(later.fileno())
        if moved.stat().st_size:
            move_aside(moved, aside)
        else:
            moved.unlink()
        kept.replace(path)  # without a line that a kill cut off
