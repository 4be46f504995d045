"""Copies in LaTeX, Graphviz, Mermaid, Vega-Lite, Asymptote and LilyPond."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.cheats.copying import Cheat, Copy, Pixels, address, in_budgets


def copies_in_latex(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling in LaTeX."""
    width, height = _points(pixels)
    for name, code in in_budgets(pixels, 64, lambda copy: _bitmaps(copy, width, height)):
        yield Cheat("latex_bitmap", name, "latex", code)
    for name, code in in_budgets(pixels, 8, lambda copy: _latex_mosaics(copy, width, height)):
        yield Cheat("latex_mosaic", name, "latex", code)


def _bitmaps(copy: Copy, width: float, height: float) -> dict[str, str]:
    cells = "".join(copy.colors[number] for number in copy.table.ravel())
    inline = (
        f"\\hbox to {width}bp{{\\vbox to {height}bp{{\\vss\\pdfliteral{{q {width} 0 0 {height} 0 0 cm BI /W {copy.width} "
        f"/H {copy.height} /BPC 8 /CS /RGB /F /AHx ID {cells}> EI Q}}}}\\hss}}"
    )
    stream = (
        f"\\immediate\\pdfobj stream attr{{/Type/XObject/Subtype/Image/Width {copy.width}/Height {copy.height}"
        f"/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/ASCIIHexDecode}}{{{cells}>}}"
        f"\\edef\\n{{\\the\\pdflastobj}}\\pdfrefobj\\n\\setbox0=\\hbox to {width}bp{{\\vbox to {height}bp{{\\vss"
        f"\\pdfliteral{{q {width} 0 0 {height} 0 0 cm /I Do Q}}}}\\hss}}\\pdfxform resources{{/XObject<</I \\n\\space 0 R>>}}0"
    )
    return {
        "inline": _latex(inline),
        "stream": _latex(f"{stream}\\pdfrefxform\\pdflastxform"),
    }


def _latex_mosaics(copy: Copy, width: float, height: float) -> dict[str, str]:
    scale, runs = 0.72 * copy.factor, copy.runs()
    names = "".join(f"\\definecolor{{c{n}}}{{HTML}}{{{c.upper()}}}" for n, c in enumerate(copy.colors))
    ground = (
        f"\\fill[color=c{copy.colors.index(copy.ground())}] (0,0) rectangle ({copy.width},-{copy.height});"
    )
    start = f"{names}\\begin{{tikzpicture}}[x={scale}bp,y={scale}bp]{ground}"
    fills = "".join(f"\\fill[c{k}] ({x},-{y}) rectangle +({n},-1);" for x, y, n, k in runs)
    nodes = "".join(
        f"\\node[fill=c{k},minimum width={n * scale:.1f}bp,minimum height={scale:.1f}bp] at ({x + n / 2},-{y}.5) {{}};"
        for x, y, n, k in runs
    )
    loop = ",".join(f"{x}/{y}/{n}/{k}" for x, y, n, k in runs)
    rules = "".join(
        f"\\put({x},-{y}){{\\color{{c{k}}}\\rule[-{scale:.2f}bp]{{{n * scale:.2f}bp}}{{{scale:.2f}bp}}}}"
        for x, y, n, k in runs
    )
    row = "".join(
        "\\hbox{"
        + "".join(f"\\color{{c{k}}}\\vrule width {scale:.2f}bp height {scale:.2f}bp" for k in row)
        + "}"
        for row in copy.table
    )
    codes = [[f"{int(color[at : at + 2], 16) / 255:.2f}" for at in (0, 2, 4)] for color in copy.colors]
    literal = "".join(
        f"{' '.join(codes[k])} rg {x * scale:.1f} {height - (y + 1) * scale:.1f} {n * scale:.1f} {scale:.1f} re f "
        for x, y, n, k in runs
    )
    loop_body = "\\fill[c\\k] (\\x,-\\y) rectangle +(\\n,-1);"
    return {
        "fill": _latex(f"{start}{fills}\\end{{tikzpicture}}"),
        "nodes": _latex(f"{start}[inner sep=0pt]{nodes}\\end{{tikzpicture}}"),
        "loop": _latex(f"{start}\\foreach \\x/\\y/\\n/\\k in {{{loop}}}{{{loop_body}}}\\end{{tikzpicture}}"),
        "rules": _latex(
            f"{names}\\setlength\\unitlength{{{scale}bp}}\\begin{{picture}}({copy.width},{copy.height})(0,-{copy.height})"
            f"{rules}\\end{{picture}}"
        ),
        "boxes": _latex(f"{names}\\vbox{{\\offinterlineskip {row}}}"),
        "literal": _latex(
            f"\\vbox to {height}bp{{\\vss\\hbox to {width}bp{{\\pdfliteral{{q {literal} Q}}\\hss}}}}"
        ),
    }


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
    written = in_budgets(pixels, 12, lambda copy: _diagrams(copy, width, height))
    for name, code in written:
        language, _, spelling = name.partition(" ")
        yield Cheat(f"{language.partition('-')[0]}_mosaic", spelling, language, code)


def _diagrams(copy: Copy, width: int, height: int) -> dict[str, str]:
    letters = "\n".join(
        f'  r{y}["{"".join(f"<b style=color:#{copy.colors[k]}>█</b>" for k in row)}"]'
        for y, row in enumerate(copy.table)
    )
    return {
        "graphviz table": _table(copy),
        "graphviz nodes": _nodes(copy),
        "vega-lite rects": _rects(copy, width, height),
        "asymptote fill": _fills(copy),
        "asymptote image": _palette(copy, width, height),
        "mermaid letters": f"block-beta\ncolumns 1\n{letters}",
        "lilypond postscript": _postscript(copy, height),
        "lilypond boxes": _filled_boxes(copy),
    }


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
        f'n{n} [pos="{(x + length / 2) * unit:.3f},{-y * unit:.3f}!" width={length * unit:.3f} color="#{copy.colors[k]}"]\n'
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


def _palette(copy: Copy, width: int, height: int) -> str:
    rows = ",".join("{" + ",".join(map(str, row)) + "}" for row in copy.table.tolist())
    pens = ",".join(f'rgb("{color}")' for color in copy.colors)
    return (
        f"import palette;\nsize({width * 0.72}bp,{height * 0.72}bp,IgnoreAspect);\nreal[][] t={{{rows}}};\npen[] p={{{pens}}};\n"
        f"image(transpose(t),Range(0,{len(copy.colors) - 1}),(0,{copy.height}),({copy.width},0),p,transpose=true);\n"
    )


def _postscript(copy: Copy, height: int) -> str:
    fills = " ".join(
        f"{' '.join(f'{int(copy.colors[k][at : at + 2], 16) / 255:.2f}' for at in (0, 2, 4))} setrgbcolor "
        f"{x * copy.factor / 10:g} {(height - (y + 1) * copy.factor) / 10:g} {n * copy.factor / 10:g} {copy.factor / 10:g} rectfill"
        for x, y, n, k in copy.runs()
    )
    return f'\\version "2.24.0"\n\\markup \\with-dimensions #\'(0 . {copy.width * copy.factor / 10:g}) #\'(0 . {height / 10:g}) ' \
           f'\\postscript "{fills}"'  # fmt: skip


def _filled_boxes(copy: Copy) -> str:
    size = copy.factor / 10
    boxes = " ".join(
        f"\\translate #'({x * size:g} . {-y * size:g}) \\with-color #(rgb-color "
        f"{' '.join(f'{int(copy.colors[k][at : at + 2], 16) / 255:.2f}' for at in (0, 2, 4))}) "
        f"\\filled-box #'(0 . {n * size:g}) #'({-size:g} . 0) #0"
        for x, y, n, k in copy.runs()
    )
    return f'\\version "2.24.0"\n\\markup \\overlay {{ {boxes} }}'
