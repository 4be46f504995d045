"""What the global stages share: one decision over all shards, then one output per shard.

The decision reads compact columns only. It is remembered under the keys of all its inputs, so an
unchanged build does not decide again; and a shard whose own rows it treats as before keeps its
output, so new shards do not make old ones stale.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from storage.ahead import read_outputs
from storage.memo import read_memo, write_memo
from storage.outputs import find_outputs, output_key
from tasks.stage import StageName, StageTables, read_shard, run_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

_AT_ONCE = 4  # shards that a decision is applied to: a store takes its time for each


def run_whole_stage(
    home: Home,
    stage: StageName,
    *,
    previous: Sequence[StageOutput],
    parameters: Mapping[str, Any],
    decide: Callable[[], Sequence[Any]],
    apply: Callable[[pa.Table, Any], StageTables],
    also_read: Sequence[StageOutput] = (),
) -> list[StageOutput]:
    """Return one output per input shard.

    `decide` gives one JSON-able decision per shard, in order; `apply` turns a shard's table and
    its decision into the stage's tables. `also_read` are outputs that only the decision needs.
    """
    inputs = [output.key for output in (*previous, *also_read)]
    memo = f"stages/{stage.name}/{output_key(f'{stage.name}.all', stage.version, parameters, inputs)}.json"
    content = [output.content for output in (*previous, *also_read)]
    remembered = read_memo(home, memo)
    if remembered is not None and remembered["content"] == content:
        known = find_outputs(home, stage.name, remembered["outputs"])
        if all(known):
            return [output for output in known if output is not None]

    def make(output: StageOutput, decision: Any) -> StageOutput:
        digest = hashlib.sha256(json.dumps(decision, sort_keys=True).encode()).hexdigest()
        return run_stage(
            home,
            stage,
            source=output.source,
            shard=output.shard,
            parameters={**parameters, "decision": digest},
            inputs=[output],
            rows_in=output.rows_kept,
            compute=lambda _key: apply(read_shard(home, output), decision),
        )

    decisions = decide()
    if len(decisions) != len(previous):
        raise ValueError(f"{stage}: {len(decisions)} decisions for {len(previous)} shards")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outputs = list(pool.map(make, previous, decisions))
    write_memo(home, memo, {"content": content, "outputs": [output.key for output in outputs]})
    return outputs


def read_columns(home: Home, outputs: Sequence[StageOutput], columns: Sequence[str]) -> pa.Table:
    """Read some columns of all shards, with the number of the shard and the row in it."""
    tables = []
    for number, table in enumerate(read_outputs(home, outputs, columns=columns)):
        table = table.append_column("shard", pa.array([number] * table.num_rows, pa.int32()))
        tables.append(table.append_column("row", pa.array(range(table.num_rows), pa.int32())))
    return pa.concat_tables(tables)
