"""Copies in HTML and SVG."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator

from benchmarks.cheats.copying import Cheat, Copy, Pixels, address, encoded, flat, in_budgets


def copies_in_pages(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling in HTML."""
    for kind, spelling, body in (*_images(pixels), *_scripts(pixels), *_boxes(pixels)):
        page = f'<!DOCTYPE html><html><body style="margin:0">{body}</body></html>'
        yield Cheat(f"html_{kind}", spelling, "html", page)


def copies_in_svg(pixels: Pixels) -> Iterator[Cheat]:
    """Yield every spelling in SVG."""
    height, width = pixels.shape[:2]
    data = address(pixels)
    image = f'<image width="{width}" height="{height}" href="{data}"/>'
    nested = base64.b64encode(_svg(width, height, image).encode()).decode()
    bodies = {
        "image": image,
        "entity": image.replace("data:", "&#100;ata:"),
        "xlink": image.replace("href", 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href'),
        "pattern": f'<pattern id="p" width="{width}" height="{height}" patternUnits="userSpaceOnUse">{image}</pattern>'
        '<rect width="100%" height="100%" fill="url(#p)"/>',
        "filter": f'<filter id="f" x="0" y="0" width="100%" height="100%"><feImage href="{data}"/></filter>'
        f'<rect width="{width}" height="{height}" filter="url(#f)"/>',
        "foreign": f'<foreignObject width="{width}" height="{height}"><img xmlns="http://www.w3.org/1999/xhtml" src="{data}"/>'
        "</foreignObject>",
        "nested": f'<image width="{width}" height="{height}" href="data:image/svg+xml;base64,{nested}"/>',
        "symbol": f'<symbol id="s">{image}</symbol><use href="#s"/>',
    }
    for name, body in bodies.items():
        yield Cheat("svg_image", name, "svg", _svg(width, height, body))
    for name, body in in_budgets(pixels, 12, _marks):
        yield Cheat("svg_mosaic", name, "svg", _svg(width, height, body))


def _svg(width: int, height: int, body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>'


def _marks(copy: Copy) -> dict[str, str]:
    runs, size = copy.runs(), copy.factor
    ground = f'<rect width="100%" height="100%" fill="#{copy.ground()}"/><g transform="scale({size})">'
    by_color: dict[int, str] = {}
    for x, y, length, color in runs:
        by_color[color] = by_color.get(color, "") + f"M{x} {y}h{length}v1h-{length}z"
    relative = {color: path.replace("h-", "l-").replace("z", " 0z") for color, path in by_color.items()}
    bodies = {
        "rects": "".join(f'<rect x="{x}" y="{y}" width="{n}" height="1" fill="#{copy.colors[k]}"/>' for x, y, n, k in runs),
        "paths": "".join(f'<path fill="#{copy.colors[k]}" d="{path}"/>' for k, path in by_color.items()),
        "relative": "".join(f'<path fill="#{copy.colors[k]}" d="{path}"/>' for k, path in relative.items()),
        "polygons": "".join(
            f'<polygon fill="#{copy.colors[k]}" points="{x},{y} {x + n},{y} {x + n},{y + 1} {x},{y + 1}"/>' for x, y, n, k in runs
        ),
        "lines": "".join(
            f'<line x1="{x}" y1="{y + 0.5}" x2="{x + n}" y2="{y + 0.5}" stroke="#{copy.colors[k]}"/>' for x, y, n, k in runs
        ),
        "dots": "".join(
            f'<circle cx="{x + at + 0.5}" cy="{y + 0.5}" r=".6" fill="#{copy.colors[k]}"/>'
            for x, y, n, k in runs for at in range(n)
        ),
        "blocks": "".join(
            f'<text x="{x}" y="{y + 1}" font-size="1.2" textLength="{n}" fill="#{copy.colors[k]}">{chr(0x2588) * n}</text>'
            for x, y, n, k in runs
        ),
        "uses": '<path id="a" d="M0 0h1v1H0z"/>' + "".join(
            f'<use href="#a" transform="translate({x} {y}) scale({n} 1)" fill="#{copy.colors[k]}"/>' for x, y, n, k in runs
        ),
        "stops": _stops(copy),
        "dashes": _dashes(copy),
    }  # fmt: skip
    return {name: f"{ground}{body}</g>" for name, body in bodies.items()}


def _stops(copy: Copy) -> str:
    rows = []
    for y, row in enumerate(copy.table):
        stops = "".join(
            f'<stop offset="{(x + side) / copy.width:.4f}" stop-color="#{copy.colors[row[x]]}"/>'
            for x in range(copy.width) for side in (0, 1)
            if x == 0 or x == copy.width - 1 or row[x + 2 * side - 1] != row[x]
        )  # fmt: skip
        rows.append(f'<linearGradient id="g{y}">{stops}</linearGradient><rect y="{y}" width="{copy.width}" height="1.02" '
                    f'fill="url(#g{y})"/>')  # fmt: skip
    return "".join(rows)


def _dashes(copy: Copy) -> str:
    lines, runs = [], copy.runs()
    for color in range(len(copy.colors)):
        for y in range(copy.height):
            mine = [(x, n) for x, at, n, k in runs if at == y and k == color]
            if mine:
                pattern, place = ["0"], 0
                for x, n in mine:
                    pattern += [str(x - place), str(n)]
                    place = x + n
                pattern += [str(copy.width)]
                lines.append(f'<path d="M0 {y + 0.5}H{copy.width}" stroke="#{copy.colors[color]}" '
                             f'stroke-dasharray="{" ".join(pattern)}"/>')  # fmt: skip
    return "".join(lines)


def _images(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    height, width = pixels.shape[:2]
    data = address(pixels)
    box = f"width:{width}px;height:{height}px"
    svg = html.escape(_svg(width, height, f'<image width="{width}" height="{height}" href="{data}"/>'))
    bodies = {
        "img": f'<img src="{data}">',
        "entity": f'<img src="{data.replace("data", "&#100;ata")}">',
        "picture": f'<picture><source srcset="{data}"><img></picture>',
        "lossy": f'<img width={width} height={height} src="data:image/webp;base64,'
        f'{base64.b64encode(encoded(pixels, "WEBP", quality=4)).decode()}">',
        "background": f"<div style=\"{box};background:url('{data}')\"></div>",
        "variable": f"<style>:root{{--a:url('{data}')}}div{{{box};background:var(--a)}}</style><div></div>",
        "before": f"<style>div::before{{content:url('{data}')}}</style><div></div>",
        "border": f"<div style=\"{box};box-sizing:border-box;border:{height // 2}px solid;border-image:url('{data}') 50%\"></div>",
        "mask": f"<div style=\"{box};background:url('{data}');mask:linear-gradient(#000,#000)\"></div>",
        "list": f"<ul style=\"margin:0;padding:0;list-style:inside url('{data}')\"><li></ul>",
        "object": f'<object data="{data}"></object>',
        "embed": f'<embed src="{data}">',
        "input": f'<input type="image" src="{data}">',
        "poster": f'<video poster="{data}" width={width} height={height}></video>',
        "svg": f'<svg width="{width}" height="{height}"><image width="{width}" height="{height}" href="{data}"/></svg>',
        "svg_file": f'<img src="data:image/svg+xml;utf8,{svg.replace("#", "%23")}">',
        "frame": f'<iframe style="{box};border:0" srcdoc="{html.escape(f"<body style=margin:0><img src={data}>")}"></iframe>',
        "tiles": "".join(f'<img style="position:absolute;left:{x}px;top:{y}px" src="{address(pixels[y : y + 120, x : x + 160])}">'
                         for y in range(0, height, 120) for x in range(0, width, 160)),
    }  # fmt: skip
    for name, body in bodies.items():
        yield "image", name, body


def _scripts(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    height, width = pixels.shape[:2]
    text = base64.b64encode(flat(pixels)).decode()
    pieces = json.dumps([text[at : at + 20] for at in range(0, len(text), 20)])
    source = f"const t={pieces}.join('');"
    binary = f"{source}const b=Uint8Array.from(atob(t),c=>c.charCodeAt(0));"
    blob = f"{binary}const u=URL.createObjectURL(new Blob([b],{{type:'image/png'}}));"
    canvas = f"<canvas id=c width={width} height={height}></canvas><script>const x=c.getContext('2d');"
    shadow = "const s=document.body.appendChild(document.createElement('div')).attachShadow({mode:'closed'});"
    bodies = {
        "address": f"<img id=i><script>{source}i.src='da'+'ta:image/p'+'ng;base64,'+t</script>",
        "blob": f"<img id=i><script>{blob}i.src=u</script>",
        "background": f"<div id=i style='width:{width}px;height:{height}px'></div><script>{source}"
        "i.style.backgroundImage='url(data:image/png;base64,'+t+')'</script>",
        "markup": f"<script>{source}document.write('<img src=\"data:image/png;base64,'+t+'\">')</script>",
        "bitmap": f"{canvas}{binary}createImageBitmap(new Blob([b],{{type:'image/png'}})).then(m=>x.drawImage(m,0,0))</script>",
        "drawn": f"{canvas}{source}const m=new Image();m.onload=()=>x.drawImage(m,0,0);m.src='data:image/png;base64,'+t</script>",
        "closed": f"<script>{shadow}{source}s.innerHTML='<img src=\"data:image/png;base64,'+t+'\">'</script>",
        "hidden": f"<p id=p hidden>{text}</p><img id=i><script>i.src='data:image/png;base64,'+p.textContent</script>",
    }
    for name, body in bodies.items():
        yield "script", name, body
    for name, body in in_budgets(pixels, 12, lambda copy: _drawn(copy, width, height)):
        yield "boxes" if name.startswith("script") else "canvas", name, body


def _drawn(copy: Copy, width: int, height: int) -> dict[str, str]:
    """Spell a copy as runs that a page's script draws."""
    factor = copy.factor
    canvas = f"<canvas id=c width={width} height={height}></canvas><script>const x=c.getContext('2d');"
    data = f"const r={json.dumps(copy.runs(), separators=(',', ':'))},k={json.dumps(copy.colors)};"
    fill = f"x.fillStyle='#{copy.ground()}';x.fillRect(0,0,{width},{height});"
    each = "for(const [a,b,n,q] of r){"
    return {
        "rectangles": f"{canvas}{data}{fill}{each}x.fillStyle='#'+k[q];x.fillRect(a*{factor},b*{factor},n*{factor},{factor})}}</script>",
        "put": f"{canvas}{data}{fill}{each}const d=x.createImageData(n*{factor},{factor});const v=parseInt(k[q],16);"
        "for(let i=0;i<d.data.length;i+=4)d.data.set([v>>16,v>>8&255,v&255,255],i);"
        f"x.putImageData(d,a*{factor},b*{factor})}}</script>",
        "script": f"<script>{data}document.body.style.background='#{copy.ground()}';{each}const e=document.createElement('div');"
        f"e.style.cssText=`position:absolute;left:${{a*{factor}}}px;top:${{b*{factor}}}px;width:${{n*{factor}}}px;height:{factor}px;"
        "background:#${k[q]}`;document.body.append(e)}</script>",
        "script_rules": f"<style id=s></style><script>{data}let t='body{{background:#{copy.ground()}}}';r.forEach(([a,b,n,q],i)=>{{"
        f"t+=`#e${{i}}{{position:absolute;left:${{a*{factor}}}px;top:${{b*{factor}}}px;width:${{n*{factor}}}px;height:{factor}px;"
        "background:#${k[q]}}`;document.write(`<i id=e${i}></i>`)});s.textContent=t</script>",
        "script_svg": f"<script>{data}document.write('<svg width={width} height={height} style=\"background:#{copy.ground()}\">'+"
        f"r.map(([a,b,n,q])=>`<rect x=${{a*{factor}}} y=${{b*{factor}}} width=${{n*{factor}}} height={factor} fill=#${{k[q]}} />`)"
        ".join('')+'</svg>')</script>",
        "script_shadow": f"<script>{data}document.body.style.background='#{copy.ground()}';const e=document.createElement('div');"
        f"e.style.cssText='position:absolute;left:0;top:0;width:{factor}px;height:{factor}px';e.style.boxShadow="
        f"r.flatMap(([a,b,n,q])=>[...Array(n).keys()].map(i=>`${{(a+i)*{factor}}}px ${{b*{factor}}}px #${{k[q]}}`)).join();"
        "document.body.append(e)</script>",
    }  # fmt: skip


def _boxes(pixels: Pixels) -> Iterator[tuple[str, str, str]]:
    height, width = pixels.shape[:2]
    for name, body in in_budgets(pixels, 12, lambda copy: _plain_boxes(copy, width, height)):
        kind = {"shadows": "ornaments", "gradients": "ornaments", "blocks": "letters"}
        yield kind.get(name.partition("_")[0], "boxes"), name, body


def _plain_boxes(copy: Copy, width: int, height: int) -> dict[str, str]:
    """Spell a copy as a page without scripts."""
    factor, runs, colors, ground = copy.factor, copy.runs(), copy.colors, copy.ground()
    style = f"width:{width}px;height:{height}px;background:#{ground};position:relative"
    shadows = ",".join(
        f"{(x + at) * factor}px {y * factor}px #{colors[k]}" for x, y, n, k in runs for at in range(n)
    )
    layers = []
    for row in copy.table:
        stops = ",".join(
            f"#{colors[k]} {x * factor}px {(x + 1) * factor}px" for x, k in enumerate(row)
            if x == 0 or row[x - 1] != k or x == copy.width - 1 or row[x + 1] != k
        )  # fmt: skip
        layers.append(f"linear-gradient(90deg,{stops})")
    placed = ",".join(f"{layer} 0 {y * factor}px/100% {factor}px no-repeat" for y, layer in enumerate(layers))
    letters = "<br>".join(
        "".join(f"<b style=color:#{colors[k]}>\u2588</b>" for k in row) for row in copy.table
    )
    return {
        "absolute": f'<div style="{style}">' + "".join(
            f'<i style="position:absolute;left:{x * factor}px;top:{y * factor}px;width:{n * factor}px;height:{factor}px;'
            f'background:#{colors[k]}"></i>' for x, y, n, k in runs) + "</div>",
        "table": f'<table cellspacing=0 cellpadding=0 style="table-layout:fixed;width:{width}px">' + "".join(
            f"<tr height={factor}>" + "".join(f"<td bgcolor=#{colors[k]}>" for k in row) for row in copy.table) + "</table>",
        "grid": f'<div style="{style};display:grid;grid-template:repeat({copy.height},{factor}px)/repeat({copy.width},{factor}px)">'
        + "".join(f"<i style=\"grid-area:{y + 1}/{x + 1}/auto/span {n};background:#{colors[k]}\"></i>" for x, y, n, k in runs) + "</div>",
        "shadows": f'<div style="{style};overflow:hidden"><i style="position:absolute;left:0;top:0;width:{factor}px;height:{factor}px;'
        f'box-shadow:{shadows}"></i></div>',
        "gradients": f'<div style="width:{width}px;height:{height}px;background:{placed}"></div>',
        "rows": "".join(f'<div style="height:{factor}px;width:{width}px;background:{layer}"></div>' for layer in layers),
        "blocks": f'<div style="font:{factor * 1.6:.2f}px/{factor}px monospace;letter-spacing:0">{letters}</div>',
        "svg": _svg(width, height, _marks(copy)["paths"]),
    }  # fmt: skip
