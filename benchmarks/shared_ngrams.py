"""What programs of a language share anyway: the most frequent sequences of tokens, for CrystalBLEU.

    python -m benchmarks.shared_ngrams latex python svg html graphviz

writes `vincicoder/evaluate/shared_ngrams/LANGUAGE.json` from 400 programs of the corpora on this machine.
Raise the version of `vincicoder/evaluate/metrics/crystal_bleu.py` when a file changes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import vincicoder.evaluate
from benchmarks.samples import pick_samples
from vincicoder.evaluate.code_tokens import code_tokens
from vincicoder.evaluate.metrics.crystal_bleu import ORDERS, Ngram, ngrams

_PROGRAMS, _CHARACTERS, _KEPT = 400, 20_000, 500  # 500 as DeTikZify
_FOLDER = Path(vincicoder.evaluate.__file__).parent / "shared_ngrams"


def most_frequent(programs: list[str], language: str) -> list[Ngram]:
    """Return the sequences that occur most often, equally frequent ones in their own order."""
    counts: Counter[Ngram] = Counter()
    for program in programs:
        tokens = code_tokens(program[:_CHARACTERS], language)
        for order in ORDERS:
            counts.update(ngrams(tokens, order))
    return sorted(sorted(counts, key=lambda ngram: (-counts[ngram], ngram))[:_KEPT])


def main() -> None:
    """Write the files of the languages that are named."""
    for language in sys.argv[1:]:
        found = most_frequent(pick_samples(language, _PROGRAMS), language)
        lines = ",\n".join(json.dumps(ngram, ensure_ascii=False) for ngram in found)
        (_FOLDER / f"{language}.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()
