"""Scores batches: rendering in the engine's processes, encoding and comparing here, at the same time."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from vincicoder.render import Recording, RenderResult
from vincicoder.reward.answer import ParsedAnswer, read_answer
from vincicoder.reward.breakdown import Breakdown, RewardError
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.copies import Verdict, judge
from vincicoder.reward.items import ProgramKey, RewardItem, as_item, read_reference
from vincicoder.reward.outcome import RenderOutcome, assemble
from vincicoder.reward.references import ReferenceCache
from vincicoder.reward.rendering import Renderer, is_our_fault
from vincicoder.reward.stream import RenderStream
from vincicoder.reward.structural import needs_record, structure_likeness
from vincicoder.reward.visual import (
    Baseline,
    Likeness,
    Reference,
    compare,
    cut,
    empty_tiles,
    fit,
    for_lpips,
    is_blank,
)
from vincicoder.sample import MACHINE_DEPENDENT_REASONS
from vincicoder.similarity.bands import Laid, lay_over
from vincicoder.similarity.baseline import unrelated_cosines
from vincicoder.similarity.encoders.load import load_encoder
from vincicoder.similarity.perceptual import Lpips
from vincicoder.similarity.tile_features import TileFeatures
from vincicoder.similarity.tiles import Grid

_TILES_AT_ONCE = 64  # gathered for the encoder: 600 KB each
_Key = tuple[ProgramKey, str]  # a program, and the sha256 of a reference


@dataclass(slots=True)
class _Pair:
    """A picture to be compared with a reference; `tiles` is the picture cut as the reference was, `kept` what
    laying its bands over the reference's has left."""

    key: _Key
    reference: Reference
    picture: NDArray[np.uint8]
    kept: float
    tiles: NDArray[np.uint8]
    notes: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A scored item with its pictures (uint8, (height, width, 3)) and the likeness of each tile of the grid,
    the whole picture's last; `tiles` is empty and `candidate` None where there was nothing to compare."""

    breakdown: Breakdown
    reference: NDArray[np.uint8]
    candidate: NDArray[np.uint8] | None
    grid: Grid
    tiles: tuple[float, ...]


class RewardScorer:
    """Scores batches of responses; use as `with RewardScorer(config) as scorer:`. Any thread may score.

    Opening loads the encoder. Raises MissingWeightsError, and InfrastructureError where the sandbox is
    required and does not hold. `counts` and `seconds` are totals since then, for reports.
    """

    def __init__(self, config: RewardConfig | None = None) -> None:
        self.config = config or RewardConfig()
        self.counts: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._renderer = Renderer(self.config)
        self._owner = os.getpid()
        self._outcomes: OrderedDict[_Key, RenderOutcome] = OrderedDict()
        self._records: OrderedDict[ProgramKey, str] = OrderedDict()  # of rows' own programs
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        config = self.config
        encoder = load_encoder(config.encoder, config.feature, config.device, config.batch_tiles)
        self.features = TileFeatures(encoder)
        self._baseline = Baseline(*unrelated_cosines(self.features)) if config.rescale else None
        weights = Path(config.lpips_weights) if config.lpips_weights else None
        self._lpips = Lpips("alex", weights, config.device or "cpu") if config.lpips_weight else None
        self.references = ReferenceCache(self.features, config)
        self._renderer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's processes; in a fork of the process that opened them they stay."""
        if self._owner == os.getpid():
            self._renderer.close()

    def worker_processes(self) -> list[int]:
        """Return the process ids at the roots of the render workers' trees."""
        return self._renderer.worker_processes()

    def totals(self) -> tuple[dict[str, int], dict[str, float]]:
        """Return what `counts` and `seconds` are at this moment."""
        with self._lock:
            return dict(self.counts), dict(self.seconds)

    def score_batch(
        self, rows: Sequence[RewardItem | Mapping[str, Any]], abandoned: threading.Event | None = None
    ) -> list[Breakdown]:
        """Return a breakdown for each row, in order.

        A response's faults are scored. Raises RewardError where a row is no item, its reference can't be
        read, or our own machinery failed it even when tried again; all other rows have then been scored. Once
        `abandoned` is set, the rest is left undone and AbandonedError raised.
        """
        if self._owner != os.getpid():
            raise RuntimeError(
                f"this scorer belongs to process {self._owner}, of which this one ({os.getpid()}) is a fork: "
                "open another one here"
            )
        failures: dict[int, str] = {}
        answers: dict[int, ParsedAnswer] = {}
        items: dict[int, RewardItem] = {}
        keys: dict[int, _Key] = {}
        encoded: dict[str, bytes] = {}
        for index, row in enumerate(rows):
            try:
                item = as_item(row)
                answer = read_answer(item.response, item.language, self.config)
                if answer.code is not None:
                    sha256, encoded_bytes = read_reference(item.reference)
                    encoded[sha256] = encoded_bytes
                    keys[index] = (item.program(answer.code), sha256)
                answers[index], items[index] = answer, item
            except (OSError, TypeError, ValueError) as error:
                failures[index] = str(error)
        outcomes = self._judge(dict.fromkeys(keys.values()), encoded, abandoned)
        records = self._records_of([items[index] for index in keys if index in items], abandoned)
        breakdowns: list[Breakdown | None] = [None] * len(rows)
        for index, answer in answers.items():
            outcome = outcomes[keys[index]] if index in keys else None
            if isinstance(outcome, str):
                failures[index] = outcome
            else:
                verdict = self._verdict(items[index], answer, outcome) if outcome else Verdict()
                structure = self._structure(items[index], answer, outcome, records)
                breakdowns[index] = assemble(answer, outcome, self.config, verdict, structure)
        self._count(batches=1, responses=len(rows), failures=len(failures))
        if failures:
            raise RewardError(failures, breakdowns)
        return [breakdown for breakdown in breakdowns if breakdown is not None]

    def _verdict(self, item: RewardItem, answer: ParsedAnswer, outcome: RenderOutcome) -> Verdict:
        if not self.config.zero_cheats or outcome.likeness is None:
            return Verdict()
        return judge(answer.code or "", item.language, outcome.notes, item.ground_truth)

    def _records_of(
        self, items: Iterable[RewardItem], abandoned: threading.Event | None
    ) -> dict[ProgramKey, str]:
        """Return what the rows' own programs draw, where their structure is compared by that."""
        wanted = {
            item.program(item.ground_truth)
            for item in items
            if self.config.structure_weight and item.ground_truth and needs_record(item.language)
        }
        with self._lock:
            found = {program: self._records[program] for program in wanted if program in self._records}
        for program, result in self._renderer.draw(sorted(wanted - found.keys()), abandoned, Recording.ALONE):
            found[program] = result.trace
            if not is_our_fault(result) and result.reason not in MACHINE_DEPENDENT_REASONS:
                with self._lock:
                    self._records[program] = result.trace
                    while len(self._records) > self.config.cached_references:
                        self._records.popitem(last=False)
        return found

    def _structure(
        self,
        item: RewardItem,
        answer: ParsedAnswer,
        outcome: RenderOutcome | None,
        records: Mapping[ProgramKey, str],
    ) -> float | None:
        if not self.config.structure_weight or outcome is None or outcome.likeness is None:
            return None
        own = records.get(item.program(item.ground_truth or ""), "")
        return structure_likeness(item.language, item.ground_truth, answer.code or "", own, outcome.record)

    def compare_picture(self, reference: bytes, candidate: NDArray[np.uint8]) -> Likeness:
        """Return the visual terms of a picture (uint8 RGB, (height, width, 3)) that need not be a program's.

        `reference` is an image file's bytes. Raises RewardError where it can't be read.
        """
        sha256, encoded = read_reference(reference)
        prepared = self.references.prepare({sha256: encoded})[sha256]
        if isinstance(prepared, str):
            raise RewardError({0: prepared}, [None])
        ((_, outcome),) = self._compare([self._pair((("", "", ""), sha256), prepared, candidate)])
        if outcome.likeness is None:
            raise RuntimeError("a comparison has a likeness")
        return outcome.likeness

    def inspect(self, item: RewardItem) -> Inspected:
        """Score one item and return it with its pictures, for people to look at. Raises as `score_batch`."""
        (breakdown,) = self.score_batch([item])
        sha256, encoded = read_reference(item.reference)
        reference = self.references.prepare({sha256: encoded})[sha256]
        if isinstance(reference, str):
            raise RewardError({0: reference}, [None])
        program = item.program(read_answer(item.response, item.language, self.config).code or "")
        picture = None
        if program[1]:
            ((_, result),) = self._renderer.draw([program])
            picture = result.pixels
        known = self._recall((program, sha256))
        tiles = known.likeness.tiles if known is not None and known.likeness is not None else ()
        return Inspected(breakdown, reference.picture.pixels, picture, reference.grid, tiles)

    def _judge(
        self, keys: Iterable[_Key], encoded: Mapping[str, bytes], abandoned: threading.Event | None = None
    ) -> dict[_Key, RenderOutcome | str]:
        """Return the outcome of each program beside its reference, or what failed."""
        outcomes: dict[_Key, RenderOutcome | str] = {}
        new: dict[ProgramKey, list[str]] = {}
        for key in keys:
            known = self._recall(key)
            if known is not None:
                outcomes[key] = known
            else:
                new.setdefault(key[0], []).append(key[1])
        stream = RenderStream(self._renderer, list(new), abandoned)
        try:
            wanted = {sha256: encoded[sha256] for shas in new.values() for sha256 in shas}
            with self._timed("references"):
                references = self.references.prepare(wanted)
            for key, outcome in self._compare_all(stream, new, references):
                outcomes[key] = outcome
                if isinstance(outcome, RenderOutcome):
                    self._remember(key, outcome)
        finally:
            stream.stop()
        return outcomes

    def _compare_all(
        self,
        stream: RenderStream,
        wanted: Mapping[ProgramKey, Sequence[str]],
        references: Mapping[str, Reference | str],
    ) -> Iterator[tuple[_Key, RenderOutcome | str]]:
        pairs: list[_Pair] = []
        for program, result in stream:
            with self._lock:
                self.counts["programs"] += 1
                self.seconds["rendering"] += result.seconds
            picture = result.pixels
            blank = picture is not None and is_blank(picture)
            for sha256 in wanted[program]:
                reference, key = references[sha256], (program, sha256)
                if isinstance(reference, str):
                    yield key, reference
                elif picture is None or (blank and self.config.zero_cheats):
                    yield key, _without_picture(result, blank)
                else:
                    pairs.append(self._pair(key, reference, picture, result.notes, result.trace))
            if sum(len(pair.tiles) for pair in pairs) >= _TILES_AT_ONCE:
                yield from self._compare(pairs)
                pairs = []
        yield from self._compare(pairs)

    def _pair(
        self,
        key: _Key,
        reference: Reference,
        picture: NDArray[np.uint8],
        notes: tuple[str, ...] = (),
        record: str = "",
    ) -> _Pair:
        laid = lay_over(picture, reference.picture.pixels) if self.config.align_bands else Laid(picture)
        shown = fit(picture, reference) if self.config.grid == "internvl" else laid.pixels
        tiles = cut(shown, reference.grid, self.features.encoder.side)
        return _Pair(key, reference, laid.pixels, laid.kept, tiles, notes, record)

    def _compare(self, pairs: Sequence[_Pair]) -> Iterator[tuple[_Key, RenderOutcome]]:
        with self._timed("encoding"):
            encoded = self.features.encode([pair.tiles for pair in pairs])
        with self._timed("comparing"):
            for pair, features in zip(pairs, encoded, strict=True):
                reference, picture = pair.reference, pair.picture
                lpips = 0.0
                if self._lpips is not None:
                    lpips = max(0.0, 1 - self._lpips.distance(*for_lpips(reference.picture.pixels, picture)))
                empty = empty_tiles(pair.tiles[: reference.grid.count])
                likeness = compare(
                    reference, picture, features, empty, self.config, self._baseline, lpips, pair.kept
                )
                yield pair.key, RenderOutcome(likeness, notes=pair.notes, record=pair.record)

    def _recall(self, key: _Key) -> RenderOutcome | None:
        with self._lock:
            known = self._outcomes.get(key)
            if known is not None:
                self._outcomes.move_to_end(key)
                self.counts["remembered"] += 1
            return known

    def _remember(self, key: _Key, outcome: RenderOutcome) -> None:
        if outcome.reason in MACHINE_DEPENDENT_REASONS:
            return  # a loaded machine could have brought it about
        with self._lock:
            self._outcomes[key] = outcome
            while len(self._outcomes) > self.config.cached_comparisons:
                self._outcomes.popitem(last=False)

    def _count(self, **amounts: int) -> None:
        with self._lock:
            self.counts.update(amounts)

    @contextlib.contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self.seconds[name] += time.perf_counter() - started


def _without_picture(result: RenderResult, blank: bool) -> RenderOutcome | str:
    if blank:
        return RenderOutcome(blank=True, reason="blank", detail="the picture shows nothing")
    if is_our_fault(result):
        return f"rendering failed: {result.detail}"
    return RenderOutcome(reason=result.reason.value if result.reason else "", detail=result.detail)
