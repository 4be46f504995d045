"""Unusual pictures, places and folders of code, each with what must become of it."""

from __future__ import annotations

from tests.sources.own.writers import (
    BAD,
    ICON,
    LATIN,
    OTHER,
    PAGE,
    PLOT,
    READS,
    SMALL,
    TEX,
    Case,
    files,
    jsonl,
    lines,
    notebook,
    of_csv,
    of_folder,
    png,
    table,
    tarred,
    tree,
    zipped,
)

PLACES: dict[str, Case] = {
    # Ids and pictures.
    "equal_ids": Case(
        files(
            rows_dot_jsonl=lines({"code": PLOT, "id": 7}, {"code": OTHER, "id": 7}, {"code": ICON, "id": 8})
        ),
        jsonl(id_column="id"),
        [(PLOT, None), (OTHER, None), (ICON, None)],
        ids=["7 (rows.jsonl#0)", "7 (rows.jsonl#1)", "8"],
        left_out="1 ids stand in several rows (7)",
    ),
    "small_base64_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": SMALL})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "base64_picture_in_lines": Case(
        files(
            rows_dot_jsonl=lines(
                {"code": PLOT, "p": "\n".join(SMALL[i : i + 20] for i in range(0, len(SMALL), 20))}
            )
        ),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "data_uri_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": f"data:image/png;base64,{SMALL}"})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "picture_as_numbers": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": {"bytes": list(png())}})),
        jsonl(image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "picture_beside_a_csv_below": Case(
        tree({"data/sub/rows.csv": table([{"code": PLOT, "p": "pics/a.png"}]), "data/sub/pics/a.png": png()}),
        of_csv(path="data", image_column="p"),
        [(PLOT, None)],
        pictures=[True],
    ),
    "missing_picture": Case(
        files(rows_dot_jsonl=lines({"code": PLOT, "p": "gone.png"}, {"code": OTHER})),
        jsonl(image_column="p"),
        [(PLOT, None), (OTHER, None)],
        pictures=[False, False],
        changes="own picture not found: 'gone.png'",
    ),
    "picture_that_is_none": Case(
        tree({"rows.jsonl": lines({"code": PLOT, "p": "a.png"}), "a.png": "<html>"}),
        jsonl(image_column="p"),
        [(PLOT, None)],
        changes="own picture cannot be read",
    ),
    # Places.
    "glob": Case(
        tree(
            {"part-1.jsonl": lines({"code": PLOT}), "part-2.jsonl": lines({"code": OTHER}), "x.jsonl": "{}"}
        ),
        jsonl(path="part-*.jsonl"),
        [(PLOT, None), (OTHER, None)],
    ),
    "glob_of_folders": Case(
        tree({"a/1.jsonl": lines({"code": PLOT}), "b/1.jsonl": lines({"code": OTHER})}),
        jsonl(path="**/*.jsonl"),
        [(PLOT, None), (OTHER, None)],
        ids=["a/1.jsonl#0", "b/1.jsonl#0"],
    ),
    "home_folder": Case(
        files(rows_dot_jsonl=lines({"code": PLOT})), jsonl(path="~/rows.jsonl"), [(PLOT, None)]
    ),
    "zip_of_rows": Case(
        zipped("rows.zip", {"in/a.csv": table([{"code": PLOT}])}),
        of_csv(path="rows.zip"),
        [(PLOT, None)],
        ids=["rows.zip/in/a.csv#0"],
    ),
    "zip_for_a_folder": Case(
        zipped(
            "data.zip", {"in/a.svg": ICON, "in/a.png": png(), "__MACOSX/in/._a.svg": "x", "in/.b.svg": "x"}
        ),
        of_folder(path="data.zip"),
        [(ICON, None)],
        ids=["in/a.svg"],
        pictures=[True],
    ),
    "tar_for_a_folder": Case(
        tarred("data.tar.gz", {"a.svg": ICON}), of_folder(path="data.tar.gz"), [(ICON, None)]
    ),
    "one_file_for_a_folder": Case(
        tree({"a.svg": ICON, "b.svg": ICON}), of_folder(path="a.svg"), [(ICON, None)]
    ),
    "glob_for_a_folder": Case(
        tree({"d/a.svg": ICON, "d/b.py": PLOT}), of_folder(path="d/*.svg"), [(ICON, None)], ids=["a.svg"]
    ),
    # Folders of code.
    "hidden_files": Case(
        tree(
            {
                "data/a.svg": ICON,
                "data/.a.svg": ICON,
                "data/.git/b.svg": ICON,
                "data/.ipynb_checkpoints/c.ipynb": "{}",
            }
        ),
        of_folder(),
        [(ICON, None)],
        left_out="hidden files are not taken",
    ),
    "other_suffixes": Case(
        tree({"data/a.svg": ICON, "data/b.md": "x", "data/c.RB": "x", "data/d.md": "y", "data/NOTES": "z"}),
        of_folder(),
        [(ICON, None)],
        left_out="4 other files are not taken: 2 .md, 1 .rb, 1 without a suffix (NOTES, b.md, c.RB",
    ),
    "picture_of_no_program": Case(
        tree({"data/a.svg": ICON, "data/a.png": png(), "data/z.png": png()}),
        of_folder(),
        [(ICON, None)],
        left_out="1 pictures belong to no program of their name: 1 .png (z.png)",
        pictures=[True],
    ),
    "picture_in_capitals": Case(
        tree({"data/a.svg": ICON, "data/a.PNG": png()}), of_folder(), [(ICON, None)], pictures=[True]
    ),
    "notebook": Case(
        files(data__a_dot_ipynb=notebook("%matplotlib inline\n!pip install x\n" + PLOT, "%%bash\nls")),
        of_folder(),
        [("import matplotlib", None)],
        changes="notebook line removed: %matplotlib inline",
        languages=["python"],
    ),
    "notebook_of_two_figures": Case(
        files(
            data__a_dot_ipynb=notebook("import matplotlib.pyplot as plt\nplt.plot([1])", "plt.bar([1], [2])")
        ),
        of_folder(),
        [("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n\n\nplt.bar", None)],
    ),
    "notebook_of_another_language": Case(
        files(data__a_dot_ipynb=notebook("plot(1)", language="R")), of_folder(), [("{", BAD)]
    ),
    "notebook_that_is_none": Case(files(data__a_dot_ipynb="oh"), of_folder(), [("oh", BAD)]),
    "pep_263": Case(
        files(data__a_dot_py=LATIN),
        of_folder(),
        [("# -*- coding: utf-8 -*-\n" + PLOT + "\nplt.title('é')", None)],
        changes="iso8859-1 became utf-8",
    ),
    "pep_263_gbk": Case(
        files(data__a_dot_py=("# coding=gbk\n" + PLOT + "\nplt.title('图')\n").encode("gbk")),
        of_folder(),
        [("# coding=utf-8\n" + PLOT + "\nplt.title('图')", None)],
    ),
    "no_declared_encoding": Case(files(data__a_dot_py=b"x = '\xe9'\n"), of_folder(), [("", "bytes")]),
    "html_charset": Case(
        files(data__a_dot_html='<meta charset="iso-8859-1"><p>é</p>'.encode("latin-1")),
        of_folder(),
        [('<meta charset="utf-8"><p>é</p>', None)],
    ),
    "svg_encoding": Case(
        files(
            data__a_dot_svg=('<?xml version="1.0" encoding="ISO-8859-1"?><!--é-->' + ICON).encode("latin-1")
        ),
        of_folder(),
        [('<?xml version="1.0" encoding="utf-8"?><!--é-->', None)],
    ),
    "latex_inputenc": Case(
        files(
            data__a_dot_tex="\\documentclass{article}\\usepackage[latin1]{inputenc}\\begin{document}é\\end{document}".encode(
                "latin-1"
            )
        ),
        of_folder(),
        [("\\documentclass{article}\\usepackage[utf8]{inputenc}\\begin{document}é", None)],
    ),
    "utf16_code": Case(files(data__a_dot_svg=ICON.encode("utf-16")), of_folder(), [(ICON, None)]),
    "html_with_css_beside": Case(
        tree(
            {
                "data/a.html": PAGE,
                "data/css/a.css": "@import 'b.css';\np { color: red }",
                "data/css/b.css": "b { color: blue }",
            }
        ),
        of_folder(),
        [("<html><head><style>\nb { color: blue }\np { color: red }\n</style></head>", None)],
        changes="css/a.css written into the page",
    ),
    "html_with_css_of_the_site": Case(
        tree({"data/sub/a.html": PAGE.replace("css/a.css", "/css/a.css"), "data/css/a.css": "p {}"}),
        of_folder(),
        [("<html><head><style>\np {}\n</style>", None)],
    ),
    "html_with_script_beside": Case(
        tree(
            {"data/a.html": '<p id="p"></p><script src="a.js"></script>', "data/a.js": "p.textContent = 'x'"}
        ),
        of_folder(),
        [("<p id=\"p\"></p><script>\np.textContent = 'x'\n</script>", None)],
    ),
    "html_with_css_outside": Case(
        tree({"data/a.html": PAGE.replace("css/a.css", "../a.css"), "a.css": "p {}"}),
        of_folder(),
        [(PAGE.replace("css/a.css", "../a.css"), None)],
    ),
    "latex_input": Case(
        tree({"data/a.tex": TEX, "data/part.tex": "Hello.\n"}),
        of_folder(),
        [("\\documentclass{article}\n\\begin{document}\nHello.\n\\end{document}", None)],
        changes="part.tex written into the document",
        left_out="1 LaTeX files are parts of others, which input them: 1 .tex (part.tex)",
    ),
    "latex_input_in_a_comment": Case(
        tree({"data/a.tex": TEX.replace("\\input", "% \\input"), "data/part.tex": "Hello.\n"}),
        of_folder(),
        [("\\documentclass{article}\n\\begin{document}\n% \\input{part}", None), ("Hello.", None)],
    ),
    "latex_input_of_itself": Case(tree({"data/part.tex": TEX}), of_folder(), [("\\documentclass", None)]),
    "csv_beside_a_script": Case(
        tree({"data/a.py": READS, "data/a.csv": "x,y\n1,2\n3,4\n"}),
        of_folder(),
        [('from pathlib import Path\n\nPath(\'a.csv\').write_text("""\\\nx,y\n1,2\n3,4\n"""', None)],
        changes="data of a.csv written into the program, 12 bytes, sha256",
    ),
    "csv_in_a_folder_beside": Case(
        tree({"data/code/a.py": READS.replace("a.csv", "../sets/a.csv"), "data/sets/a.csv": "x,y\n1,2\n"}),
        of_folder(),
        [("from pathlib import Path\n\nPath('a.csv').write_text(", None)],
    ),
    "csv_too_large_for_a_program": Case(
        tree({"data/a.py": READS, "data/a.csv": "x,y\n" + "1,2\n" * 20_000}),
        of_folder(),
        [("import pandas", "collect.not_self_contained")],
    ),
    "picture_that_a_script_reads": Case(
        tree(
            {
                "data/a.py": READS.replace("pd.read_csv('a.csv')", "plt.imread('img/a.png')"),
                "data/img/a.png": "x",
            }
        ),
        of_folder(),
        [("import pandas", "collect.not_self_contained")],
        left_out="1 pictures belong to no program of their name",
    ),
    "picture_that_a_script_draws": Case(
        tree(
            {
                "data/a.py": "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('a.png')\n",
                "data/a.png": "x",
            }
        ),
        of_folder(),
        [("import matplotlib", None)],
    ),
    "table_that_is_no_text": Case(
        tree(
            {
                "data/a.py": READS.replace("pd.read_csv('a.csv')", "pd.read_excel('a.xlsx')"),
                "data/a.xlsx": "x",
            }
        ),
        of_folder(),
        [("import pandas", "collect.not_self_contained")],
        left_out="1 other files are not taken",
    ),
    "csv_not_there": Case(tree({"data/a.py": READS}), of_folder(), [("import pandas", None)]),
}
