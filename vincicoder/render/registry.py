"""Every language that the project knows, by name. A new language is one folder and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import MappingProxyType

from vincicoder.render.languages.spec import LanguageSpec

LANGUAGES: dict[str, LanguageSpec] = {
    spec.name: spec
    for spec in (
        import_module("vincicoder.render.languages.python.spec").SPEC,
        import_module("vincicoder.render.languages.html.spec").SPEC,
        import_module("vincicoder.render.languages.svg.spec").SPEC,
        import_module("vincicoder.render.languages.svg.spec").REFERENCE,
        import_module("vincicoder.render.languages.latex.spec").SPEC,
        import_module("vincicoder.render.languages.graphviz.spec").SPEC,
        import_module("vincicoder.render.languages.mermaid.spec").SPEC,
        *import_module("vincicoder.render.languages.mermaid.spec").ON_OTHER_STACKS,
        import_module("vincicoder.render.languages.vega_lite.spec").SPEC,
        *import_module("vincicoder.render.languages.vega_lite.spec").ON_STACKS,
        import_module("vincicoder.render.languages.asymptote.spec").SPEC,
        import_module("vincicoder.render.languages.lilypond.spec").SPEC,
        import_module("vincicoder.render.languages.plantuml.spec").SPEC,
        import_module("vincicoder.render.languages.typst.spec").SPEC,
        import_module("vincicoder.render.languages.gnuplot.spec").SPEC,
        import_module("vincicoder.render.languages.r.spec").SPEC,
        import_module("vincicoder.render.languages.abc.spec").SPEC,
        import_module("vincicoder.render.languages.echarts.spec").SPEC,
        import_module("vincicoder.render.languages.wavedrom.spec").SPEC,
        import_module("vincicoder.render.languages.smiles.spec").SPEC,
        import_module("vincicoder.render.languages.molfile.spec").SPEC,
        *import_module("vincicoder.render.languages.python.spec").ON_OTHER_STACKS,
    )
}
"""What can be rendered: languages, and second renderers of some (see `LanguageSpec.variant_of`)."""

ROW_LANGUAGES = tuple(name for name, spec in LANGUAGES.items() if not spec.variant_of)
"""The languages that a row may be in."""

LANGUAGE_OF_SUFFIX = MappingProxyType(
    {suffix: name for name in ROW_LANGUAGES for suffix in LANGUAGES[name].suffixes}
)
"""The language of a file of code, by its lower-case suffix."""

LANGUAGE_OF_FENCE = MappingProxyType(
    {fence: name for name in ROW_LANGUAGES for fence in (name, *LANGUAGES[name].fences)}
)
"""The language of a fence of code, by the lower-case name that it carries."""


def row_language(renderer: str) -> str:
    """Return the language of which a renderer draws on one stack; the name itself of all others."""
    spec = LANGUAGES.get(renderer)
    return spec.variant_of or renderer if spec is not None and spec.stack else renderer


@cache
def stacks_of(language: str) -> tuple[str, ...]:
    """Return the stacks that a language can be drawn with, the oldest first; none for most.

    `language` may be a renderer of it on one of them.
    """
    base = row_language(language)
    return tuple(
        sorted(
            (
                spec.stack
                for name, spec in LANGUAGES.items()
                if spec.stack and base in (name, spec.variant_of)
            ),
            key=int,
        )
    )


def may_name_a_stack(language: str) -> bool:
    """Return whether programs of a language can name their stack."""
    spec = LANGUAGES.get(row_language(language))
    return spec is not None and spec.stack_of is not None


def stack_named_in(code: str, language: str) -> str:
    """Return the stack that a program itself names, as Vega-Lite's `$schema` does; '' where it names none."""
    spec = LANGUAGES.get(row_language(language))
    return spec.stack_of(code) if spec is not None and spec.stack_of else ""


def language_on(language: str, stack: str) -> str:
    """Return the name of a language's renderer on a stack; the language itself where it has no such stack.

    `language` may be a renderer of it on another stack.
    """
    base = row_language(language)
    return next(
        (
            name
            for name, spec in LANGUAGES.items()
            if stack and spec.stack == stack and base in (name, spec.variant_of)
        ),
        language,
    )


def language_of_file(name: str) -> str | None:
    """Return the language of a file by its suffix, or None."""
    lowered = name.lower()
    return next(
        (language for suffix, language in LANGUAGE_OF_SUFFIX.items() if lowered.endswith(suffix)), None
    )


@cache
def why_unsupported(language: str) -> str:
    """Return why a language cannot be rendered here and what to install, or '' when it can."""
    if language not in LANGUAGES:
        return f"no renderer for language {language!r}; registered languages are {', '.join(LANGUAGES)}"
    try:
        missing = LANGUAGES[language].renderer().missing_tools()
    except ImportError as error:
        return f"the renderer for {language!r} cannot be imported ({error}): pip install 'vincicoder[render]'"
    if missing:
        return f"to render {language!r} here, install: {'; '.join(missing)}"
    return ""
