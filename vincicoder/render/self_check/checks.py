"""The checks that every language must pass, each a function of the language's spec.

A check returns what is wrong, in words that a maintainer can act on; an empty text where nothing is.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from vincicoder.clean.language import detect_language
from vincicoder.compose.instructions import instruction_for
from vincicoder.dedup.normal_form import normal_form
from vincicoder.dedup.tokens import tokenize
from vincicoder.extract import extract_code
from vincicoder.guess_language import guess_language
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.registry import LANGUAGES, ROW_LANGUAGES, why_unsupported
from vincicoder.render.self_check.arena import Arena, outcome
from vincicoder.sample import Domain

SpecCheck = Callable[[LanguageSpec], str]

_LONG = 40_960  # characters: the longest code that cleaning lets through
_MOST_CPU_SECONDS = 5.0
# What comments, strings and brackets begin with, and whole ones: where these can be read in two ways each, a
# pattern takes twice the time for every one.
_PIECES = (
    *('"', "'", "/*", "<!--", "<?xml", "{", "\\begin{", "%", "#", "`", "a", " ", "\n", "\\"),
    *(
        "# \n",
        "# a \n",
        "% \n",
        "%% \n",
        "// \n",
        "/* */",
        "/* */ ",
        "<!-- -->",
        "<!-- --> ",
        "<?x?>",
        "<!doctype svg>",
    ),
    *(
        '"" ',
        "'' ",
        '""""""',
        "{}",
        "{ } ",
        "%{ %}",
        "---\na\n---\n",
        "\\begin{a}\\end{a}",
        "a = 1\n",
        "graph a ",
    ),
)


def names_are_its_own(spec: LanguageSpec) -> str:
    """Fences and suffixes are in lower case, and no other language has them."""
    for other in (LANGUAGES[name] for name in ROW_LANGUAGES if name != spec.name):
        for kind, mine, theirs in (
            ("fence", (spec.name, *spec.fences), (other.name, *other.fences)),
            ("suffix", spec.suffixes, other.suffixes),
        ):
            if both := sorted(set(mine) & set(theirs)):
                return f"the {kind} {both[0]!r} is also one of {other.name}"
    wrong = [name for name in (spec.name, *spec.fences, *spec.suffixes) if name != name.lower()]
    wrong += [suffix for suffix in spec.suffixes if not suffix.startswith(".")]
    if wrong:
        return f"{wrong[0]!r}: fences are in lower case, suffixes too and begin with a dot"
    if spec.domain not in set(Domain):
        return f"the domain {spec.domain!r} is none of {', '.join(Domain)}"
    if not spec.variant_of and not spec.suffixes:
        return "no suffix: files of this language cannot be collected or rendered by name"
    return "" if not set(spec.doubtful_fences) - set(spec.fences) else "doubtful_fences must be fences too"


def abilities_fit_together(spec: LanguageSpec) -> str:
    """It is drawn by a worker of its own or by another language's, and those it hands over to draw pages."""
    renderer = spec.renderer()
    if (renderer.create is None) == (renderer.hand_over is None):
        return "exactly one of create and hand_over must be set"
    if renderer.hand_over is not None and not spec.hands_over_to:
        return "hand_over is set, but hands_over_to names no language"
    for name in spec.hands_over_to:
        if name not in LANGUAGES:
            return f"hands over to {name!r}, which is not registered"
        if LANGUAGES[name].renderer().render_page is None:
            return f"hands over to {name!r}, whose renderer has no render_page"
    return ""


def fingerprint_is_the_same_everywhere(spec: LanguageSpec) -> str:
    """The fingerprint is made of texts, and is the same in another process."""
    parts = spec.renderer().fingerprint()
    if not parts or not all(isinstance(text, str) and text for item in parts.items() for text in item):
        return f"the fingerprint must map texts to texts, none empty; received {dict(parts)!r}"
    program = f"from vincicoder.render import fingerprint; print(fingerprint({spec.name!r}))"
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    here = fingerprint(spec.name)
    if there.stdout.strip() != here:
        return f"{here} in this process, {there.stdout.strip() or there.stderr[-300:]} in another"
    return ""


def examples_pass_its_own_rules(spec: LanguageSpec) -> str:
    """Its harmless programs have no syntax error and no start of another language; `map_comments` fits."""
    for code in spec.hostile().neighbours:
        if spec.syntax_error and (problem := spec.syntax_error(code)):
            return f"syntax_error refuses a harmless program: {problem}"
        if spec.start and (found := detect_language(code)) not in (None, spec.name, *spec.may_start_like):
            return f"a harmless program starts like {found}"
        if (found := guess_language(code)) not in (None, spec.variant_of or spec.name):
            return f"a harmless program is taken for {found}"
        if spec.map_comments and spec.map_comments(code, lambda comment: comment) != code:
            return "map_comments changes code whose comments stay the same"
    return ""


def examples_are_found_in_answers(spec: LanguageSpec) -> str:
    """Fenced by any of its names, a harmless program comes out of an answer unchanged."""
    if spec.variant_of:
        return ""
    for code in spec.hostile().neighbours:
        for fence in (spec.name, *spec.fences):
            found = extract_code(f"Here it is:\n```{fence}\n{code}\n```\n", spec.name)
            if found is None or found.code.strip("\n") != code.strip("\n"):
                return f"a program in a fence {fence!r} comes out as {found.code[:80] if found else None!r}"
    return ""


def layout_makes_no_other_program(spec: LanguageSpec) -> str:
    """Line ends and empty lines at the end change neither tokens nor normal form."""
    for code in spec.hostile().neighbours:
        other = code.replace("\n", "\r\n") + "\r\n\r\n"
        if normal_form(code, spec.name) != normal_form(other, spec.name):
            return "line ends change the normal form"
        first, second = tokenize(code, spec.name), tokenize(other, spec.name)
        if not first.plain.size or first.plain.tolist() != second.plain.tolist():
            return "no token is found, or line ends change the tokens"
    return ""


def prompts_name_it(spec: LanguageSpec) -> str:
    """A prompt can be written for it."""
    text = instruction_for("0", spec.domain, spec.name, "direct")
    return "" if spec.title and spec.title in text else f"a prompt does not name it: {text!r}"


def rules_end_soon(spec: LanguageSpec) -> str:
    """Every rule that reads unchecked code takes time linear in it: none needs long for nonsense."""
    renderer = spec.renderer()
    rules: dict[str, Callable[[str], object] | None] = {
        "syntax_error": spec.syntax_error,
        "normal_form": spec.normal_form,
        "map_comments": (lambda code: spec.map_comments and spec.map_comments(code, str)),
        "start": (lambda code: spec.start and spec.start.match(code)),
        "recognise": (lambda code: spec.recognise and spec.recognise(CodeHead.of(code))),
        "tokens": spec.tokens.pattern.findall,
        "chart_type": spec.chart_type,
        "stack_of": spec.stack_of,
        "hand_over": renderer.hand_over,
        "affinity": renderer.affinity,
    }
    for piece in _PIECES:
        # From few to many: time that doubles with every piece is noticed while it can be waited for.
        for times in (*range(12, 32, 2), 1_000, _LONG // len(piece)):
            for tail in ("", "x = 1", "<x"):
                code = piece * times + tail
                for name, rule in rules.items():
                    started = time.process_time()
                    if rule is not None:
                        rule(code)
                    if (seconds := time.process_time() - started) > _MOST_CPU_SECONDS:
                        return f"{name} takes {seconds:.1f} s of CPU for {times} times {piece!r} and {tail!r}"
    return ""


def attacks_are_many(spec: LanguageSpec) -> str:
    """It brings a harmless program, an empty one, and attacks, each under a name of its own."""
    suite = spec.hostile()
    names = [sample.name for sample in suite.samples]
    if not suite.neighbours:
        return "no harmless program (neighbours)"
    if len(set(names)) < len(names):
        return f"{next(name for name in names if names.count(name) > 1)!r} names two samples"
    return "" if "empty" in names and len(names) > 5 else "needed are a sample `empty` and five others"


SPEC_CHECKS: tuple[SpecCheck, ...] = (
    names_are_its_own,
    abilities_fit_together,
    attacks_are_many,
    examples_pass_its_own_rules,
    examples_are_found_in_answers,
    layout_makes_no_other_program,
    prompts_name_it,
    rules_end_soon,
    fingerprint_is_the_same_everywhere,
)
"""What is checked without drawing anything."""


def tools_are_here(spec: LanguageSpec) -> str:
    """All that draws it is installed."""
    missing = [why_unsupported(name) for name in (spec.name, *spec.hands_over_to)]
    return "; ".join(text for text in missing if text)


def pictures_are_the_same_each_time(spec: LanguageSpec) -> str:
    """A harmless program has the same picture twice in one worker and in a new one, and it is not blank."""
    for code in spec.hostile().neighbours:
        hashes = set()
        for _ in range(2):
            with Arena() as arena:
                for _ in range(2):
                    result = arena.render(spec.name, code)
                    if outcome(result) != "rendered":
                        return f"a harmless program is {outcome(result)}: {result.detail[:300]}"
                    if not result.thumbnail or len(set(result.thumbnail)) == 1:
                        return "a harmless program draws a blank picture"
                    hashes.add(result.pixels_sha256)
        if len(hashes) > 1:
            return f"one program has {len(hashes)} pictures"
    return ""


def hostile_checks(spec: LanguageSpec, arena: Arena) -> Iterator[tuple[str, str]]:
    """Run every hostile sample; yield its name and what is wrong."""
    for sample in spec.hostile().samples:
        yield f"hostile {sample.name}", "; ".join(arena.attack(spec.name, sample))
