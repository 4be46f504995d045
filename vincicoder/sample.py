"""The vocabulary of the whole project: samples, languages, domains, tasks and reasons."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Domain(StrEnum):
    """What a picture shows."""

    CHART = "chart"
    WEB = "web"
    SVG = "svg"
    LATEX = "latex"
    MOLECULE = "molecule"
    DIAGRAM = "diagram"


class Language(StrEnum):
    """The languages that other code names. `vincicoder.render.registry` holds all of them, with what is
    known of each; it may hold more than these."""

    PYTHON = "python"
    HTML = "html"
    SVG = "svg"
    LATEX = "latex"
    GRAPHVIZ = "graphviz"
    MERMAID = "mermaid"
    VEGA_LITE = "vega-lite"
    ASYMPTOTE = "asymptote"
    LILYPOND = "lilypond"


class Task(StrEnum):
    """What the model is asked: image to code, or image and flawed code to corrected code."""

    DIRECT = "direct"
    REFINE = "refine"


class Reason(StrEnum):
    """Why a row was rejected: a closed set, grouped by the stage that says it.

    A failure of our own machinery is never a reason: see `InfrastructureError`.
    """

    COLLECT_NO_CODE = "collect.no_code"  # the row has no code, or only white space
    COLLECT_NOT_TEXT = "collect.not_text"  # bytes that are not UTF-8, or hold NUL
    COLLECT_OVERSIZED = "collect.oversized"  # over the hard limit that protects memory
    COLLECT_UNKNOWN_LANGUAGE = "collect.unknown_language"  # the source names no known language
    COLLECT_UNKNOWN_DOMAIN = "collect.unknown_domain"
    COLLECT_OTHER_TASK = "collect.other_task"  # the row asks for no code: questions, algorithms, captions
    COLLECT_NOT_SELF_CONTAINED = "collect.not_self_contained"  # needs data that the row does not bring
    COLLECT_FILTERED = "collect.filtered"  # the source's configuration keeps other rows
    COLLECT_MALFORMED_ROW = "collect.malformed_row"  # a field of another type than the corpus declares
    COLLECT_DATA_MISSING = "collect.data_missing"  # reads a file that the source's folder of data has not
    COLLECT_DATA_FORBIDDEN = "collect.data_forbidden"  # reads one outside that folder, through a link, ...
    COLLECT_DATA_TOO_LARGE = "collect.data_too_large"  # reads more data, or more files, than a sample may

    CLEAN_TOO_SHORT = "clean.too_short"
    CLEAN_TOO_LONG = "clean.too_long"  # in characters, or in tokens of the target model
    CLEAN_LANGUAGE = "clean.language"  # plainly another language than the declared one
    CLEAN_SYNTAX_ERROR = "clean.syntax_error"
    CLEAN_UNDEFINED_NAME = "clean.undefined_name"  # Python that must fail: an undefined name, a wrong format
    CLEAN_DATA_BLOB = "clean.data_blob"  # embedded pictures or base64 data, which no picture tells
    CLEAN_EXTERNAL_RESOURCE = "clean.external_resource"  # needs the network to look as meant
    CLEAN_MISSING_FILE = "clean.missing_file"  # reads a file that the sample does not bring
    CLEAN_SECRET = "clean.secret"  # a key or token of a known form
    CLEAN_REPETITION = "clean.repetition"  # mostly one piece over and over

    RENDER_ERROR = "render.error"  # the code raised, or the document is invalid
    RENDER_NO_OUTPUT = "render.no_output"  # the code ran and drew nothing
    RENDER_MISSING_DEPENDENCY = "render.missing_dependency"  # imports or inputs what is not here
    RENDER_REMOVED_NAME = "render.removed_name"  # a library's name that its version here has not, but others
    RENDER_TIMEOUT = "render.timeout"
    RENDER_OUT_OF_MEMORY = "render.out_of_memory"
    RENDER_OUTPUT_LIMIT = "render.output_limit"  # too many bytes written or printed
    RENDER_TOO_LARGE = "render.too_large"  # the picture exceeds the pixel limits
    RENDER_FORBIDDEN = "render.forbidden"  # tried what the sandbox does not allow
    RENDER_CRASHED = "render.crashed"  # killed its own process (signal, os._exit)
    RENDER_UNSUPPORTED = "render.unsupported"  # no renderer for the language on this machine

    VERIFY_UNDECODABLE = "verify.undecodable"
    VERIFY_BLANK = "verify.blank"
    VERIFY_SIZE = "verify.size"  # too small, or an extreme aspect ratio
    VERIFY_ERROR_PAGE = "verify.error_page"  # shows an error message instead of the content
    VERIFY_MISSING_GLYPHS = "verify.missing_glyphs"  # boxes in place of letters that no font here has
    VERIFY_REMOVED_SCRIPT = "verify.removed_script"  # the page's own script fails without a removed one
    VERIFY_MISMATCH = "verify.mismatch"  # not what the corpus's own picture shows

    DEDUP_SAME_ROW = "dedup.same_row"  # the source gives one id with one code twice
    DEDUP_EXACT_CODE = "dedup.exact_code"  # but for layout and comments
    DEDUP_EXACT_IMAGE = "dedup.exact_image"
    DEDUP_NEAR_IMAGE = "dedup.near_image"
    DEDUP_NEAR_CODE = "dedup.near_code"  # nearly the same program, and a like picture
    DEDUP_SAME_TEMPLATE = "dedup.same_template"  # enough rows stay that differ only in names and literals

    DECONTAMINATE_BENCHMARK = "decontaminate.benchmark"  # like an item of a benchmark

    COMPOSE_OVER_QUOTA = "compose.over_quota"  # the recipe has enough of its kind
    COMPOSE_LOW_QUALITY = "compose.low_quality"  # outside the recipe's bounds
    COMPOSE_NOT_ASKED = "compose.not_asked"  # no quota of the recipe asks for its kind
    COMPOSE_MEDIA_TAG = "compose.media_tag"  # its code holds `<image>`, which trainers give a meaning

    @property
    def stage(self) -> str:
        """The stage that gives this reason: the part before the dot."""
        return self.value.partition(".")[0]


# These depend on the machine, how loaded it was or what it lacks: never remembered, asked again.
MACHINE_DEPENDENT_REASONS = frozenset(
    {
        Reason.RENDER_TIMEOUT.value,
        Reason.RENDER_OUT_OF_MEMORY.value,
        Reason.RENDER_CRASHED.value,
        Reason.RENDER_UNSUPPORTED.value,
    }
)


# These are answers to the limits that a build gives: not remembered for one with others.
LIMIT_DEPENDENT_REASONS = frozenset({Reason.RENDER_TOO_LARGE.value, Reason.RENDER_OUTPUT_LIMIT.value})


class UserError(Exception):
    """What the user can put right: the message says what was received, what is allowed and what to do.

    The command line prints it without a traceback. Every such error of the project is a subclass of it.
    """


class InfrastructureError(Exception):
    """Our machinery failed (browser died, disk full, tool missing): retry, never blame the sample."""


def make_sample_id(source: str, source_id: str, task: Task, code: str) -> str:
    """Return the sha256 hex digest that names a sample, stable across builds and machines.

    The four fields are joined by NUL bytes, which none of them can hold.
    """
    joined = "\0".join((source, source_id, task.value, code))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def code_sha256(code: str) -> str:
    """Return the sha256 hex digest of the code's UTF-8 bytes."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a stage does not keep a row: the reason for machines, the detail for people.

    Where a threshold decided, `value` is what was measured and `bound` the threshold, in the same unit.
    """

    reason: Reason
    detail: str
    value: float | None = None
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that a program reads. `name` is its path relative to the program, parts joined by `/`."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The sha256 hex digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class DataName:
    """A path of a data file in a program. `is_read` says that the program is sure to read it."""

    path: str
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class RawSample:
    """One row as a source yields it, before anything is trusted.

    `code` is text, undecoded bytes, or None where the corpus has none; `language` may be
    a string that no renderer knows. The collect stage turns it into a sample or a reject.
    `image` is the corpus's own picture as its file's bytes, undecoded and unchecked, where it has one.
    `rejection` is the source's own verdict: a row that is not image-to-code at all.
    `changes` says what the source did to the code, or could not find of the row, a line each.
    `data` are the files beside the code that it reads.
    """

    source_id: str
    code: str | bytes | None
    language: str
    domain: str
    license: str
    image: bytes | None = None
    rejection: Rejection | None = None
    changes: tuple[str, ...] = ()
    data: tuple[DataFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One image-code pair on its way through the stages, image bytes apart.

    `sample_id` is `make_sample_id` of the fields as collected and never changes afterwards.
    """

    sample_id: str
    source: str
    source_id: str
    source_revision: str
    license: str
    domain: str
    language: str
    task: str
    code: str
    code_sha256: str
