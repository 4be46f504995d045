"""verl 0.9: its own `RLHFDataset` over the Parquet files of an SFT release as they lie.

data.custom_cls.path=.../verl_dataset.py data.custom_cls.name=ReleaseDataset

An RL release needs none of this, and is what a long run should read: its rows are chosen, and its reference
pictures lie beside the rows instead of travelling with each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasets import Image
from verl.utils.dataset.rl_dataset import RLHFDataset


class ReleaseDataset(RLHFDataset):
    """Rows as verl's rollout and reward want them, made as they are read; nothing is copied."""

    def maybe_filter_out_long_prompts(self, dataframe: Any = None) -> Any:
        """Give the rows verl's columns before it looks at their prompts."""
        rows = dataframe.cast_column("image", Image(decode=False)).with_transform(as_verl_rows)
        return super().maybe_filter_out_long_prompts(rows)


def as_verl_rows(batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return columns `prompt`, `images`, `data_source`, `ability`, `reward_model`, `extra_info` of a batch of
    release rows. `extra_info["reference"]` has the encoded picture, for verl strips `images`."""
    rows = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
    return {
        "prompt": [[message for message in row["messages"] if message["role"] == "user"] for row in rows],
        "images": [[row["image"]] for row in rows],
        "data_source": [row["source"] for row in rows],
        "ability": [row["domain"] for row in rows],
        "reward_model": [{"style": "rule", "ground_truth": row["code"]} for row in rows],
        "extra_info": [
            {
                **{name: row[name] for name in ("sample_id", "language", "domain", "task")},
                "stack": row.get("stack"),
                "reference": row["image"]["bytes"],
            }
            for row in rows
        ],
    }
