"""Copies in Python."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Iterator

import numpy as np

from benchmarks.cheats.copying import Cheat, Copy, Pixels, encoded, flat, shrink

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
        "list": f"bytes({list(data)})",
        "hex": f"bytes.fromhex('{data.hex()}')",
        "number": f"({int.from_bytes(b'1' + data):#x}).to_bytes({len(data) + 1}, 'big')[1:]",
        "literal": repr(data),
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
    svg = _svg(shrink(pixels, 3), pixels)
    yield "written", "svg", f"open('a.svg', 'w').write('''{svg}''')"
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
    for factor in (2, 5, 12):
        copy = shrink(pixels, factor)
        packed = base64.b85encode(zlib.compress(copy.table.astype(np.uint8).tobytes(), 9)).decode()
        shape = f"({copy.height}, {copy.width})"
        load = (
            "import base64, zlib, numpy as np\n"
            f"t = np.frombuffer(zlib.decompress(base64.b85decode({packed!r})), 'u1').reshape{shape}\n"
            f"c = np.array([[int(h[i:i+2], 16) for i in (0, 2, 4)] for h in {' '.join(copy.colors)!r}.split()], 'u1')\n"
        )
        extent = "extent=(*ax.get_xlim(), *ax.get_ylim()), aspect='auto'"
        bodies = {
            "imshow": f"ax.imshow(c[t], {extent})",
            "imshow_large": f"ax.imshow(np.kron(c[t], np.ones(({factor}, {factor}, 1), 'u1')), {extent})",
            "smooth": f"ax.imshow(c[t], interpolation='bicubic', {extent})",
            "pcolormesh": "from matplotlib.colors import ListedColormap\nax.pcolormesh(t, cmap=ListedColormap(c / 255.), vmin=0, vmax=len(c) - 1)",
            "scatter": "y, x = np.indices(t.shape)\nax.scatter(x + .5, y + .5, c=c[t].reshape(-1, 3) / 255., marker='s', s=(72 / 100 * "
            f"{factor}) ** 2, linewidths=0)",
        }
        for name, body in bodies.items():
            yield "pixel_table", f"{name}_{factor}", load + _figure(copy, pixels, body)
        size = (pixels.shape[1], pixels.shape[0])
        ends = f".resize({size}, 0).save('a.png')"
        images = {
            "fromarray": f"from PIL import Image\nImage.fromarray(c[t]){ends}",
            "frombytes": f"from PIL import Image\nImage.frombytes('RGB', {shape[::1]}[::-1], c[t].tobytes()){ends}",
            "putdata": f"from PIL import Image\ni = Image.new('RGB', {shape}[::-1])\ni.putdata([tuple(map(int, v)) for v in c[t].reshape(-1, 3)])\ni{ends}",
            "load": f"from PIL import Image\ni = Image.new('RGB', {shape}[::-1])\np = i.load()\nfor y in range({copy.height}):\n"
            f"    for x in range({copy.width}):\n        p[x, y] = tuple(map(int, c[t[y, x]]))\ni{ends}",
            "drawing": f"from PIL import Image, ImageDraw\ni = Image.new('RGB', {size})\nd = ImageDraw.Draw(i)\nfor y in range({copy.height}):\n"
            f"    for x in range({copy.width}):\n        d.rectangle((x * {factor}, y * {factor}, x * {factor} + {factor}, y * {factor} "
            f"+ {factor}), tuple(map(int, c[t[y, x]])))\ni.save('a.png')",
        }
        for name, code in images.items():
            yield "pixels_set", f"{name}_{factor}", load + code
        plotly = {
            "heatmap": "f = go.Figure(go.Heatmap(z=t[::-1], colorscale=[[i / (len(c) - 1), 'rgb(%d,%d,%d)' % tuple(v)] for i, v in "
            "enumerate(c)], showscale=False, zmin=0, zmax=len(c) - 1))",
            "image": "f = go.Figure(go.Image(z=c[t]))",
        }
        for name, body in plotly.items():
            yield (
                "plotly",
                f"{name}_{factor}",
                (
                    f"{load}import plotly.graph_objects as go\n{body}\nf.update_layout(width={size[0]}, height={size[1]}, "
                    "margin=dict(l=0, r=0, t=0, b=0), xaxis_visible=False, yaxis_visible=False)\nf.show()"
                ),
            )


def _mosaics(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    for factor in (3, 6, 16):
        copy = shrink(pixels, factor, 8)
        runs = "r = " + textwrap.fill(repr(copy.runs()), 300) + f"\nc = {copy.colors!r}\n"
        bodies = {
            "rectangles": "for x, y, n, k in r:\n    ax.add_patch(plt.Rectangle((x, y), n, 1, color='#' + c[k], lw=0))",
            "bars": "ax.barh([y + .5 for _, y, _, _ in r], [n for *_, n, _ in r], 1, [x for x, *_ in r], color=['#' + c[k] for *_, k in r])",
            "broken": "for x, y, n, k in r:\n    ax.broken_barh([(x, n)], (y, 1), facecolors='#' + c[k])",
            "lines": "for x, y, n, k in r:\n    ax.plot([x, x + n], [y + .5, y + .5], color='#' + c[k], lw="
                     f"{0.72 * factor}, solid_capstyle='butt')",
            "collection": "from matplotlib.collections import LineCollection\nax.add_collection(LineCollection([[(x, y + .5), (x + n, y + .5)] "
                          f"for x, y, n, k in r], colors=['#' + c[k] for *_, k in r], linewidths={0.72 * factor}, capstyle='butt'))",
            "blocks": "for x, y, n, k in r:\n    ax.text(x, y, '\\u2588' * n, color='#' + c[k], fontsize="
                      f"{0.72 * factor * 1.2}, family='monospace', va='top')",
            "path": "from matplotlib.path import Path\nfor k in set(v[3] for v in r):\n    ax.add_patch(plt.matplotlib.patches.PathPatch(Path("
                    "sum([[(x, y), (x + n, y), (x + n, y + 1), (x, y + 1), (x, y)] for x, y, n, q in r if q == k], []), "
                    "[1, 2, 2, 2, 79] * sum(v[3] == k for v in r)), color='#' + c[k], lw=0))",
        }  # fmt: skip
        for name, body in bodies.items():
            yield "mosaic", f"{name}_{factor}", runs + _figure(copy, pixels, body)
