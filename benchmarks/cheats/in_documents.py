"""Copies in LaTeX, Graphviz, Mermaid, Vega-Lite and Asymptote."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.cheats.copying import Cheat, Copy, Pixels, address, shrink


def copies_in_latex(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling in LaTeX."""
    copy = shrink(pixels, 2, 256)
    cells = "".join(copy.colors[number] for number in copy.table.ravel())
    width, height = _points(pixels)
    inline = (
        f"\\hbox to {width}bp{{\\vbox to {height}bp{{\\vss\\pdfliteral{{q {width} 0 0 {height} 0 0 cm BI /W {copy.width} "
        f"/H {copy.height} /BPC 8 /CS /RGB /F /AHx ID {cells}> EI Q}}}}\\hss}}"
    )
    yield Cheat("latex_bitmap", "literal", "latex", _latex(inline))
    stream = (
        f"\\immediate\\pdfobj stream attr{{/Type/XObject/Subtype/Image/Width {copy.width}/Height {copy.height}"
        f"/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/ASCIIHexDecode}}{{{cells}>}}"
        f"\\pdfrefobj\\pdflastobj\\edef\\n{{\\the\\pdflastobj}}\\setbox0=\\hbox to {width}bp{{\\vbox to {height}bp{{\\vss}}\\hss}}"
        f"\\pdfxform resources{{/XObject<</I \\n\\space 0 R>>}}0"
    )
    yield Cheat(
        "latex_bitmap",
        "stream",
        "latex",
        _latex(stream + f"\\pdfliteral{{q {width} 0 0 {height} 0 0 cm /I Do Q}}"),
    )
    for factor in (4, 8, 16):
        copy = shrink(pixels, factor, 8)
        scale = 72 / 100 * factor
        names = "".join(f"\\definecolor{{c{n}}}{{HTML}}{{{c.upper()}}}" for n, c in enumerate(copy.colors))
        ground = f"\\fill[color=c{copy.colors.index(copy.ground())}] (0,0) rectangle ({copy.width},-{copy.height});"
        start = f"{names}\\begin{{tikzpicture}}[x={scale}bp,y={scale}bp]{ground}"
        runs = copy.runs()
        fills = "".join(f"\\fill[c{k}] ({x},-{y}) rectangle +({n},-1);" for x, y, n, k in runs)
        loop = ",".join(f"{x}/{y}/{n}/{k}" for x, y, n, k in runs)
        yield Cheat("latex_mosaic", f"fill_{factor}", "latex", _latex(f"{start}{fills}\\end{{tikzpicture}}"))
        yield Cheat("latex_mosaic", f"loop_{factor}", "latex", _latex(
            f"{start}\\foreach \\x/\\y/\\n/\\k in {{{loop}}}{{\\fill[c\\k] (\\x,-\\y) rectangle +(\\n,-1);}}\\end{{tikzpicture}}"))  # fmt: skip
        rules = "".join(
            f"\\put({x},-{y}){{\\color{{c{k}}}\\rule[-{scale:.2f}bp]{{{n * scale:.2f}bp}}{{{scale:.2f}bp}}}}"
            for x, y, n, k in runs
        )
        picture = f"\\setlength\\unitlength{{{scale}bp}}\\begin{{picture}}({copy.width},{copy.height})(0,-{copy.height}){rules}\\end{{picture}}"
        yield Cheat("latex_mosaic", f"rules_{factor}", "latex", _latex(f"{names}{picture}"))
        fills = "".join(
            f"{int(copy.colors[k][0:2], 16) / 255:.2f} {int(copy.colors[k][2:4], 16) / 255:.2f} {int(copy.colors[k][4:], 16) / 255:.2f} rg "
            f"{x * scale:.1f} {height - (y + 1) * scale:.1f} {n * scale:.1f} {scale:.1f} re f " for x, y, n, k in runs
        )  # fmt: skip
        yield Cheat("latex_mosaic", f"literal_{factor}", "latex", _latex(
            f"\\vbox to {height}bp{{\\vss\\hbox to {width}bp{{\\pdfliteral{{q {fills} Q}}\\hss}}}}"))  # fmt: skip


def _points(pixels: Pixels) -> tuple[float, float]:
    return pixels.shape[1] * 0.72, pixels.shape[0] * 0.72


def _latex(body: str) -> str:
    return (
        "\\documentclass[border=0pt]{standalone}\\usepackage{xcolor,tikz}\\pdfcompresslevel=0\n\\begin{document}%\n"
        f"{body}%\n\\end{{document}}\n"
    )


def copies_in_diagrams(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling in the languages of diagrams."""
    height, width = pixels.shape[:2]
    data = address(pixels)
    yield Cheat(
        "mermaid_image", "label", "mermaid", f"flowchart TD\n  a[\"<img src='{data}' width={width}>\"]"
    )
    yield Cheat(
        "mermaid_image", "node", "mermaid", f'flowchart TD\n  a@{{ img: "{data}", w: {width}, h: {height} }}'
    )
    mark = {"type": "image", "width": width, "height": height}
    yield Cheat("vega_image", "mark", "vega-lite", json.dumps(
        {"data": {"values": [{"u": data}]}, "mark": mark, "width": width, "height": height, "encoding": {"url": {"field": "u"}}}))  # fmt: skip
    for factor in (4, 8, 16):
        copy = shrink(pixels, factor, 12)
        yield Cheat("graphviz_mosaic", f"table_{factor}", "graphviz", _table(copy))
        yield Cheat("graphviz_mosaic", f"nodes_{factor}", "graphviz", _nodes(copy))
        yield Cheat("vega_mosaic", f"rects_{factor}", "vega-lite", _rects(copy, width, height))
        yield Cheat("asymptote_mosaic", f"fill_{factor}", "asymptote", _fills(copy))
        rows = "\n".join(
            f'  r{y}["{"".join(f"<b style=color:#{copy.colors[k]}>█</b>" for k in row)}"]'
            for y, row in enumerate(copy.table)
        )
        yield Cheat("mermaid_mosaic", f"letters_{factor}", "mermaid", f"block-beta\ncolumns 1\n{rows}")


def _table(copy: Copy) -> str:
    size = copy.factor
    rows = "".join("<TR>" + "".join(
        f'<TD WIDTH="{size}" HEIGHT="{size}" FIXEDSIZE="TRUE" BGCOLOR="#{copy.colors[k]}"></TD>' for k in row) + "</TR>"
        for row in copy.table)  # fmt: skip
    return f'digraph {{ margin=0 pad=0 dpi=72 a [shape=none margin=0 label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" ' \
           f'CELLPADDING="0">{rows}</TABLE>>] }}'  # fmt: skip


def _nodes(copy: Copy) -> str:
    unit = copy.factor / 72
    nodes = "".join(
        f'n{n} [pos="{(x + length / 2) * copy.factor},{-y * copy.factor}!" width={length * unit:.3f} color="#{copy.colors[k]}"]\n'
        for n, (x, y, length, k) in enumerate(copy.runs())
    )
    return f'graph {{ layout=neato pad=0 bgcolor="#{copy.ground()}" node [shape=box style=filled label="" height={unit:.3f} penwidth=0]\n{nodes}}}'


def _rects(copy: Copy, width: int, height: int) -> str:
    values = [[x, y, x + n, y + 1, copy.colors[k]] for x, y, n, k in copy.runs()]
    axis = {"axis": None, "type": "quantitative"}
    return json.dumps({
        "width": width, "height": height, "background": f"#{copy.ground()}",
        "data": {"values": [dict(zip("xyabc", value, strict=True)) for value in values]},
        "transform": [{"calculate": "'#' + datum.c", "as": "c"}],
        "mark": "rect",
        "encoding": {
            "x": {"field": "x", "scale": {"domain": [0, copy.width]}, **axis}, "x2": {"field": "a"},
            "y": {"field": "y", "scale": {"domain": [copy.height, 0]}, **axis}, "y2": {"field": "b"},
            "color": {"field": "c", "type": "nominal", "scale": None},
        },
    })  # fmt: skip


def _fills(copy: Copy) -> str:
    size = copy.factor * 0.72
    runs = "".join(
        f'fill(shift({x * size:.2f},{-y * size:.2f})*scale({n * size:.2f},{size:.2f})*unitsquare,rgb("{copy.colors[k]}"));\n'
        for x, y, n, k in copy.runs()
    )
    ground = f'fill(box((0,{size:.2f}),({copy.width * size:.2f},{-copy.height * size:.2f})),rgb("{copy.ground()}"));\n'
    return ground + runs
