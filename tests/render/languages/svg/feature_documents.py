# ruff: noqa: E501 -- one document is easier to read in one line
"""One small document for each SVG feature that renderers are known to differ on: name, body, style sheet."""

from __future__ import annotations

WIDTH, HEIGHT = 256, 160

_RED = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mP4z8AARAwQ"
    "CgAf7gP9Y167WwAAAABJRU5ErkJggg=="
)
_FOUR = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR42mP4zwAEQGIB"
    "w///DAAdFASd1dC4YAAAAABJRU5ErkJggg=="
)
_BOX = '<rect class="a" x="60" y="40" width="120" height="80" fill="teal"/>'
_TEXT = '<text class="a" x="40" y="90" font-family="DejaVu Sans" font-size="32">Words</text>'
_GRADIENT = (
    '<linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/>'
    "</linearGradient>"
)
_TWO = (
    '<rect x="20" y="20" width="140" height="90" fill="gold"/>'
    '<rect class="a" x="80" y="50" width="140" height="90" fill="teal"/>'
)
_XHTML = '<p xmlns="http://www.w3.org/1999/xhtml">Words of a page</p>'


def _filtered(primitives: str, attributes: str = "") -> str:
    return f'<filter id="f" {attributes}>{primitives}</filter><g filter="url(#f)">{_BOX}</g>'


def _styled(declarations: str, body: str = _BOX) -> str:
    return f"<style>.a {{ {declarations} }}</style>{body}"


def _root(attributes: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>'
        f"{body}</svg>"
    )


_ARROW = '<marker id="m" markerWidth="8" markerHeight="8" refX="4" refY="4" orient="{}">{}</marker>'
_HEAD = '<path d="M0 0L8 4L0 8z" fill="context-stroke"/>'
_LINE = '<path d="M40 120L200 40" fill="none" stroke="purple" stroke-width="5" {}/>'

BODIES: dict[str, str] = {
    # Structure
    "plain shapes": _TWO,
    "foreignObject": f'{_BOX}<foreignObject x="20" y="20" width="200" height="90">{_XHTML}</foreignObject>',
    "switch to foreignObject": f'<switch><foreignObject width="200" height="90">{_XHTML}</foreignObject>'
    f"{_TEXT}</switch>",
    "switch by language": f'<switch><g systemLanguage="fr">{_BOX}</g>'
    f'<g systemLanguage="en">{_TWO}</g></switch>',
    "switch by required extension": f'<switch><g requiredExtensions="http://example.com/x">{_TWO}</g>{_BOX}'
    "</switch>",
    "nested svg": f'<svg x="50%" width="50%" height="50%" viewBox="0 0 256 160">{_BOX}</svg>',
    "nested svg that shows its overflow": f'<svg x="20" y="10" width="90" height="70" '
    f'overflow="visible">{_BOX}</svg>',
    "symbol": f'<symbol id="s" viewBox="0 0 256 160">{_BOX}</symbol><use href="#s" width="128" height="80"/>',
    "symbol with a reference point": '<symbol id="s" viewBox="0 0 100 100" refX="50" refY="50">'
    '<circle cx="50" cy="50" r="50" fill="teal"/></symbol><use href="#s" x="60" y="60" width="80" height="80"/>',
    "symbol with a transform": f'<symbol id="s" transform="rotate(20)">{_BOX}</symbol><use href="#s"/>',
    "use that inherits": '<g id="u"><rect x="60" y="40" width="120" height="80"/></g><use href="#u" fill="red"/>',
    "use of a nested svg": '<svg id="s" width="50" height="40" viewBox="0 0 50 40">'
    '<rect width="50" height="40" fill="teal"/></svg><use href="#s" x="90" width="120" height="96"/>',
    "percentages": '<rect x="25%" y="25%" width="50%" height="50%" rx="10%" fill="teal"/>',
    "use styled by its copy's selector": f'<style>use rect {{ fill: red }}</style><g id="u">{_BOX}</g>'
    '<use href="#u" x="20"/>',
    # Style sheets
    "CSS variable": _styled("fill: var(--c, red)", f"<style>:root {{ --c: orange }}</style>{_BOX}"),
    "CSS variable in a style attribute": '<g style="--c: orange"><rect width="99" height="99" '
    'style="fill: var(--c)"/></g>',
    "CSS calc": _styled("stroke: red; stroke-width: calc(4px + 6px)"),
    "CSS geometry": _styled("x: 20px; y: 10px; width: 200px; rx: 30px"),
    "CSS path": '<path style="d: path(&quot;M20 20H200V140z&quot;)" fill="teal"/>',
    "CSS !important": '<style>rect { fill: red !important }</style><rect width="99" height="99" '
    'style="fill: blue"/>',
    "CSS :is": f"<style>:is(rect, circle) {{ fill: red }}</style>{_BOX}",
    "CSS :where": f"<style>:where(rect) {{ fill: red }}</style>{_BOX}",
    "CSS :has": f"<style>g:has(rect) {{ opacity: 0.3 }}</style><g>{_BOX}</g>",
    "CSS :not": f"<style>rect:not(.b) {{ fill: red }}</style>{_BOX}",
    "CSS :nth-child": f"<style>rect:nth-child(odd of .a) {{ fill: red }}</style>{_TWO}",
    "CSS :nth-of-type": f"<style>rect:nth-of-type(2) {{ fill: red }}</style>{_TWO}",
    "CSS :first-child": f"<style>g > rect:first-child {{ fill: red }}</style><g>{_TWO}</g>",
    "CSS attribute selector": f'<style>rect[x="60"] {{ fill: red }} [class^="a"] {{ stroke: blue }}</style>{_BOX}',
    "CSS sibling selector": f"<style>rect + rect {{ fill: red }} rect ~ rect {{ stroke: blue }}</style>{_TWO}",
    "CSS nesting": f"<style>g {{ &amp; rect {{ fill: red }} }}</style><g>{_BOX}</g>",
    "CSS media query": f"<style>@media (min-width: 100px) {{ rect {{ fill: red }} }}</style>{_BOX}",
    "CSS supports": f"<style>@supports (fill: red) {{ rect {{ fill: red }} }}</style>{_BOX}",
    "CSS layer": f"<style>@layer x {{ rect {{ fill: red }} }}</style>{_BOX}",
    "style before attribute": f"<style>rect {{ fill: red }}</style>{_BOX}",
    "currentColor": '<g color="red"><rect width="99" height="99" fill="currentColor"/></g>',
    "inherit": '<g stroke="red" stroke-width="9"><rect x="20" y="20" width="99" height="99" fill="none" '
    'stroke="inherit"/></g>',
    "units": '<rect x="1cm" y="5mm" width="1in" height="4em" fill="teal" stroke="red" stroke-width="2pt"/>',
    # Colours
    "rgba()": '<rect width="150" height="99" fill="rgba(255, 0, 0, 0.5)"/>',
    "hsl()": '<rect width="150" height="99" fill="hsl(200, 80%, 40%)"/>',
    "hsl() with spaces": '<rect width="150" height="99" fill="hsl(200 80% 40% / 50%)"/>',
    "rgb() with spaces": '<rect width="150" height="99" fill="rgb(255 0 0 / 50%)"/>',
    "hwb()": '<rect width="150" height="99" fill="hwb(200 20% 20%)"/>',
    "hexadecimal with opacity": '<rect width="150" height="99" fill="#0a08"/>',
    "lab()": '<rect width="150" height="99" fill="lab(50% 60 30)"/>',
    "lch()": '<rect width="150" height="99" fill="lch(50% 60 30)"/>',
    "oklab()": '<rect width="150" height="99" fill="oklab(0.6 0.1 0.1)"/>',
    "oklch()": '<rect width="150" height="99" fill="oklch(0.7 0.2 40)"/>',
    "color()": '<rect width="150" height="99" fill="color(display-p3 1 0 0)"/>',
    "color-mix()": '<rect width="150" height="99" fill="color-mix(in srgb, red, blue)"/>',
    "light-dark()": '<rect width="150" height="99" style="fill: light-dark(red, blue)"/>',
    "system colour": '<rect width="150" height="99" fill="Highlight"/>',
    "rebeccapurple": '<rect width="150" height="99" fill="rebeccapurple"/>',
    # Painting
    "paint-order": '<text x="20" y="100" font-size="64" fill="gold" stroke="teal" stroke-width="9" '
    'paint-order="stroke">Aq</text>',
    "paint fallback": '<rect width="150" height="99" fill="url(#none) red"/>',
    "gradient with href": f'{_GRADIENT}<linearGradient id="h" href="#g" y2="1" x2="0"/>'
    '<rect width="200" height="120" fill="url(#h)"/>',
    "radial gradient with focal radius": '<radialGradient id="r" fx="0.3" fr="0.2"><stop stop-color="red"/>'
    '<stop offset="1" stop-color="blue"/></radialGradient><rect width="200" height="120" fill="url(#r)"/>',
    "pattern with transform": '<pattern id="p" width="20" height="20" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(30)"><rect width="10" height="10" fill="red"/></pattern>'
    '<rect width="200" height="120" fill="url(#p)"/>',
    "stroke-dasharray with pathLength": '<path d="M20 80H220" stroke="teal" stroke-width="9" pathLength="4" '
    'stroke-dasharray="1"/>',
    "vector-effect": '<g transform="scale(4)"><rect x="9" y="9" width="40" height="20" fill="none" stroke="red" '
    'stroke-width="2" vector-effect="non-scaling-stroke"/></g>',
    "marker": _ARROW.format("auto", '<path d="M0 0L8 4L0 8z" fill="red"/>')
    + _LINE.format('marker-end="url(#m)"'),
    "marker with context paint": _ARROW.format("auto", _HEAD) + _LINE.format('marker-end="url(#m)"'),
    "marker auto-start-reverse": _ARROW.format("auto-start-reverse", '<path d="M0 0L8 4L0 8z" fill="red"/>')
    + _LINE.format('marker-start="url(#m)"'),
    "context paint in use": '<g id="u"><rect width="90" height="90" fill="context-fill"/></g>'
    '<use href="#u" fill="red"/>',
    "mix-blend-mode": _styled("mix-blend-mode: multiply", _TWO),
    "isolation": f'{_TWO}<g style="isolation: isolate"><rect width="99" height="99" fill="red" '
    'style="mix-blend-mode: difference"/></g>',
    "opacity in percent": '<rect width="150" height="99" opacity="50%"/>',
    "visibility": '<g visibility="hidden"><rect width="150" height="99" visibility="visible"/></g>',
    # Transforms
    "transform": '<rect x="90" y="20" width="80" height="80" fill="teal" transform="rotate(20 130 60) skewX(9)"/>',
    "CSS transform": _styled("transform: translate(20px, 10px) rotate(15deg)"),
    "transform-origin": _styled("transform: rotate(30deg); transform-origin: 120px 80px"),
    "transform-origin attribute": '<rect x="60" y="40" width="120" height="80" transform="rotate(30)" '
    'transform-origin="120 80"/>',
    "transform-box": _styled("transform: rotate(30deg); transform-box: fill-box; transform-origin: center"),
    "rotate property": _styled("rotate: 15deg"),
    "scale property": _styled("scale: 0.5"),
    "translate property": _styled("translate: 30px 20px"),
    "gradient of a turned shape": '<radialGradient id="r"><stop stop-color="red"/><stop offset="1" stop-color='
    '"blue"/></radialGradient><ellipse cx="120" cy="80" rx="70" ry="30" fill="url(#r)" transform="rotate(40 120 80)"/>',
    "gradient in user space of a turned shape": '<linearGradient id="r" gradientUnits="userSpaceOnUse" x1="60" '
    'x2="180"><stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>'
    '<rect x="60" y="40" width="120" height="80" fill="url(#r)" transform="rotate(20 120 80)"/>',
    # Clips and masks
    "clip-rule of one of two shapes": '<clipPath id="c"><path d="M40 20h160v120h-160zM80 50h80v60h-80z" '
    'clip-rule="evenodd"/><circle cx="120" cy="80" r="9"/></clipPath>'
    f'<g clip-path="url(#c)">{_BOX}</g>',
    "clip-path": f'<clipPath id="c"><circle cx="120" cy="80" r="40"/></clipPath><g clip-path="url(#c)">{_BOX}</g>',
    "clip-path in box units": '<clipPath id="c" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".5"/>'
    f'</clipPath><g clip-path="url(#c)">{_BOX}</g>',
    "clip-path of a clip-path": '<clipPath id="d"><rect width="120" height="80"/></clipPath>'
    '<clipPath id="c" clip-path="url(#d)"><circle cx="120" cy="80" r="40"/></clipPath>'
    f'<g clip-path="url(#c)">{_BOX}</g>',
    "clip-path on a clip's child": '<clipPath id="d"><rect width="120" height="80"/></clipPath>'
    '<clipPath id="c"><circle cx="120" cy="80" r="40" clip-path="url(#d)"/></clipPath>'
    f'<g clip-path="url(#c)">{_BOX}</g>',
    "clip-path of a used shape": '<circle id="k" cx="120" cy="80" r="40"/>'
    f'<clipPath id="c"><use href="#k"/></clipPath><g clip-path="url(#c)">{_BOX}</g>',
    "clip-path of text": f'<clipPath id="c">{_TEXT}</clipPath><g clip-path="url(#c)">{_BOX}</g>',
    "clip-path circle()": _styled("clip-path: circle(30px at 60px 40px)"),
    "clip-path polygon()": _styled("clip-path: polygon(0 0, 100% 0, 50% 100%)"),
    "clip-path inset()": _styled("clip-path: inset(10px round 20px)"),
    "mask": '<mask id="k"><circle cx="120" cy="80" r="40" fill="#999"/></mask>'
    + f'<g mask="url(#k)">{_BOX}</g>',
    "mask-type": '<mask id="k" mask-type="alpha"><circle cx="120" cy="80" r="40" fill="#000"/></mask>'
    f'<g mask="url(#k)">{_BOX}</g>',
    "mask-type in CSS": '<mask id="k" style="mask-type: alpha"><circle cx="120" cy="80" r="40"/></mask>'
    f'<g mask="url(#k)">{_BOX}</g>',
    "mask gradient": _styled("mask: linear-gradient(90deg, black, transparent)"),
    # Filters
    "blur": _filtered('<feGaussianBlur stdDeviation="6"/>'),
    "feDropShadow": _filtered('<feDropShadow dx="9" dy="9" stdDeviation="3"/>'),
    "feOffset and feMerge": _filtered(
        '<feOffset dx="15" dy="15"/><feGaussianBlur stdDeviation="4"/>'
        '<feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge>'
    ),
    "feFlood": _filtered('<feFlood flood-color="red" flood-opacity="0.5"/>'),
    "feColorMatrix": _filtered('<feColorMatrix type="hueRotate" values="90"/>'),
    "feTurbulence": _filtered('<feTurbulence baseFrequency="0.05" numOctaves="2"/>'),
    "feBlend": _filtered('<feFlood flood-color="red"/><feBlend in2="SourceGraphic" mode="difference"/>'),
    "feImage of an element": _filtered('<feImage href="#e"/>') + '<circle id="e" r="40" cx="40" cy="40"/>',
    "BackgroundImage": _filtered('<feGaussianBlur in="BackgroundImage" stdDeviation="3"/>'),
    "filter function blur()": _styled("filter: blur(4px)"),
    "filter function drop-shadow()": _styled("filter: drop-shadow(9px 9px 3px red)"),
    "filter function grayscale()": _styled("filter: grayscale(1)"),
    "filter list": _styled("filter: sepia(1) hue-rotate(60deg) opacity(0.5)"),
    "filter primitive subregion": _filtered(
        '<feFlood x="80" y="50" width="40" height="30" flood-color="red"/>'
    ),
    # Text
    "text of no size": '<text x="20" y="40" font-family="DejaVu Sans">Words</text>',
    "emoji": '<text x="20" y="90" font-size="50">a\U0001f600b</text>',
    "text": _TEXT,
    "tspan": '<text x="20" y="90" font-family="DejaVu Sans" font-size="30">One <tspan dy="-12" fill="red">two'
    "</tspan></text>",
    "x list": '<text x="20 70 120 170" y="90" font-size="32">Word</text>',
    "dy list": '<text x="20" y="60" dy="0 12 12 12" font-size="32">Word</text>',
    "rotate list": '<text x="20" y="90" rotate="10 -20 30" font-size="32">Word</text>',
    "text-anchor": '<text x="128" y="90" font-family="DejaVu Sans" font-size="32" text-anchor="middle">Word</text>',
    "textPath": '<path id="p" d="M20 120Q128 0 236 120" fill="none"/><text font-size="30">'
    '<textPath href="#p">Along a curve</textPath></text>',
    "textLength": '<text x="10" y="90" font-size="24" textLength="230">Words</text>',
    "lengthAdjust": '<text x="10" y="90" font-size="24" textLength="230" lengthAdjust="spacingAndGlyphs">Words</text>',
    "letter-spacing": '<text x="10" y="90" font-family="DejaVu Sans" font-size="24" letter-spacing="10">Words</text>',
    "word-spacing": '<text x="10" y="90" font-size="24" word-spacing="40">Two words</text>',
    "dominant-baseline": '<text x="20" y="80" font-size="60" dominant-baseline="hanging">Words</text>',
    "alignment-baseline": '<text x="20" y="80" font-size="50">A<tspan alignment-baseline="hanging">b</tspan></text>',
    "baseline-shift": '<text x="20" y="80" font-size="40">E=mc<tspan baseline-shift="super" font-size="20">2</tspan>'
    "</text>",
    "writing-mode": '<text x="120" y="20" font-size="24" writing-mode="vertical-rl">Words</text>',
    "text-decoration": '<text x="20" y="90" font-family="DejaVu Sans" font-size="40" '
    'text-decoration="underline">Words</text>',
    "text-transform": '<text x="20" y="90" font-size="40" style="text-transform: uppercase">words</text>',
    "font-variant": '<text x="20" y="90" font-size="40" font-variant="small-caps">Words</text>',
    "font shorthand": '<text x="20" y="90" style="font: bold 40px DejaVu Sans">Words</text>',
    "font-weight": '<text x="20" y="90" font-family="DejaVu Sans" font-size="40" font-weight="bold">Words</text>',
    "xml:space": '<text x="20" y="90" font-family="DejaVu Sans" font-size="30" xml:space="preserve">a    b</text>',
    "white-space": '<text x="20" y="90" font-size="30" style="white-space: pre">a    b</text>',
    "text-shadow": '<text x="20" y="90" font-size="50" style="text-shadow: 6px 6px red">Words</text>',
    "right to left": '<text x="230" y="90" font-family="DejaVu Sans" font-size="30" direction="rtl">Word</text>',
    "inline-size": '<text x="20" y="40" font-size="24" style="inline-size: 120px">Words that go on</text>',
    "text in a link": '<a href="#x"><text x="20" y="90" font-family="DejaVu Sans" font-size="40">Words</text></a>',
    # Pictures
    "image": f'<image x="20" y="20" width="100" height="100" href="{_RED}"/>',
    "image-rendering": f'<image width="150" height="150" image-rendering="pixelated" href="{_FOUR}"/>',
    "image without a size": f'<image x="20" y="20" href="{_RED}" transform="scale(40)"/>',
    "image that is an svg": '<image width="120" height="120" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Crect width='9' height='9' fill='red'/%3E"
    '%3C/svg%3E"/>',
}

_SQUARE = '<rect width="90" height="90">{}</rect>'
ANIMATIONS: dict[str, tuple[str, str]] = {
    "animate": (
        _SQUARE.format('<animate attributeName="x" to="100" dur="1s" fill="freeze"/>'),
        '<rect x="100" width="90" height="90"/>',
    ),
    "animate without end": (
        _SQUARE.format('<animate attributeName="x" from="50" to="100" dur="1s" repeatCount="indefinite"/>'),
        _SQUARE,
    ),
    "animate chain": (
        _SQUARE.format(
            '<animate id="a" attributeName="x" to="50" dur="1s" fill="freeze"/>'
            '<animate attributeName="y" to="60" begin="a.end + 2s" dur="3s" fill="freeze"/>'
        ),
        '<rect x="50" y="60" width="90" height="90"/>',
    ),
    "set": (
        _SQUARE.format('<set attributeName="fill" to="red"/>'),
        '<rect width="90" height="90" fill="red"/>',
    ),
    "animateTransform": (
        _SQUARE.format(
            '<animateTransform attributeName="transform" type="translate" to="100 50" dur="1s" fill="freeze"/>'
        ),
        '<rect x="100" y="50" width="90" height="90"/>',
    ),
    "animateMotion": (
        _SQUARE.format('<animateMotion path="M0 0L150 60" dur="1s" fill="freeze"/>'),
        '<rect x="150" y="60" width="90" height="90"/>',
    ),
    "keyframes": (
        "<style>@keyframes k { to { opacity: 1 } } .a { opacity: 0; animation: k 1s forwards }</style>"
        + _BOX,
        _BOX,
    ),
    "keyframes without end": (
        "<style>@keyframes k { from { opacity: 0 } } .a { animation: k 9s infinite }</style>" + _BOX,
        _BOX,
    ),
}
"""Bodies with an animation, and what stands there at its end (of one without end: before it)."""


def document(body: str) -> str:
    """Return a document of WIDTH x HEIGHT with this body."""
    return _root(f'width="{WIDTH}" height="{HEIGHT}"', body)


def documents() -> dict[str, str]:
    """Return each feature's document."""
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    found = {name: document(body) for name, body in BODIES.items()}
    found["root transform"] = _root(f'{size} transform="rotate(10)"', _BOX)
    found["root background"] = _root(f'{size} style="background: #cde"', _BOX)
    found["root background in a style sheet"] = _root(
        size, f"<style>svg {{ background: #cde }}</style>{_BOX}"
    )
    return found
