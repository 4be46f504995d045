"""SVG samples that refer to anything outside themselves, or that expand without bound."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="300" height="300" viewBox="0 0 300 300">'
)

_NEIGHBOUR = (
    _OPEN + '<circle cx="150" cy="150" r="99" fill="teal"/><text x="20" y="40">neighbour</text></svg>'
)


def _uses() -> str:
    """A little over what is allowed, which any library draws in a moment."""
    groups = ['<g id="u0"><rect width="9" height="9"/></g>']
    for n in range(1, 6):
        groups.append(f'<g id="u{n}">' + f'<use xlink:href="#u{n - 1}"/>' * 10 + "</g>")
    return f'{_OPEN}<defs>{"".join(groups)}</defs><use xlink:href="#u5"/></svg>'


_SAMPLES = [
    Hostile(
        "external_entity",
        "render.forbidden",
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://@CANARY@">]>{_OPEN}<text y="20">&x;</text></svg>',
        says="entity",
    ),
    Hostile(
        "external_parameter_entity",
        "render.forbidden",
        f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1:@PORT@/x.dtd"> %x;]>{_OPEN}</svg>',
        says="entity",
    ),
    Hostile(
        "internal_entity",  # a short text; entities within entities are how a short file becomes gigabytes
        "render.forbidden",
        f'<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>{_OPEN}<text>&b;</text></svg>',
        says="entity",
    ),
    Hostile(
        "file_image",
        "render.forbidden",
        _OPEN + '<image xlink:href="file:///etc/passwd"/></svg>',
        says="outside",
    ),
    Hostile(
        "relative_image",
        "render.forbidden",
        _OPEN + '<image href="../secret.png" width="9"/></svg>',
        says="outside",
    ),
    Hostile(
        "hidden_file_image",
        "render.forbidden",
        _OPEN + '<image xlink:href="&#102;ile:///etc/passwd"/></svg>',
        says="outside",
    ),
    Hostile(
        "loopback_image",
        "render.forbidden",
        _OPEN + '<image href="http://127.0.0.1:@PORT@/a.png"/></svg>',
        says="outside",
    ),
    Hostile(
        "file_use", "render.forbidden", _OPEN + '<use href="file:///etc/hosts#a"/></svg>', says="outside"
    ),
    Hostile(
        "imported_style",
        "render.forbidden",
        _OPEN
        + '<style>@import url("http://127.0.0.1:@PORT@/a.css");</style><rect width="9" height="9"/></svg>',
        says="outside",
    ),
    Hostile(
        "file_in_css_url",
        "render.forbidden",
        _OPEN + '<rect width="9" height="9" fill="url(file:///etc/passwd#a)"/></svg>',
        says="outside",
    ),
    Hostile(
        "style_sheet_instruction",
        "render.forbidden",
        f'<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1:@PORT@/a.css"?>{_OPEN}</svg>',
        says="style sheet",
    ),
    Hostile("too_many_uses", "render.too_large", _uses(), says="use"),
    Hostile(
        "use_cycle",
        "rendered",
        _OPEN
        + '<g id="a"><use href="#b"/><rect width="99" height="99"/></g><g id="b"><use href="#a"/></g></svg>',
    ),
    Hostile("computes_without_end", "render.timeout", _OPEN + "<!-- @FAULT@ burn --></svg>", says="CPU time"),
    Hostile("swells", "render.out_of_memory", _OPEN + "<!-- @FAULT@ allocate --></svg>", says="MB of memory"),
    Hostile("crashes", "render.crashed", _OPEN + "<!-- @FAULT@ die --></svg>", says="signal 11"),
    Hostile(
        "deep_nesting", "render.too_large", _OPEN + "<g>" * 1000 + "</g>" * 1000 + "</svg>", says="nested"
    ),
    Hostile("too_many_elements", "render.too_large", _OPEN + "<g/>" * 250_000 + "</svg>", says="elements"),
    Hostile(
        "huge_size",
        "rendered",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9000000" height="9000000"><rect width="9"/></svg>',
    ),
    Hostile(
        "extreme_aspect",
        "rendered",
        '<svg xmlns="http://www.w3.org/2000/svg" width="900000" height="0.001"><rect width="9"/></svg>',
    ),
    Hostile("zero_size", "rendered", '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'),
    Hostile(
        "infinite_numbers",
        "rendered",
        _OPEN + '<rect width="1e308" height="1e308" x="-1e308"/><path d="M1e300 1e300L-1e300 NaN"/></svg>',
    ),
    Hostile(
        "script", "rendered", _OPEN + "<script>while(true){}</script><rect width='99' height='99'/></svg>"
    ),
    Hostile("not_xml", "render.error", "<svg><g></svg>"),
    Hostile("not_svg", "render.error", "<html><body>no picture</body></html>"),
    Hostile("empty", "render.error", ""),
    Hostile(
        "broken_embedded_png",
        "rendered",
        _OPEN + '<image width="9" height="9" href="data:image/png;base64,AAAA"/></svg>',
    ),
    Hostile("nul_bytes", "render.error", _OPEN + "\0</svg>"),
    Hostile(
        "nested_document",
        "rendered",
        _OPEN
        + "<image width='9' height='9' href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E"
        "%3Cimage href='file:///etc/passwd'/%3E%3C/svg%3E\"/></svg>",
    ),
    Hostile(
        "included_file",
        "rendered",
        _OPEN
        + '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/></svg>',
    ),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
