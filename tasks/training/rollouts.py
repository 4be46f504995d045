"""What a run's sampled answers look like: each validation's pictures beside their targets."""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from typing import TYPE_CHECKING

from PIL import Image

from storage.release_copy import local_release
from storage.release_facts import data_files, rl_truths
from storage.rl_release import reference_path
from vincicoder.contact_sheet import SheetEntry, contact_sheet, interleaved, message_picture
from vincicoder.train.rollouts import PromptRow, RolloutFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storage.home import Home
    from vincicoder.train.rollouts import Rollout

_PAIRS, _PAIRS_A_ROW = 16, 4
# Until a step's answers are all read, more than are shown are kept of each domain.
_KEPT_A_DOMAIN = 4 * _PAIRS


def rollout_files(home: Home, release: str, run: Path) -> RolloutFiles:
    """Return the answers of a run on an RL release."""

    def rows() -> Iterator[tuple[str, PromptRow]]:
        paths = [path for split in ("train", "validation") for path in data_files(home, "rl", release, split)]
        for truth, row in rl_truths(paths):
            reference = row.pop("reference_sha256")
            yield truth, PromptRow(**row, reference=reference)

    return RolloutFiles(run, rows)


def write_answer_sheets(home: Home, release: str, run: Path) -> list[Path]:
    """Draw a sheet of answers beside their targets for the newest validation and each that has none yet.

    Where nothing was validated, the last training step's answers are drawn. Sheets lie in `sheets/` of the
    run's folder and are named by split and step; returned are the new ones. The same rows are shown at every
    step. Raises InfrastructureError.
    """
    answers = sorted(_choose(rollout_files(home, release, run)).items())
    folder = run / "sheets"
    written = []
    for (split, step), chosen in answers:
        path = folder / f"{split}-{step:06d}.png"
        if path.exists() and (split, step) != answers[-1][0]:  # the newest may have been unfinished
            continue
        folder.mkdir(exist_ok=True)
        path.write_bytes(_sheet(local_release(home, "rl", release), chosen))
        written.append(path)
    return written


def _choose(files: RolloutFiles) -> dict[tuple[str, int], list[Rollout]]:
    """Return the answers to show of each validation, or else of the last training step: one a row, rows by
    the hash of their ids, spread over the domains."""
    found: dict[tuple[str, int], dict[str, dict[str, Rollout]]] = defaultdict(lambda: defaultdict(dict))
    last = -1
    for rollout in files.read():
        if rollout.split == "train":
            if rollout.step < last:
                continue
            if rollout.step > last:
                found.pop(("train", last), None)
                last = rollout.step
        group = found[rollout.split, rollout.step][rollout.row.domain]
        group.setdefault(_rank(rollout), rollout)
        if len(group) > 2 * _KEPT_A_DOMAIN:
            for rank in sorted(group)[_KEPT_A_DOMAIN:]:
                del group[rank]
    if any(split == "validation" for split, _ in found):
        found.pop(("train", last), None)
    return {
        key: interleaved(
            [group for _, group in sorted(domains[domain].items())] for domain in sorted(domains)
        )[:_PAIRS]
        for key, domains in found.items()
    }


def _rank(rollout: Rollout) -> str:
    return hashlib.sha256(f"answers\0{rollout.row.sample_id}".encode()).hexdigest()


def _sheet(release: Path, rollouts: Sequence[Rollout]) -> bytes:
    entries = []
    for rollout, (picture, caption) in zip(rollouts, _draw(rollouts), strict=True):
        row = rollout.row
        target = (release / reference_path(row.reference)).read_bytes()
        entries.append(SheetEntry(target, f"{row.domain} · {row.language}", f"target {row.sample_id[:12]}"))
        entries.append(SheetEntry(picture, f"reward {rollout.terms['score']:.2f}", caption))
    return contact_sheet(entries, columns=min(2 * _PAIRS_A_ROW, len(entries)))


def _draw(rollouts: Sequence[Rollout]) -> list[tuple[bytes, str]]:
    """Return each answer's picture, or one that says why there is none, and a word on it. Answers are hostile
    code: they are drawn as the reward draws them, in the sandbox."""
    from vincicoder.render.registry import language_on
    from vincicoder.reward import RewardConfig
    from vincicoder.reward.answer import read_answer
    from vincicoder.reward.rendering import Renderer

    config = RewardConfig.preset("default")
    answers = [read_answer(rollout.response, rollout.row.language, config) for rollout in rollouts]
    programs = [
        (language_on(rollout.row.language, rollout.row.stack), answer.code or "", rollout.row.data)
        for rollout, answer in zip(rollouts, answers, strict=True)
    ]
    with Renderer(config) as renderer:
        drawn = dict(renderer.draw({program for program in programs if program[1]}))
    shown = []
    for program, answer in zip(programs, answers, strict=True):
        if answer.code is None:
            shown.append((message_picture(answer.detail), answer.reason))
            continue
        result = drawn[program]
        if result.pixels is None:
            shown.append((message_picture(result.detail), result.reason.value if result.reason else ""))
            continue
        encoded = io.BytesIO()
        Image.fromarray(result.pixels).save(encoded, "PNG")
        shown.append((encoded.getvalue(), f"{result.pixels.shape[1]} x {result.pixels.shape[0]} pixels"))
    return shown
