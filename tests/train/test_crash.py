"""Why a trainer died is told from its status and its log: lines as the trainers print them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vincicoder.train.crash import CrashKind, classify_crash

_OUT_OF_MEMORY = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of"
)


@pytest.mark.parametrize(
    ("status", "line", "kind"),
    [
        (1, _OUT_OF_MEMORY, CrashKind.OUT_OF_MEMORY),
        (1, "RuntimeError: DefaultCPUAllocator: can't allocate memory", CrashKind.OUT_OF_MEMORY),
        (1, "OSError: [Errno 28] No space left on device: 'optimizer.pt'", CrashKind.DISK_FULL),
        (1, "RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:1", CrashKind.HARDWARE),
        (1, "RuntimeError: CUDA error: uncorrectable ECC error encountered", CrashKind.HARDWARE),
        (1, "swift.template.base.MaxLengthError: Current length of row(2000)", CrashKind.DATA),
        (1, "PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object>", CrashKind.DATA),
        (1, "ModuleNotFoundError: No module named 'swift'", CrashKind.ENVIRONMENT),
        (1, "ValueError: remaining_argv: ['--nonsense', '1']", CrashKind.CONFIGURATION),
        (1, "omegaconf.errors.ConfigAttributeError: Key 'nonsense'", CrashKind.CONFIGURATION),
        (137, "Train:  10%|", CrashKind.KILLED),
        (1, "torch.distributed.elastic: failed (exitcode: -9) local_rank: 0 (pid: 42)", CrashKind.KILLED),
        (143, "Train:  10%|", CrashKind.STOPPED),
        (3, "Something else", CrashKind.UNKNOWN),
    ],
)  # fmt: skip
def test_a_crash_has_a_kind_evidence_and_advice(
    tmp_path: Path, status: int, line: str, kind: CrashKind
) -> None:
    log = tmp_path / "trainer.log"
    log.write_text(f"Train:   0%|\nTraceback (most recent call last):\n{line}\n")
    crash = classify_crash(status, log)
    assert crash.kind is kind
    assert crash.advice
    if kind not in (CrashKind.KILLED, CrashKind.STOPPED, CrashKind.UNKNOWN):
        assert crash.evidence == line


def test_earlier_attempts_say_nothing_of_this_one(tmp_path: Path) -> None:
    log = tmp_path / "trainer.log"
    log.write_text(_OUT_OF_MEMORY + "\n")
    since = log.stat().st_size
    with log.open("a") as stream:
        stream.write("ModuleNotFoundError: No module named 'swift'\n")
    assert classify_crash(1, log, since).kind is CrashKind.ENVIRONMENT


def test_a_full_disk_is_the_cause_also_where_more_broke_after_it(tmp_path: Path) -> None:
    log = tmp_path / "trainer.log"
    log.write_text("OSError: [Errno 28] No space left on device\nRuntimeError: NCCL error in: broken pipe\n")
    assert classify_crash(1, log).kind is CrashKind.DISK_FULL


def test_what_ms_swift_says_of_its_arguments_is_the_evidence(tmp_path: Path) -> None:
    """The end of a real log: `remaining_argv` stands in it only as source."""
    log = tmp_path / "trainer.log"
    log.write_text(
        "    args, remaining_argv = parse_args(self.args_class, args)\n"
        "    args = parser.parse_args_into_dataclasses(argv, return_remaining_strings=True)\n"
        "ValueError: The global eval batch size (1 x 1) must be evenly divisible by ...\n"
    )
    crash = classify_crash(1, log)
    assert crash.kind is CrashKind.CONFIGURATION
    assert crash.evidence.startswith("ValueError: The global eval batch size (1 x 1)")


def test_no_log_is_no_crash_of_ours(tmp_path: Path) -> None:
    crash = classify_crash(5, tmp_path / "none.log")
    assert (crash.kind, crash.evidence) == (CrashKind.UNKNOWN, "status 5: nothing was logged")
