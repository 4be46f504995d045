"""Sources made of files, on small packages laid out as the package managers lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.layout import all_rows, by_name, write_debian_documentation, write_files, write_npm_package
from vincicoder.sources import corpora
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.files import list_files, read_code
from vincicoder.sources.packages import example_galleries, svg_packages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def corpora_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    corpora.debian_version.cache_clear()
    return tmp_path


def test_the_corpora_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert corpora.corpora_folder() == tmp_path
    monkeypatch.delenv("VINCICODER_CORPORA")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert str(corpora.corpora_folder()) == "/data/vincicoder/corpora"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/user")
    assert str(corpora.corpora_folder()) == "/home/user/.local/share/vincicoder/corpora"


def test_files_are_listed_by_code_point_and_links_are_second_names(tmp_path: Path) -> None:
    write_files(tmp_path, {"b.svg": "b", "B.svg": "B", "a/z.svg": "z", "a.txt": "t", "ä.svg": "ä"})
    (tmp_path / "link.svg").symlink_to(tmp_path / "b.svg")
    listed = [path.relative_to(tmp_path).as_posix() for path in list_files(tmp_path, ("**/*.svg", "*.svg"))]
    assert listed == ["B.svg", "a/z.svg", "b.svg", "ä.svg"]


def test_text_is_gunzipped_and_bytes_stay_bytes(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.tex": "\\LaTeX ä", "b.tex.gz": "packed"})
    (tmp_path / "c.tex").write_bytes(b"caf\xe9")
    assert read_code(tmp_path / "a.tex") == "\\LaTeX ä"
    assert read_code(tmp_path / "b.tex.gz") == "packed"
    assert read_code(tmp_path / "c.tex") == b"caf\xe9"


def test_icons_lose_their_licence_notice_and_keep_it_as_a_column(tmp_path: Path) -> None:
    source = by_name(svg_packages.create_sources(), "lucide")
    with pytest.raises(SourceUnavailableError, match=r"'lucide-static' is not at .*vincicoder setup corpora"):
        source.count()
    with pytest.raises(SourceUnavailableError, match="lucide-static"):
        source.revision()
    icons = {
        "icons/b.svg": "<!-- @license\nISC -->\n<svg/>",
        "icons/a.svg": "<svg></svg>",
        "icons/c.md": "no",
    }
    write_npm_package(tmp_path, "lucide-static", "1.2.3", icons)
    source = by_name(svg_packages.create_sources(), "lucide")
    rows = all_rows(source)
    assert [(row.source_id, row.code, row.license) for row in rows] == [
        ("a.svg", "<svg></svg>", "ISC"),
        ("b.svg", "<svg/>", "ISC"),
    ]
    assert source.revision() == "lucide-static@1.2.3"


def test_a_new_version_changes_the_revision(tmp_path: Path) -> None:
    source = by_name(svg_packages.create_sources(), "flag-icons")
    write_npm_package(tmp_path, "flag-icons", "7.5.0", {"flags/4x3/de.svg": "<svg/>"})
    before = source.revision()
    write_npm_package(tmp_path, "flag-icons", "7.6.0", {})
    assert (before, source.revision()) == ("flag-icons@7.5.0", "flag-icons@7.6.0")


def test_galleries_are_parted_by_what_they_draw(tmp_path: Path) -> None:
    one = '"""\nTitle\n"""\nimport matplotlib.pyplot as plt\n\nplt.plot([1])\nplt.show()\n'
    two = "import matplotlib.pyplot as plt\nplt.figure()\nplt.plot([1])\nplt.figure()\nplt.plot([2])\n"
    write_files(
        tmp_path / "pypi" / "matplotlib-3.8.4" / "galleries",
        {
            "examples/lines/one.py": one,
            "examples/lines/two.py": two,
            "examples/animation/one.py": one,
            "examples/lines/README.txt": "no code",
        },
    )
    sources = example_galleries.create_sources()
    gallery = by_name(sources, "matplotlib-gallery")
    assert [(row.source_id, row.code) for row in all_rows(gallery)] == [
        ("examples/lines/one.py", "import matplotlib.pyplot as plt\n\nplt.plot([1])\nplt.show()\n")
    ]
    assert gallery.revision() == "matplotlib==3.8.4"
    figures = all_rows(by_name(sources, "matplotlib-figures"))
    assert [row.source_id for row in figures] == ["examples/lines/two.py#0", "examples/lines/two.py#1"]
    interactive = all_rows(by_name(sources, "matplotlib-interactive"))
    assert [row.source_id for row in interactive] == ["examples/animation/one.py"]


def test_seaborn_examples_that_download_are_not_of_the_source(tmp_path: Path) -> None:
    examples = {"examples/a.py": "sns.load_dataset('tips')\n", "examples/b.py": "import seaborn as sns\n"}
    write_files(tmp_path / "pypi" / "seaborn-0.13.2", examples)
    rows = all_rows(by_name(example_galleries.create_sources(), "seaborn-examples"))
    assert [row.source_id for row in rows] == ["b.py"]


def test_unpacked_documentation_stands_in_for_an_installed_package(tmp_path: Path) -> None:
    files = {"usr/share/doc/no-such-package/examples/plot.py": "x = 1\n"}
    write_debian_documentation(tmp_path, "no-such-package", "1:2.3-4", files)
    folder = corpora.debian_path("no-such-package", "usr/share/doc/no-such-package/examples")
    assert folder == tmp_path / "debian/usr/share/doc/no-such-package/examples"
    assert corpora.debian_version("no-such-package") == "no-such-package=1:2.3-4"
    with pytest.raises(SourceUnavailableError, match=r"has no /usr/share/absent here: run `apt-get"):
        corpora.debian_path("p", "usr/share/absent")
