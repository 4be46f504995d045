"""Faults of Python programs that draw: what models get wrong in charts and molecules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from types import MappingProxyType

import libcst as cst

from vincicoder import syntax_tree
from vincicoder.refine.colors import is_color, wrong_color
from vincicoder.refine.edits import Edit, Span, apply_edits, edit, swapped, whole_line
from vincicoder.refine.python_outline import Argument, Call, Outline, Place, outline_of
from vincicoder.refine.smiles import smiles_faults
from vincicoder.refine.words import names, wrong_number, wrong_words

_DRAWING = names(
    "plot bar barh scatter hist fill_between fill errorbar step stem boxplot violinplot pie axhline "
    "axvline axvspan axhspan hlines vlines contour contourf imshow add_patch add_artist "
    "add_collection add_trace lineplot barplot scatterplot histplot quiver stackplot semilogx "
    "semilogy loglog arrow annotate text Scatter Bar draw_networkx_edges draw_networkx_nodes "
    "draw_networkx_labels"
)
_LOST = {
    "legend": "lost_legend",
    "set_title": "lost_title", "title": "lost_title", "suptitle": "lost_title",
    "set_xlabel": "lost_label", "set_ylabel": "lost_label", "xlabel": "lost_label", "ylabel": "lost_label",
    "set_xlim": "lost_limits", "set_ylim": "lost_limits", "xlim": "lost_limits", "ylim": "lost_limits",
    "set_xticks": "lost_ticks", "set_yticks": "lost_ticks", "xticks": "lost_ticks", "yticks": "lost_ticks",
    "set_xticklabels": "lost_ticks", "set_yticklabels": "lost_ticks", "tick_params": "lost_ticks",
    "grid": "lost_grid", "colorbar": "lost_colorbar", "invert_yaxis": "lost_setting",
    "set_yscale": "lost_setting", "set_xscale": "lost_setting", "axis": "lost_setting",
    "set_aspect": "lost_setting", "update_layout": "lost_setting", "set_theme": "lost_setting",
    "set_style": "lost_setting", "use": "lost_setting", "twinx": "lost_setting",
}  # fmt: skip
_OTHER_TYPE = MappingProxyType(
    {
        "plot": "scatter", "bar": "barh", "barh": "bar", "scatter": "plot", "step": "plot", "stem": "plot",
        "contourf": "contour", "contour": "contourf", "boxplot": "violinplot", "violinplot": "boxplot",
        "fill_between": "plot", "lineplot": "scatterplot", "scatterplot": "lineplot",
        "semilogy": "plot", "semilogx": "plot", "loglog": "plot", "Scatter": "Bar",
    }
)  # fmt: skip
# Keywords that models mistake, as other libraries spell them.
_OTHER_KEYWORD = MappingProxyType(
    {
        "label": "labels", "fontsize": "font_size", "linewidth": "line_width", "alpha": "opacity",
        "color": "fill_color", "rotation": "rotate", "cmap": "color_map", "marker": "markerstyle",
        "loc": "position", "bins": "num_bins", "linestyle": "line_style", "figsize": "fig_size",
    }
)  # fmt: skip
_STYLE = names(
    "color c colors facecolor edgecolor linestyle ls marker linewidth lw alpha cmap width height s "
    "fontsize rotation bins density stacked bottom left explode autopct startangle label loc ncol "
    "markersize hatch levels hue palette fontweight ha va barmode orientation"
)
_TEXT_CALLS = names("title set_title suptitle xlabel ylabel set_xlabel set_ylabel text annotate set_label")


def python_faults(source: str) -> list[Edit]:
    """Return the faults that can be made in a program; all leave it valid Python.

    Raises `libcst.ParserSyntaxError` where the source is not valid itself.
    """
    outline = outline_of(source)
    return [found for finder in _FINDERS for found in finder(outline) if _parses(source, found)]


def _parses(source: str, found: Edit) -> bool:
    try:
        syntax_tree.parse(apply_edits(source, [found]))
    except (SyntaxError, ValueError):
        return False
    return True


def _dropped_statements(outline: Outline) -> Iterator[Edit]:
    draws = [one for one in outline.statements if _DRAWING.intersection(one.calls)]
    for statement in outline.statements:
        text = outline.source[statement.place[0] : statement.place[1]]
        name = next((_LOST[name] for name in statement.calls if name in _LOST), None)
        if name is None and statement in draws and len(draws) > 1:
            name = "dropped_series"
        if name is None and isinstance(statement.node, cst.Import | cst.ImportFrom):
            name = "missing_import"
        if name is None and _sets_attribute(statement.node):
            name = "lost_setting"
        if name and statement.droppable:
            yield edit(name, f"left out: {text}", Span(*whole_line(outline.source, *statement.place)))


def _sets_attribute(node: cst.BaseSmallStatement) -> bool:
    return (
        isinstance(node, cst.Assign)
        and isinstance(node.targets[0].target, cst.Attribute | cst.Subscript)
        and isinstance(node.value, cst.SimpleString | cst.Integer | cst.Float | cst.Name)
    )


def _wrong_types(outline: Outline) -> Iterator[Edit]:
    for call in outline.calls:
        other = _OTHER_TYPE.get(call.name)
        positional = [argument for argument in call.arguments if argument.keyword is None]
        if other is None or (call.name == "plot" and len(positional) != 2):
            continue
        spans = [Span(*call.name_place, other)]
        if {call.name, other} == {"bar", "barh"}:
            renamed = {"width": "height", "height": "width", "bottom": "left", "left": "bottom"}
            spans += [
                Span(*argument.keyword_place, renamed[argument.keyword])
                for argument in call.arguments
                if argument.keyword in renamed and argument.keyword_place
            ]
        yield edit("wrong_chart_type", f"{call.name} became {other}", *spans)


def _wrong_colors(outline: Outline) -> Iterator[Edit]:
    colors = [(place, text) for place, text in outline.colors if is_color(text) and _is_value(outline, place)]
    for (first, one), (second, other) in pairwise(colors):
        if one != other:
            yield swapped("swapped_colors", f"{one} and {other} exchanged", outline.source, first, second)
    for place, text in colors:
        try:
            other = wrong_color(text)
        except ValueError:
            continue
        yield edit("wrong_color", f"{text} became {other}", Span(*place, other))


def _is_value(outline: Outline, place: Place) -> bool:
    """Whether a string is given to a keyword of colour, or stands in a list or dictionary."""
    before = outline.source[: place[0] - 1].rstrip()
    return before.endswith(("color=", "colors=", "c=", "[", ",", ":", "fc=", "ec="))


def _arguments(outline: Outline) -> Iterator[Edit]:
    for call in outline.calls:
        for number, argument in enumerate(call.arguments):
            if argument.keyword in _STYLE and number:
                start = call.arguments[number - 1].place[1]
                detail = f"{call.name} without {argument.keyword}={argument.text}"
                yield edit("lost_option", detail, Span(start, argument.place[1]))
            other = _OTHER_KEYWORD.get(argument.keyword or "")
            if other and argument.keyword_place:
                detail = f"{call.name}: {argument.keyword} became {other}"
                yield edit("wrong_keyword", detail, Span(*argument.keyword_place, other))


def _layout(outline: Outline) -> Iterator[Edit]:
    for call in outline.calls:
        named = {argument.keyword: argument for argument in call.arguments if argument.keyword}
        size = named.get("figsize")
        if size and isinstance(size.node, cst.Tuple | cst.List) and len(size.node.elements) == 2:
            inner = size.text[1:-1].split(",")
            if len(inner) == 2 and inner[0].strip() != inner[1].strip():
                text = f"{size.text[0]}{inner[1].strip()}, {inner[0].strip()}{size.text[-1]}"
                yield edit("changed_figsize", f"{size.text} became {text}", Span(*size.place, text))
        first_two = [a for a in call.arguments if a.keyword in (None, "nrows", "ncols")][:2]
        if call.name == "subplots" and len(first_two) == 2 and first_two[0].text != first_two[1].text:
            places = (first_two[0].place, first_two[1].place)
            yield swapped("changed_layout", "rows and columns exchanged", outline.source, *places)
        loc = named.get("loc")
        if call.name == "legend" and loc and isinstance(loc.node, cst.SimpleString):
            other = "'lower left'" if "upper" in loc.text or "best" in loc.text else "'upper left'"
            yield edit("moved_legend", f"{loc.text} became {other}", Span(*loc.place, other))


def _ranges(outline: Outline) -> Iterator[Edit]:
    for call in outline.calls:
        number = _range_end(call)
        if number is not None and isinstance(number.node, cst.Integer):
            value = int(number.text, 0)
            if 2 <= value <= 200:
                detail = f"{call.name}: {value} became {value - 1}"
                yield edit("off_by_one", detail, Span(*number.place, str(value - 1)))


def _range_end(call: Call) -> Argument | None:
    positional = [argument for argument in call.arguments if argument.keyword is None]
    if call.name in ("range", "arange") and positional:
        return positional[min(1, len(positional) - 1)]
    return None


def _values(outline: Outline) -> Iterator[Edit]:
    for places in outline.sequences:
        texts = [outline.source[start:stop] for start, stop in places]
        for number in range(len(places) - 1):
            if texts[number] != texts[number + 1]:
                detail = f"{texts[number]} and {texts[number + 1]} exchanged"
                pair = (places[number], places[number + 1])
                yield swapped("swapped_values", detail, outline.source, *pair)
                break
        middle = len(places) // 2
        other = wrong_number(texts[middle])
        detail = f"{texts[middle]} became {other}"
        yield edit("wrong_value", detail, Span(*places[middle], other))
        detail = f"the last of {len(places)} values left out"
        yield edit("off_by_one", detail, Span(places[-2][1], places[-1][1]))


def _texts(outline: Outline) -> Iterator[Edit]:
    labels: dict[str, Argument] = {}
    for call in outline.calls:
        strings = [a for a in call.arguments if isinstance(a.node, cst.SimpleString)]
        if call.name in _TEXT_CALLS and strings:
            inner = (strings[0].place[0] + 1, strings[0].place[1] - 1)
            text = outline.source[inner[0] : inner[1]]
            other = wrong_words(text)
            if other:
                yield edit("wrong_text", f"{text!r} became {other!r}", Span(*inner, other))
            labels[call.name.removeprefix("set_")] = strings[0]
    if "xlabel" in labels and "ylabel" in labels and labels["xlabel"].text != labels["ylabel"].text:
        places = (labels["xlabel"].place, labels["ylabel"].place)
        yield swapped("swapped_labels", "the axes' labels exchanged", outline.source, *places)


def _molecules(outline: Outline) -> Iterator[Edit]:
    for call in outline.calls:
        if call.name not in ("MolFromSmiles", "loadMolecule") or not call.arguments:
            continue
        argument = call.arguments[0]
        if isinstance(argument.node, cst.SimpleString) and "\\" not in argument.text:
            yield from smiles_faults(argument.text[1:-1], argument.place[0] + 1)


_FINDERS: tuple[Callable[[Outline], Iterator[Edit]], ...] = (
    _dropped_statements,
    _wrong_types,
    _wrong_colors,
    _arguments,
    _layout,
    _ranges,
    _values,
    _texts,
    _molecules,
)
