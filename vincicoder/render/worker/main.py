"""A worker process: `python -m vincicoder.render.worker.main CONFIGURATION`, started by the engine only."""

from __future__ import annotations

import os
import resource
import socket
import sys
import time
import traceback
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from vincicoder.cache_folder import cache_folder
from vincicoder.render import font_coverage
from vincicoder.render.api import Recording, too_large
from vincicoder.render.configuration import WorkerConfiguration
from vincicoder.render.finish import measure
from vincicoder.render.notes import merged, missing_glyphs
from vincicoder.render.png import png_file
from vincicoder.render.protocol import HandOver, PageView, Picture, Refusal
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.sandbox.confine import confine_worker
from vincicoder.render.wire import FrameReader, Message, send_blocking
from vincicoder.render.worker.faults import fault_in
from vincicoder.render.worker.guard import run_guarded
from vincicoder.sample import DataFile, InfrastructureError, Reason

MAX_DETAIL_CHARACTERS = 2000
# These note missing letters themselves: what their pages show, what their libraries or TeX say.
_LOOK_FOR_THEMSELVES = frozenset({"python", "html", "latex"})
_OWN_FONTS = frozenset({"python", "latex"})
_MAX_REQUEST_BYTES = 1 << 30


def _row_language(configuration: WorkerConfiguration) -> str:
    return LANGUAGES[configuration.language].variant_of or configuration.language


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _with_missing_letters(picture: Picture, code: str) -> Picture:
    """Note the letters in the code that no font here has; fonts of its own may have private ones."""
    if not font_coverage.may_be_rare(code):
        return picture
    letters = font_coverage.letters_of_code(code)
    lacking = font_coverage.uncovered(letters, private="@font-face" not in code)
    return replace(picture, notes=merged(picture.notes, [missing_glyphs(lacking)])) if lacking else picture


def _answer(outcome: Picture | Refusal | HandOver, configuration: WorkerConfiguration) -> tuple[Message, Any]:
    """Turn a renderer's outcome into a frame for the engine: message and payload."""
    if isinstance(outcome, HandOver):
        document = outcome.document.encode("utf-8", "surrogatepass")
        message: Message = {"hand_over": outcome.language, "view": asdict(outcome.view)}
        return {**message, "notes": outcome.notes}, document
    if isinstance(outcome, Picture):
        pixels = outcome.pixels
        height, width = pixels.shape[:2]
        problem = too_large(width, height, configuration.limits)
        if problem:
            outcome = Refusal(Reason.RENDER_TOO_LARGE, problem, outcome.notes)
    if isinstance(outcome, Refusal):
        message = {"reason": outcome.reason.value, "detail": outcome.detail[:MAX_DETAIL_CHARACTERS]}
        return {**message, "notes": outcome.notes}, b""
    message = {"width": width, "height": height, "notes": outcome.notes, "trace": outcome.trace}
    if configuration.measure:
        measures = measure(pixels)
        message |= {
            "pixels_sha256": measures.pixels_sha256,
            "phash": measures.phash,
            "thumbnail": measures.thumbnail.hex(),
        }
    if configuration.output == "png":
        return message, png_file(pixels)
    return message, np.ascontiguousarray(pixels)


def _take_apart(head: Message, payload: bytearray) -> tuple[str, tuple[DataFile, ...]]:
    """Return the code of a request and its data files, which stand behind it in the payload."""
    sizes: list[tuple[str, int]] = head.get("data", [])
    start = len(payload) - sum(size for _, size in sizes)
    code, files = payload[:start].decode("utf-8", "surrogatepass"), []
    for name, size in sizes:
        files.append(DataFile(name, bytes(payload[start : start + size])))
        start += size
    return code, tuple(files)


def _draw(
    language: str, drawer: Any, code: str, head: Message, data: tuple[DataFile, ...]
) -> Picture | Refusal | HandOver:
    """Draw a sample of the worker's own language, or with a view one that was handed over to it."""
    renderer, view = LANGUAGES[language].renderer(), head.get("view")
    if renderer.bring is not None:
        renderer.bring(drawer, data)
    if view is None:
        recording = Recording(head.get("recording", Recording.NONE))
        if recording is not Recording.NONE and renderer.render_recorded is not None:
            return renderer.render_recorded(drawer, code, recording)
        outcome: Picture | Refusal | HandOver = drawer.render(code)
        return outcome
    render_page = renderer.render_page
    if render_page is None:
        raise InfrastructureError(f"{language} draws for no other language: it has no render_page")
    return render_page(drawer, code, PageView.from_message(view))


def _serve(configuration: WorkerConfiguration, drawer: Any, connection: socket.socket) -> None:
    reader = FrameReader(_MAX_REQUEST_BYTES)
    while True:
        try:
            frame = reader.read(connection)
        except EOFError:
            return
        if frame is None:
            continue
        code, data = _take_apart(*frame)
        view = frame[0].get("view")
        started, cpu_before = time.monotonic(), _cpu_seconds()
        try:
            if (fault := fault_in(code)) is not None:
                fault()
            outcome = _draw(configuration.language, drawer, code, frame[0], data)
            by_library = view is not None and bool(view.get("library"))
            if isinstance(outcome, Picture) and (
                by_library or _row_language(configuration) not in _LOOK_FOR_THEMSELVES
            ):
                outcome = _with_missing_letters(outcome, code)
            message, payload = _answer(outcome, configuration)
        except Exception:
            # A renderer raises only when our own machinery is at fault; this worker is spent.
            send_blocking(
                connection, {"kind": "broken", "detail": traceback.format_exc()[-MAX_DETAIL_CHARACTERS:]}
            )
            return
        message["kind"] = "result"
        message["seconds"] = time.monotonic() - started
        if isinstance(outcome, HandOver):
            message["cpu_seconds"] = _cpu_seconds() - cpu_before + outcome.cpu_seconds
        send_blocking(connection, message, payload)


def _work(configuration: WorkerConfiguration, workspace: Path) -> None:
    connection = socket.socket(fileno=configuration.control_descriptor)
    connection.setblocking(True)
    os.chdir(workspace)
    os.environ["HOME"] = os.environ["TMPDIR"] = str(workspace)
    try:
        renderer = LANGUAGES[configuration.language].renderer()
        if renderer.create is None:
            raise InfrastructureError(f"{configuration.language} has no worker: others draw it")
        drawer = renderer.create()
        cache = cache_folder()
        if _row_language(configuration) not in _OWN_FONTS:
            font_coverage.load()
        if renderer.prepare is not None:
            renderer.prepare(drawer, cache)
        confine_worker(configuration.layers, workspace, [cache])
        drawer.start(configuration.limits, workspace)
    except Exception:
        send_blocking(
            connection, {"kind": "unready", "detail": traceback.format_exc()[-MAX_DETAIL_CHARACTERS:]}
        )
        return
    try:
        send_blocking(connection, {"kind": "ready"})
        _serve(configuration, drawer, connection)
        drawer.close()
    except BrokenPipeError:
        return  # the engine has gone, and so shall we


def main() -> None:
    """Run one worker until the engine closes its connection."""
    configuration = WorkerConfiguration.from_json(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(run_guarded(configuration, lambda workspace: _work(configuration, workspace)))


if __name__ == "__main__":
    main()
