"""Example data that libraries fetch: those that a package here ships, and the names of the others."""

from __future__ import annotations

import json
import re
import urllib.error
from importlib import util
from pathlib import Path
from typing import Any

# seaborn orders these as categories; the rest of its data sets are in no package that is here.
_SEABORN: dict[str, dict[str, list[str]]] = {
    "tips": {
        "day": ["Thur", "Fri", "Sat", "Sun"],
        "sex": ["Male", "Female"],
        "time": ["Lunch", "Dinner"],
        "smoker": ["Yes", "No"],
    },
    "iris": {},
}
_OF_VEGA = re.compile(r"^https?://\S+?/vega-datasets(?:@[^/]*)?/(?:\S+/)?data/([\w-]+\.(?:json|csv|tsv))$")


def hook_seaborn() -> None:
    """Let `load_dataset` read what plotly's package ships, and name what nothing does."""
    import seaborn
    import seaborn.utils

    def load_dataset(name: str, cache: bool = True, data_home: Any = None, **options: Any) -> Any:
        """Return a data set. Raises URLError, as without a network, for one that no package here ships."""
        import pandas as pd

        if name not in _SEABORN:
            raise urllib.error.URLError(
                f"missing data set {name!r} of seaborn: a sample has no network to fetch it from; here "
                f"are {', '.join(sorted(_SEABORN))}"
            )
        frame = pd.read_csv(_folder("plotly") / "package_data" / "datasets" / f"{name}.csv.gz", **options)
        frame = frame.drop(columns="species_id", errors="ignore")
        for column, order in _SEABORN[name].items():
            frame[column] = pd.Categorical(frame[column], order)
        return frame

    for module in (seaborn, seaborn.utils):
        vars(module)["load_dataset"] = load_dataset


def with_data_sets(specification: Any) -> Any:
    """Return a Vega-Lite specification with the rows of vega-datasets in place of their addresses."""
    if isinstance(specification, list):
        return [with_data_sets(part) for part in specification]
    if not isinstance(specification, dict):
        return specification
    found = _OF_VEGA.match(str(specification.get("url", "")))
    path = (
        _folder("vega_datasets") / "_data" / found[1] if found and util.find_spec("vega_datasets") else None
    )
    if path is None or not path.is_file():
        return {name: with_data_sets(part) for name, part in specification.items()}
    text = path.read_text("utf-8")
    kind = path.suffix[1:]
    told = dict(specification.get("format") or {})
    told.setdefault("type", kind)
    rest = {name: part for name, part in specification.items() if name not in ("url", "format")}
    return {**rest, "values": json.loads(text) if kind == "json" else text, "format": told}


def _folder(package: str) -> Path:
    found = util.find_spec(package)
    assert found is not None and found.origin is not None
    return Path(found.origin).parent
