"""Documents that loop, grow, read, write or start programs."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = r"\begin{tikzpicture}\draw (0,0) circle (1) node {neighbour};\end{tikzpicture}"


def _article(body: str, preamble: str = "") -> str:
    return f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


_SAMPLES = [
    Hostile("empty", "render.no_output", "\n"),
    Hostile("no_page", "render.no_output", _article("")),
    Hostile("blank_page", "render.no_output", _article(r"\null")),
    Hostile("endless_macro", "render.timeout", r"\def\x{\x}\x"),
    Hostile("endless_macro_in_preamble", "render.timeout", _article("x", r"\def\x{\x}\x")),
    Hostile("endless_loop_of_pages", "render.timeout", _article(r"\def\x{a\newpage\x}\x")),
    Hostile("swelling_macro", "render.error", r"\def\x{a\x\x}\x", "capacity exceeded"),
    Hostile("swelling_memory", "render.out_of_memory", r"\def\x{aaaaaaaaaa}\loop\edef\x{\x\x}\iftrue\repeat"),
    Hostile(
        "message_flood",
        "render.output_limit",
        r"\def\y{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}"
        r"\edef\y{\y\y\y\y\y\y\y\y}\edef\y{\y\y\y\y\y\y\y\y}\def\x{\message{\y}\x}\x",
    ),
    Hostile(
        "file_flood",
        "render.output_limit",
        r"\newwrite\w\immediate\openout\w=flood \def\y{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}"
        r"\edef\y{\y\y\y\y\y\y\y\y}\edef\y{\y\y\y\y\y\y\y\y}\def\x{\immediate\write\w{\y}\x}\x",
    ),
    Hostile("write18", "render.forbidden", r"\immediate\write18{touch @CANARY@}x", "disabled"),
    Hostile("write18_in_article", "render.forbidden", _article(r"\immediate\write18{id}x")),
    Hostile("piped_input", "render.forbidden", r'\input{|"cat @CANARY@"}'),
    Hostile("input_system_file", "render.forbidden", r"\input{/etc/passwd}", "/etc/passwd"),
    Hostile("input_canary", "render.forbidden", r"\input{@CANARY@}"),
    Hostile("openin_canary", "render.forbidden", r"\newread\r\openin\r=@CANARY@ \read\r to\x \x"),
    Hostile("input_parent", "render.forbidden", r"\input{../../../../../../etc/passwd}"),
    Hostile(
        "verbatim_system_file",
        "render.forbidden",
        _article(r"\verbatiminput{/etc/passwd}", r"\usepackage{verbatim}"),
    ),
    Hostile(
        "openout_canary",
        "render.forbidden",
        r"\newwrite\w\immediate\openout\w=@CANARY@ \immediate\write\w{x}x",
    ),
    Hostile("openout_dotfile", "render.forbidden", r"\newwrite\w\immediate\openout\w=.hidden x"),
    Hostile("embedded_file", "render.forbidden", r"\pdfobj stream file {/etc/passwd}\pdfrefobj\pdflastobj x"),
    Hostile(
        "lua_reads_canary",
        "render.error",
        _article(r"\directlua{local f=assert(io.open('@CANARY@'));tex.print(f:read('*a'))}"),
    ),
    Hostile("lua_starts_program", "rendered", _article(r"\directlua{os.execute('touch @CANARY@')}x")),
    Hostile(
        "lua_environment", "rendered", _article(r"\directlua{assert(os.getenv('VINCICODER_CANARY') == nil)}x")
    ),
    Hostile("lua_endless", "render.timeout", _article(r"\directlua{while true do end}")),
    Hostile("lua_exits", "render.no_output", _article(r"\directlua{os.exit(0)}")),
    Hostile("standard_input", "render.error", r"\read-1 to\x x"),
    Hostile(
        "undefined_command",
        "render.error",
        "\\begin{tikzpicture}\n\\draw (0,0);\n\\nope\n\\end{tikzpicture}",
        "line 3",
    ),
    Hostile("undefined_in_article", "render.error", _article("a\n\nb \\nope"), "line 6"),
    Hostile(
        "missing_package",
        "render.missing_dependency",
        _article("x", r"\usepackage{nosuchpackage}"),
        "nosuchpackage.sty",
    ),
    Hostile("missing_picture", "render.missing_dependency", r"\includegraphics{cat.png}", "cat.png"),
    Hostile(
        "missing_library",
        "render.missing_dependency",
        r"\usetikzlibrary{nosuch}\tikz\draw (0,0)--(1,1);",
        "nosuch",
    ),
    Hostile(
        "huge_picture", "render.too_large", r"\begin{tikzpicture}\draw (0,0)--(500,500);\end{tikzpicture}"
    ),
    Hostile("huge_page", "render.too_large", _article(r"\pdfpagewidth=16000pt\pdfpageheight=16000pt x")),
    Hostile("never_ends", "render.error", r"\documentclass{article}\begin{document}hello"),
    Hostile("changed_catcodes", "render.error", r"\catcode`\\=12 x"),
    Hostile("invalid_bytes", "render.error", _article("\ud800 \x00 \x7f")),
    Hostile("font_map_of_the_system", "render.forbidden", _article(r"\pdfmapfile{/etc/passwd}x")),
    Hostile("dump_of_a_file", "render.forbidden", _article(r"\pdffiledump offset 0 length 20{/etc/passwd}")),
    Hostile("environment_as_input", "render.forbidden", _article(r"\input{/proc/self/environ}")),
    Hostile("fork_point_as_input", "render.missing_dependency", r"\input{forkpoint.tex}x"),
    Hostile(
        "writes_over_its_pdf",
        "render.error",
        _article(r"\immediate\openout15=picture.pdf \immediate\write15{junk}x"),
    ),
    Hostile("global_leak", "rendered", r"\gdef\leak{x}\makeatletter\global\let\pgfutil@ifnextchar\relax x"),
    Hostile(
        "lua_takes_over_the_warm_processes",
        "rendered",
        _article(
            "\\directlua{\n"
            "pcall(function() for name in lfs.dir('..') do\n"
            "  local pdf = io.open('../'..name..'/picture.pdf', 'r+b')\n"
            "  if pdf then pdf:write(string.rep('x', 400)) pdf:close() end\n"
            "  local pipe = name:match('^warm') and io.open('../'..name..'/requests', 'r+b')\n"
            "  if pipe then pipe:write('run 20 1000000000 1000000 /tmp'..string.char(10)) pipe:close() end\n"
            "end end)}x"
        ),
    ),
    # Were it found, its bitmaps would be kept where other documents look for theirs.
    Hostile(
        "own_bitmap_font",
        "render.missing_dependency",
        _article(
            r"\newwrite\w\immediate\openout\w=owned10.mf "
            r"\immediate\write\w{mode_setup; font_size 10pt; beginchar(65,10pt,10pt,0);"
            r" fill unitsquare scaled 99;"
            r" endchar; end}\immediate\closeout\w\font\x=owned10 \x A"
        ),
        "owned10",
    ),
    Hostile(
        "own_fork_point",
        "rendered",
        _article(
            r"\newwrite\w\immediate\openout\w=forkpoint.tex \immediate\write\w{again}\immediate\closeout\w"
            r"\csname @@input\endcsname forkpoint.tex x"
        ),
    ),
    Hostile(
        "answers_for_the_server", "render.forbidden", _article(r"\immediate\openout6=/proc/self/fd/199 x")
    ),
    Hostile("worker_dies", "render.crashed", "x % @FAULT@ die", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
