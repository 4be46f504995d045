"""The Ray front, on a real cluster of one node, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from vincicoder.render import RenderEngine, RenderRequest

CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="90" cy="90" r="{}"/></svg>'
)
PROGRAM = """
import json, sys
import ray
from vincicoder.render import RenderRequest
from vincicoder.render.engine.ray_actor import start_render_actor

requests = [RenderRequest(*row) for row in json.loads(sys.argv[1])]
ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, _temp_dir=sys.argv[2])
actor = start_render_actor(workers=1, name="renderer", namespace="test")
batches = [actor.render.remote(requests), ray.get_actor("renderer", "test").render.remote(requests[::-1])]
answers = [
    [(r.request_id, r.status.value, r.reason and r.reason.value, r.pixels_sha256) for r in batch]
    for batch in ray.get(batches)
]
ray.kill(actor)
ray.shutdown()
print(json.dumps(answers))
"""


def test_an_actor_answers_batches_as_the_engine_does() -> None:
    rows = [(str(number % 3), "svg", CIRCLE.format(number + 1)) for number in range(6)]
    rows.append(("bad", "svg", "<svg"))
    with RenderEngine(workers=1) as engine:
        expected = [
            [r.request_id, r.status.value, r.reason and r.reason.value, r.pixels_sha256]
            for row in rows
            for r in engine.render([RenderRequest(*row)])
        ]
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as folder:  # short: Ray makes sockets in it
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps(rows), folder],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=Path(__file__).parents[3],
        )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == [expected, expected[::-1]]
    assert expected[-1][1:3] == ["rejected", "render.error"]
    assert len({row[3] for row in expected[:-1]}) == 6
