"""Does training train? ms-swift, started by our flow, on 16 rows that it sees again and again.

    python -m benchmarks.overfit --json FILE [--steps 40] [--plot FILE]

A release is built from pictures of our own in a temporary home, and the tiny random model is fine-tuned on 16
of its rows. A model that knows nothing soon learns which tokens there are, so halving its first loss says
little; how far below that it comes says whether it learns the rows. `unigram` is the loss of one that knows
how often each token occurs in these rows and nothing else.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from tokenizers import Tokenizer

from flows.pipeline import run_build
from flows.runners import DirectRunner
from storage.home import Home
from storage.runs import RunRegistry
from tasks.training.execute import execute_run
from tasks.training.prepare import prepare_run
from tests.train.shapes import write_shapes
from vincicoder.config import BuildConfig
from vincicoder.train.curves import draw_panels
from vincicoder.train.recipes import SftRecipe, load_recipe_file

_RECIPE = Path(__file__).parents[1] / "recipes/sft/tiny-cpu.yaml"
ROWS = 16


def unigram_loss(rows: Path, tokenizer: Path) -> float:
    """The entropy, in nats, of the tokens of the rows' answers."""
    read = Tokenizer.from_file(str(tokenizer))
    texts = [
        message["content"]
        for messages in pq.read_table(rows, columns=["messages"])["messages"].to_pylist()
        for message in messages
        if message["role"] == "assistant"
    ]
    counts = Counter(token for text in texts for token in read.encode(text, add_special_tokens=False).ids)
    total = sum(counts.values())
    return -sum(count / total * math.log(count / total) for count in counts.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    fields = {
        **load_recipe_file(_RECIPE).model_dump(),
        "rows": {"limit": ROWS, "max_characters": 600},
        "max_steps": given.steps,
        "batch": 4,
        "batch_per_device": 4,
        "learning_rate": 1e-2,
        "save_steps": given.steps,
        "extra": {"lr_scheduler_type": "constant_with_warmup"},
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config = BuildConfig(
            profile=None, source_configs=(write_shapes(folder),), recipe="default", workers=2
        )
        home = Home(folder / "home")
        run_build(config, home.uri, DirectRunner(2), flow_run="")
        prepared = prepare_run.fn(home, SftRecipe(**fields), "overfit")
        result = execute_run.fn(home, prepared, "")
        curve = RunRegistry(home).curves(result["run_id"])["loss"]
        unigram = unigram_loss(
            Path(prepared.train_files[0]), folder / "home/models/tiny-random/tokenizer.json"
        )
        assert result["steps"] == given.steps
    first, last = curve[0][1], curve[-1][1]
    found = {
        "rows": ROWS,
        "steps": given.steps,
        "first": round(first, 3),
        "last": round(last, 3),
        "ratio": round(last / first, 3),
        "unigram": round(unigram, 3),
        "trainer_cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])),
        "curve": [round(value, 3) for _, value in curve],
    }
    print(json.dumps({name: value for name, value in found.items() if name != "curve"}))
    if given.json:
        given.json.write_text(json.dumps(found))
    if given.plot:
        level = [(1, unigram), (given.steps, unigram)]
        shown = {"loss": {"16 rows": curve, "frequencies of tokens": level}}
        draw_panels(shown, given.plot, "16 rows learned by heart")


if __name__ == "__main__":
    main()
