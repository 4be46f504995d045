"""Why a trainer died, in a word for machines and advice for people."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_TAIL_BYTES = 200_000


class CrashKind(StrEnum):
    """A closed set; `unknown` shows the end of the log."""

    OUT_OF_MEMORY = "out_of_memory"
    DISK_FULL = "disk_full"
    DATA = "data"
    HARDWARE = "hardware"
    ENVIRONMENT = "environment"
    CONFIGURATION = "configuration"
    KILLED = "killed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Crash:
    """What happened, the line of the log that says so, and what to do."""

    kind: CrashKind
    evidence: str
    advice: str


# In order: the first that is found in the log's end decides. Later failures often follow from earlier
# ones (a full disk breaks NCCL), so causes come before consequences.
_PATTERNS: tuple[tuple[CrashKind, str], ...] = (
    (
        CrashKind.DISK_FULL,
        r"No space left on device|Disk quota exceeded|SafetensorError.*I/O"
        # torch.save does not say why it could not write
        r"|PytorchStreamWriter failed writing|inline_container.*unexpected pos",
    ),
    (
        CrashKind.OUT_OF_MEMORY,
        r"CUDA out of memory|torch\.OutOfMemoryError|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED"
        r"|DefaultCPUAllocator: can't allocate|MemoryError|oom-kill|ray\.exceptions\.OutOfMemory",
    ),
    (
        CrashKind.HARDWARE,
        r"uncorrectable ECC|Xid|CUDA error: (?:an illegal memory access|unspecified launch failure"
        r"|device not ready)"
        r"|NCCL (?:error|WARN.*unhandled)|ncclSystemError|ncclInternalError|GPU is lost|fallen off the bus",
    ),
    (
        CrashKind.DATA,
        r"MaxLengthError|There are errors in the dataset|Failed to retrieve the dataset"
        r"|cannot identify image file|DatasetGenerationError|ArrowInvalid|exceeds the (?:`)?max_length"
        r"|Image features and image tokens do not match",
    ),
    (
        CrashKind.ENVIRONMENT,
        r"ModuleNotFoundError|ImportError|undefined symbol|CUDA driver version is insufficient"
        r"|No CUDA GPUs are available|no GPU|operator torchvision::nms",
    ),
    (
        CrashKind.CONFIGURATION,
        r"ValueError: remaining_argv|unrecognized arguments|error: argument|ConfigAttributeError"
        r"|ConfigKeyError|Could not override|size mismatch for|Error\(s\) in loading state_dict",
    ),
)

_ADVICE = {
    CrashKind.OUT_OF_MEMORY: "lower batch_per_device, max_length or max_pixels, raise zero_stage, or use "
    "more GPUs; then run the same command again: it goes on from the last checkpoint",
    CrashKind.DISK_FULL: "free disk space or lower keep_checkpoints; a checkpoint that was being written is "
    "not used; then run the same command again",
    CrashKind.DATA: "a row can't be used by the trainer: check the release with `vincicoder release verify`, "
    "or raise max_length; then run the same command again",
    CrashKind.HARDWARE: "a GPU or its network failed: check `nvidia-smi -q` and the kernel log, move to "
    "healthy GPUs, then run the same command again: it goes on from the last checkpoint",
    CrashKind.ENVIRONMENT: "the trainer's environment lacks something: install the extra `sft` or `rl` there "
    "and name its interpreter in the recipe's environment.python",
    CrashKind.CONFIGURATION: "the trainer refused its configuration: correct the recipe (`extra` is passed "
    "on as it is)",
    CrashKind.KILLED: "it was killed from outside (kill -9, or the kernel short of memory: see the kernel "
    "log); run the same command again: it goes on from the last checkpoint",
    CrashKind.STOPPED: "it was asked to stop; run the same command again: it goes on from the last "
    "checkpoint",
    CrashKind.UNKNOWN: "see the end of the trainer's log",
}


def classify_crash(status: int, log: Path, since: int = 0) -> Crash:
    """Say why a trainer ended with a status other than 0 (128 + n: by signal n).

    `since` is where in the log, in bytes, this attempt began: earlier attempts say nothing of it.
    """
    tail = _read_tail(log, since)
    if status in (128 + signal.SIGTERM, 128 + signal.SIGINT):
        return _crash(CrashKind.STOPPED, f"signal {signal.Signals(status - 128).name}")
    for kind, pattern in _PATTERNS:
        found = re.search(rf"^.*(?:{pattern}).*$", tail, re.MULTILINE)
        if found:
            return _crash(kind, found[0].strip()[:500])
    # A launcher that notices a killed child ends with its own status and says the signal in the log.
    killed = re.search(r"^.*(?:exitcode: -9|Signal 9|died with <Signals\.SIGKILL).*$", tail, re.MULTILINE)
    if status == 128 + signal.SIGKILL or status == 247 or killed:
        return _crash(CrashKind.KILLED, killed[0].strip()[:500] if killed else "signal SIGKILL")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    if "parse_args_into_dataclasses" in tail:  # ms-swift checks its arguments there
        refusals = [line for line in lines if re.match(r"\w+Error: ", line)]
        if refusals:
            return _crash(CrashKind.CONFIGURATION, refusals[-1][:500])
    return _crash(CrashKind.UNKNOWN, f"status {status}: {lines[-1][:400] if lines else 'nothing was logged'}")


def _crash(kind: CrashKind, evidence: str) -> Crash:
    return Crash(kind, evidence, _ADVICE[kind])


def _read_tail(log: Path, since: int) -> str:
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(size - _TAIL_BYTES, since))
            return stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
