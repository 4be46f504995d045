"""What a TeX log says went wrong, as a reason and a message with the line of the author's code."""

from __future__ import annotations

import re
import signal

from vincicoder.render.languages.latex.run import TexExit
from vincicoder.render.notes import missing_glyphs
from vincicoder.render.protocol import Refusal
from vincicoder.sample import Reason

_LOCATED = re.compile(r"^(?:\./)?(?P<file>[^\s:]+):(?P<line>\d+): (?P<message>.+)$", re.MULTILINE)
_BARE = re.compile(r"^! (?P<message>.+)$", re.MULTILINE)
_CONTEXT = re.compile(r"^l\.\d+ .*$", re.MULTILINE)
_MISSING = (
    re.compile(r"File [`'](?P<name>[^']+)' not found"),
    re.compile(r"Could not read table file '(?P<name>[^']+)'"),
    re.compile(r"I can't find file [`'\"](?P<name>[^'\"]+)['\"]"),
    re.compile(r"I did not find the (?:tikz|pgf) library '(?P<name>[^']+)'"),
    re.compile(r"Unknown pgf library '(?P<name>[^']+)'"),
    re.compile(r"[Tt]he font \"(?P<name>[^\"]+)\" cannot be found"),
    re.compile(r"Unable to load picture or PDF file '(?P<name>[^']+)'"),
    re.compile(r"Font \S+=(?P<name>\S+) (?:at \S+ |scaled \S+ )?not loadable: Metric \(TFM\) file"),
    re.compile(r"Package babel Error: Unknown option '(?P<name>[^']+)'"),
)
_PROBED = "/System/Library/Fonts/"  # ctex looks for it, to tell one system from another
_FORBIDDEN = (
    re.compile(
        rf"^.*Not (?:reading from|writing to) (?!/dev/null|{_PROBED}).+ \(open(?:in|out)_any = .\)",
        re.MULTILINE,
    ),
    re.compile(r"(?:pdf|lua|xe)latex: \S+: Permission denied"),
    re.compile(r"^.*File [`']\|.*' not found.*", re.MULTILINE),
    re.compile(r"^runsystem\(.*\)\.\.\.disabled.*$", re.MULTILINE),
)
_NO_ENVIRONMENT = re.compile(r"Environment (?P<name>[A-Za-z*]+) undefined")
_NO_COMMAND = re.compile(r"Undefined control sequence\. \(at: .*?(?P<name>\\[A-Za-z]+)\)$")
_NO_LETTER = re.compile(r"^Missing character: There is no (.) (?:\(U\+[0-9A-F]+\) )?in font", re.MULTILINE)
_MEMORY = re.compile(
    r"TeX capacity exceeded, sorry \[(?:main memory size|pool size|save size|number of strings)"
    r"|memory exhausted|not enough memory|Unable to allocate"
)
_SIGNALS = {
    signal.SIGXCPU: (Reason.RENDER_TIMEOUT, "TeX used up its CPU time"),
    signal.SIGKILL: (Reason.RENDER_CRASHED, "TeX was killed twice"),
    signal.SIGXFSZ: (Reason.RENDER_OUTPUT_LIMIT, "TeX wrote more than a sample may"),
}


def forbidden(log: str, terminal: str) -> Refusal | None:
    """Return a refusal when the document tried to leave its directory or to start a program."""
    for pattern in _FORBIDDEN:
        for text in (terminal, log):
            found = pattern.search(text)
            if found:
                return Refusal(Reason.RENDER_FORBIDDEN, found.group().strip()[:500])
    return None


def explain(ended: TexExit, log: str, terminal: str, line_offset: int, has_output: bool) -> Refusal:
    """Say why a run gave no picture. `line_offset` is added to TeX's lines to give those of the code."""
    if ended.out_of_time:
        return Refusal(Reason.RENDER_TIMEOUT, "TeX was not ready in time")
    if ended.code < 0:
        reason, detail = _SIGNALS.get(
            signal.Signals(-ended.code), (Reason.RENDER_CRASHED, f"TeX died of signal {-ended.code}")
        )
        return Refusal(reason, detail)
    refused = forbidden(log, terminal)
    if refused is not None:
        return refused
    text = f"{log}\n{terminal}"
    message = _message(log, line_offset)
    for pattern in _MISSING:
        found = pattern.search(text)
        if found:
            return Refusal(Reason.RENDER_MISSING_DEPENDENCY, f"{found.group('name')} is not here: {message}")
    if _MEMORY.search(text):
        return Refusal(Reason.RENDER_OUT_OF_MEMORY, message or "TeX ran out of memory")
    if not message and not has_output:
        return Refusal(Reason.RENDER_NO_OUTPUT, "the document has no page")
    return Refusal(
        Reason.RENDER_ERROR, message or f"TeX ended with code {ended.code}: {terminal[-500:].strip()}"
    )


def undefined_name(detail: str) -> str:
    r"""Return the command (`\name`) or environment (`name`) that a refusal's detail says lacks, or ''."""
    found = _NO_ENVIRONMENT.search(detail) or _NO_COMMAND.search(detail)
    return found["name"] if found else ""


def missing_letters(log: str) -> tuple[str, ...]:
    """Return the note of letters that TeX left out because its font lacks them, if there are any."""
    letters = dict.fromkeys(ord(letter) for letter in _NO_LETTER.findall(log))
    return (missing_glyphs(letters),) if letters else ()


def _message(log: str, line_offset: int) -> str:
    located = _LOCATED.search(log)
    if located:
        line = int(located["line"])
        own = located["file"] in ("forkpoint.tex", "body.tex", "picture.tex")
        place = f"line {line + line_offset}" if own else f"{located['file']}, line {line}"
        message, end = f"{place}: {located['message']}", located.end()
    else:
        bare = _BARE.search(log)
        if bare is None:
            return ""
        message, end = bare["message"], bare.end()
    context = _CONTEXT.search(log, end)
    if context:
        message += f" (at: {context.group().partition(' ')[2].strip()[-200:]})"
    return message[:1500]
