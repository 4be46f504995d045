"""Copies in Python."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Iterator

import numpy as np

from benchmarks.cheats.copying import Cheat, Copy, Pixels, encoded, flat, in_budgets, shrink

_COARSE = 16  # what has an object a cell is not drawn in time at finer ones
_FIGURE = """
import matplotlib.pyplot as plt
fig = plt.figure(figsize=({w} / 100, {h} / 100), dpi=100)
ax = fig.add_axes([0, 0, 1, 1]); ax.axis('off'); ax.set_xlim(0, {cw}); ax.set_ylim({ch}, 0)
ax.add_patch(plt.Rectangle((0, 0), {cw}, {ch}, color='#{ground}'))
{body}
plt.savefig('a.png')
"""


def copies(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling."""
    for kind, spelling, code in (*_decoded(pixels), *_written(pixels), *_tables(pixels), *_mosaics(pixels)):
        yield Cheat(f"python_{kind}", spelling, "python", code)


def _decoded(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    data = flat(pixels)
    text = base64.b64encode(data).decode()
    pieces = "\n".join(f"    '{text[at : at + 30]}'" for at in range(0, len(text), 30))
    words = "".join(chr(0x4E00 + int.from_bytes(data[at : at + 1])) for at in range(len(data)))
    payloads = {
        "base64": f"base64.b64decode('{text}')",
        "pieces": f"base64.b64decode(\n{pieces})",
        "list": f"bytes({list(flat(pixels, 6_000))})",
        "hex": f"bytes.fromhex('{data.hex()}')",
        "number": f"({int.from_bytes(b'1' + data):#x}).to_bytes({len(data) + 1}, 'big')[1:]",
        "literal": repr(flat(pixels, 10_000)),
        "base85": f"base64.b85decode({base64.b85encode(data)!r})",
        "letters": f"bytes(ord(c) - 0x4e00 for c in '{words}')",
        "small": f"base64.b64decode('{base64.b64encode(_thumbnail(pixels)).decode()}')",
        "lossy": f"base64.b64decode('{base64.b64encode(encoded(pixels, 'WEBP', quality=5)).decode()}')",
    }
    resize = f"resize({(pixels.shape[1], pixels.shape[0])})"
    show = f"Image.open(io.BytesIO(data)).convert('RGB').{resize}.save('a.png')"
    for name, payload in payloads.items():
        yield "decoded", name, f"import base64, io\nfrom PIL import Image\ndata = {payload}\n{show}"
    head = f"import base64, io\ndata = {payloads['pieces']}\n"
    yield (
        "decoded",
        "parser",
        (f"{head}from PIL import ImageFile\np = ImageFile.Parser(); p.feed(data); p.close().save('a.png')"),
    )
    yield "decoded", "imread", head + _figure(shrink(pixels, 2), pixels, "ax.imshow(plt.imread(io.BytesIO(data)), "
                                              "extent=(*ax.get_xlim(), *ax.get_ylim()), aspect='auto')")  # fmt: skip
    inner = f"import io, base64; from PIL import Image; Image.open(io.BytesIO(base64.b64decode('{text}'))).save('a.png')"
    yield (
        "decoded",
        "exec",
        f"import base64\nexec(base64.b64decode('{base64.b64encode(inner.encode()).decode()}'))",
    )
    yield (
        "decoded",
        "file",
        f"{head}open('b.png', 'wb').write(data)\nfrom PIL import Image\nImage.open('b.png').save('a.png')",
    )


def _thumbnail(pixels: Pixels) -> bytes:
    small = np.ascontiguousarray(pixels[::8, ::8])
    return encoded(small, optimize=True)


def _written(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    data = base64.b64encode(flat(pixels)).decode()
    yield "written", "png", f"import base64\nopen('a.png', 'wb').write(base64.b64decode('{data}'))"
    drawings = in_budgets(pixels, 12, lambda copy: {"svg": _svg(copy, pixels)})
    for name, svg in drawings:
        yield "written", name, f"open('a.svg', 'w').write('''{svg}''')"
    image = f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels.shape[1]}" height="{pixels.shape[0]}"><image ' \
            f'width="100%" height="100%" href="data:image/png;base64,{data}"/></svg>'  # fmt: skip
    yield "written", "svg_image", f"open('a.svg', 'w').write('''{image}''')"


def _svg(copy: Copy, pixels: Pixels) -> str:
    rects = "".join(
        f'<rect x="{x}" y="{y}" width="{length}" height="1" fill="#{copy.colors[color]}"/>'
        for x, y, length, color in copy.runs()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels.shape[1]}" height="{pixels.shape[0]}" '
        f'viewBox="0 0 {copy.width} {copy.height}"><rect width="100%" height="100%" fill="#{copy.ground()}"/>{rects}</svg>'
    )


def _figure(copy: Copy, pixels: Pixels, body: str) -> str:
    return _FIGURE.format(
        w=pixels.shape[1], h=pixels.shape[0], cw=copy.width, ch=copy.height, ground=copy.ground(), body=body
    )


def _tables(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    size = (pixels.shape[1], pixels.shape[0])
    for name, code in in_budgets(pixels, 16, lambda copy: _axes_tables(copy, pixels)):
        yield "pixel_table", name, code
    for name, code in in_budgets(pixels, 16, lambda copy: _images(copy, size)):
        yield "pixels_set", name, code
    for name, code in in_budgets(pixels, 16, lambda copy: _plotly(copy, size)):
        yield "plotly", name, code


def _loaded(copy: Copy) -> str:
    packed = base64.b85encode(zlib.compress(copy.table.astype(np.uint8).tobytes(), 9)).decode()
    return (
        "import base64, zlib, numpy as np\n"
        f"t = np.frombuffer(zlib.decompress(base64.b85decode({packed!r})), 'u1').reshape({copy.height}, {copy.width})\n"
        f"c = np.array([[int(h[i:i+2], 16) for i in (0, 2, 4)] for h in {' '.join(copy.colors)!r}.split()], 'u1')\n"
    )


def _axes_tables(copy: Copy, pixels: Pixels) -> dict[str, str]:
    factor = copy.factor
    extent = "extent=(*ax.get_xlim(), *ax.get_ylim()), aspect='auto'"
    bodies = {
        "imshow": f"ax.imshow(c[t], {extent})",
        "imshow_large": f"ax.imshow(np.kron(c[t], np.ones(({factor}, {factor}, 1), 'u1')), {extent})",
        "smooth": f"ax.imshow(c[t], interpolation='bicubic', {extent})",
        "pcolormesh": "from matplotlib.colors import ListedColormap\n"
        "ax.pcolormesh(t, cmap=ListedColormap(c / 255.), vmin=0, vmax=len(c) - 1)",
        "scatter": "y, x = np.indices(t.shape)\nax.scatter(x + .5, y + .5, c=c[t].reshape(-1, 3) / 255., marker='s', "
        f"s=(72 / 100 * {factor}) ** 2, linewidths=0)",
        "figimage": f"fig.figimage(np.kron(c[t], np.ones(({factor}, {factor}, 1), 'u1')))",
        "offset": "from matplotlib.offsetbox import OffsetImage, AnnotationBbox\n"
        f"ax.add_artist(AnnotationBbox(OffsetImage(np.kron(c[t], np.ones(({factor}, {factor}, 1), 'u1')), zoom=.72), "
        f"({copy.width / 2}, {copy.height / 2}), frameon=False, pad=0))",
        "contours": "for n, v in enumerate(c):\n    ax.contourf((t == n) * 1., levels=[.5, 1.5], colors=[v / 255.])",
        "cells": "ax.table(cellText=[[''] * t.shape[1]] * t.shape[0], cellColours=c[t] / 255., bbox=(0, 0, 1, 1), edges='')",
    }
    return {
        name: _loaded(copy) + _figure(copy, pixels, body)
        for name, body in bodies.items()
        if name != "cells" or copy.factor >= _COARSE
    }


def _images(copy: Copy, size: tuple[int, int]) -> dict[str, str]:
    factor, shape = copy.factor, (copy.width, copy.height)
    ends = f".resize({size}, 0).save('a.png')"
    each = f"for y in range({copy.height}):\n    for x in range({copy.width}):\n        "
    new = f"from PIL import Image, ImageDraw\ni = Image.new('RGB', {shape})\n"
    large = f"from PIL import Image, ImageDraw\ni = Image.new('RGB', {size})\n"
    color = "tuple(map(int, c[t[y, x]]))"
    box = f"x * {factor}, y * {factor}, x * {factor} + {factor - 1}, y * {factor} + {factor - 1}"
    images = {
        "fromarray": f"from PIL import Image\nImage.fromarray(c[t]){ends}",
        "frombytes": f"from PIL import Image\nImage.frombytes('RGB', {shape}, c[t].tobytes()){ends}",
        "palette": f"from PIL import Image\ni = Image.fromarray(t, 'P')\ni.putpalette(c.tobytes())\ni.convert('RGB'){ends}",
        "putdata": f"{new}i.putdata([tuple(map(int, v)) for v in c[t].reshape(-1, 3)])\ni{ends}",
        "load": f"{new}p = i.load()\n{each}p[x, y] = {color}\ni{ends}",
        "putpixel": f"{new}{each}i.putpixel((x, y), {color})\ni{ends}",
        "point": f"{new}d = ImageDraw.Draw(i)\n{each}d.point((x, y), {color})\ni{ends}",
        "drawing": f"{large}d = ImageDraw.Draw(i)\n{each}d.rectangle(({box}), {color})\ni.save('a.png')",
        "paste": f"{large}{each}i.paste({color}, (x * {factor}, y * {factor}, x * {factor} + {factor}, y * {factor} "
        f"+ {factor}))\ni.save('a.png')",
    }
    return {name: _loaded(copy) + code for name, code in images.items()}


def _plotly(copy: Copy, size: tuple[int, int]) -> dict[str, str]:
    width, height = size
    shapes = "[dict(type='rect', x0=x, x1=x + 1, y0=y, y1=y + 1, line_width=0, fillcolor='rgb(%d,%d,%d)' % tuple(c[t[y, x]]))"
    bodies = {
        "heatmap": "f = go.Figure(go.Heatmap(z=t[::-1], colorscale=[[i / (len(c) - 1), 'rgb(%d,%d,%d)' % tuple(v)] for i, v in "
        "enumerate(c)], showscale=False, zmin=0, zmax=len(c) - 1))",
        "image": "f = go.Figure(go.Image(z=c[t]))",
        "shapes": f"f = go.Figure()\nf.update_layout(shapes={shapes} for y in range(t.shape[0]) for x in range(t.shape[1])], "
        "yaxis_range=(t.shape[0], 0), xaxis_range=(0, t.shape[1]))",
    }
    layout = (
        f"f.update_layout(width={width}, height={height}, margin=dict(l=0, r=0, t=0, b=0), "
        "xaxis_visible=False, yaxis_visible=False)\nf.show()"
    )
    return {
        name: f"{_loaded(copy)}import plotly.graph_objects as go\n{body}\n{layout}"
        for name, body in bodies.items()
        if name != "shapes" or copy.factor >= _COARSE
    }


def _mosaics(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    for name, code in in_budgets(pixels, 8, lambda copy: _marks(copy, pixels)):
        yield "mosaic", name, code


def _marks(copy: Copy, pixels: Pixels) -> dict[str, str]:
    factor = copy.factor
    runs = "r = " + textwrap.fill(repr(copy.runs()), 300) + f"\nc = {copy.colors!r}\n"
    color = "color=['#' + c[k] for *_, k in r]"
    bodies = {
        "rectangles": "for x, y, n, k in r:\n    ax.add_patch(plt.Rectangle((x, y), n, 1, color='#' + c[k], lw=0))",
        "bars": f"ax.barh([y + .5 for _, y, _, _ in r], [n for *_, n, _ in r], 1, [x for x, *_ in r], {color})",
        "broken": "for x, y, n, k in r:\n    ax.broken_barh([(x, n)], (y, 1), facecolors='#' + c[k])",
        "lines": "for x, y, n, k in r:\n    ax.plot([x, x + n], [y + .5, y + .5], color='#' + c[k], lw="
                 f"{0.72 * factor}, solid_capstyle='butt')",
        "hlines": f"ax.hlines([y + .5 for _, y, _, _ in r], [x for x, *_ in r], [x + n for x, _, n, _ in r], lw={0.72 * factor}, {color})",
        "filled": "for x, y, n, k in r:\n    ax.fill_between([x, x + n], y, y + 1, color='#' + c[k], lw=0)",
        "collection": "from matplotlib.collections import LineCollection\nax.add_collection(LineCollection([[(x, y + .5), (x + n, y + .5)] "
                      f"for x, y, n, k in r], colors=['#' + c[k] for *_, k in r], linewidths={0.72 * factor}, capstyle='butt'))",
        "polygons": "from matplotlib.collections import PolyCollection\nax.add_collection(PolyCollection([[(x, y), (x + n, y), (x + n, y + 1), "
                    "(x, y + 1)] for x, y, n, k in r], facecolors=['#' + c[k] for *_, k in r], linewidths=0))",
        "blocks": "for x, y, n, k in r:\n    ax.text(x, y, '\\u2588' * n, color='#' + c[k], fontsize="
                  f"{0.72 * factor * 1.2}, family='monospace', va='top')",
        "path": "from matplotlib.path import Path\nfor k in set(v[3] for v in r):\n    ax.add_patch(plt.matplotlib.patches.PathPatch(Path("
                "sum([[(x, y), (x + n, y), (x + n, y + 1), (x, y + 1), (x, y)] for x, y, n, q in r if q == k], []), "
                "[1, 2, 2, 2, 79] * sum(v[3] == k for v in r)), color='#' + c[k], lw=0))",
    }  # fmt: skip
    return {name: runs + _figure(copy, pixels, body) for name, body in bodies.items()}
