"""Examples cut from the JavaScript module that the package ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.layout import all_rows, write_npm_package
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.packages.mermaid_examples import create_sources

if TYPE_CHECKING:
    from pathlib import Path

_MODULE = r"""// src/examples/pie.ts
var pie_default = {
  id: "pie",
  name: "Pie Chart",
  description: "Compare `parts` of a whole",
  examples: [
    {
      title: "Basic Pie Chart",
      isDefault: true,
      code: `pie title Pets
    "Dogs" : 386`
    },
    {
      title: "Quoted",
      code: `pie title \`a\` costs \$5 \\n
    id: "b"
    "b" : 1
`
    }
  ]
};
var git_default = {
  id: "gitGraph",
  examples: [
    {
      title: "Basic",
      code: `gitGraph
    commit id: "code: x"`
    }
  ]
};
"""


def test_examples_are_cut_in_order_and_unescaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    (source,) = create_sources()
    with pytest.raises(SourceUnavailableError, match="'@mermaid-js/examples' is not at"):
        source.count()
    write_npm_package(tmp_path, "@mermaid-js/examples", "1.2.3", {"dist/mermaid-examples.core.mjs": _MODULE})
    assert [(row.source_id, row.code, row.language, row.license) for row in all_rows(source)] == [
        ("pie/0", 'pie title Pets\n    "Dogs" : 386\n', "mermaid", "MIT"),
        ("pie/1", 'pie title `a` costs $5 \\n\n    id: "b"\n    "b" : 1\n', "mermaid", "MIT"),
        ("gitGraph/0", 'gitGraph\n    commit id: "code: x"\n', "mermaid", "MIT"),
    ]
    assert source.revision() == "@mermaid-js/examples@1.2.3"
