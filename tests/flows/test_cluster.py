"""What is wrong with a cluster is said before any work starts. `make cluster-test` builds on a real one."""

from __future__ import annotations

import json
import pickle
import shutil
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.cluster import ClusterError, actor, nodes, place
from flows.cluster.facts import project_differences, project_facts
from storage.home import Home
from storage.renders import RenderIndex
from storage.schemas import SAMPLE_SCHEMA
from tasks.stage import BuildStoppedError
from tests.corpora import write_corpus
from tests.samples import GOOD, rows
from tests.storage.test_outputs import write
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.own.source_config import load_source_config


def build(tmp_path: Path, address: str) -> str:
    config = write_corpus(tmp_path, "own", rows([case for case in GOOD if case[2] == "svg"]))
    command = ["build", "sft", "--profile", "none", "--source-config", str(config)]
    done = CliRunner().invoke(
        app, [*command, "--home", "memory://cluster", "--engine", "ray", "--ray-address", address]
    )
    assert done.exit_code == 1, done.output
    return done.output


def test_where_no_cluster_answers_the_address_is_named(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    said = build(tmp_path, address)
    assert f"no cluster answers at {address}" in said
    assert "ray start --head" in said


@pytest.mark.parametrize("address", ["ray://head:10001", "head", "head:port"])
def test_an_address_of_another_form_is_refused(tmp_path: Path, address: str) -> None:
    assert f"received --ray-address {address}; it must be `auto`" in build(tmp_path, address)


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["build", "sft", "--engine", "spark"])
    assert done.exit_code == 2
    assert "'spark' is not one of" in done.output


def test_an_address_without_the_engine_that_uses_it_is_refused() -> None:
    done = CliRunner().invoke(app, ["build", "sft", "--ray-address", "10.0.0.1:6379"])
    assert done.exit_code == 1
    assert "ray_address" in done.output
    assert "received 10.0.0.1:6379, but shards run on this machine: give engine ray too" in done.output


def test_no_workers_are_refused_and_not_taken_for_the_default() -> None:
    done = CliRunner().invoke(app, ["build", "sft", "--workers", "0"])
    assert done.exit_code == 1
    assert "greater than or equal to 1" in done.output


def test_a_home_that_nodes_cannot_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"such as s3://bucket/prefix; received .*home"):
        place.ClusterPlace().begin(Home(tmp_path / "home"), ["svg"])


def test_what_a_node_has_otherwise_is_named() -> None:
    here = project_facts()
    assert project_differences(here, here) == []
    there = replace(here, python="3.11.99", code="0" * 12)
    assert project_differences(here, there) == [
        f"Python is 3.11.99 there and {here.python} here",
        f"the project's code is 000000000000 there and {here.code} here",
    ]


def test_an_actor_runs_a_task_by_name_and_returns_errors_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actor, "die_with", lambda _parent: None)  # this process goes on
    monkeypatch.setattr(actor, "log_to_the_driver", lambda: None)
    home = Home(f"memory://{tmp_path.name}")
    previous = write(home, kept=SAMPLE_SCHEMA.empty_table(), rows_in=0)
    node = actor.ShardActor(1, {})
    sent = {"home": home, "source": "s", "shard": 0, "previous": previous}
    done = node.run("tasks.sft.sign", "sign_shard", pickle.loads(pickle.dumps(sent)))
    assert (done.error, done.value.stage, done.value.rows_kept) == (None, "sign", 0)
    done = node.run("tasks.sft.sign", "sign_shard", {**sent, "previous": None})
    assert isinstance(done.error, AttributeError)


def test_an_index_that_is_sent_is_one_in_each_process(tmp_path: Path) -> None:
    index = RenderIndex(Home(f"memory://{tmp_path.name}"))
    first, second = (pickle.loads(pickle.dumps(index)) for _ in range(2))
    assert first is second


def test_no_node_is_asked_once_the_build_has_ended() -> None:
    """Ray would start a cluster of its own for whoever asks after that."""
    ended = threading.Event()
    ended.set()
    with pytest.raises(BuildStoppedError):
        nodes._answer(object(), 60.0, ended)


def test_credentials_of_two_are_not_mixed() -> None:
    driver = {
        "AWS_ACCESS_KEY_ID": "driver",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
        "AWS_REGION": "here",
        "GOOGLE_APPLICATION_CREDENTIALS": "file",
        "MODEL_KEY": "k",
    }
    assert actor.sent_here(driver, {}) == driver
    own = {"AWS_ACCESS_KEY_ID": "node", "AWS_SECRET_ACCESS_KEY": "n"}
    kept = {"AWS_REGION": "here", "GOOGLE_APPLICATION_CREDENTIALS": "file", "MODEL_KEY": "k"}
    assert actor.sent_here(driver, own) == kept
    assert actor.sent_here(driver, {"AWS_REGION": "there", "AWS_CA_BUNDLE": "x"}) == {
        name: value for name, value in driver.items() if name != "AWS_REGION"
    }


@pytest.mark.parametrize("kind", ["folder", "json"])
def test_a_node_whose_files_are_others_than_the_drivers_is_named(kind: str, tmp_path: Path) -> None:
    """A source that is sent brings the revision of the driver's files with it."""
    program = tmp_path / "files" / "dot.svg"
    program.parent.mkdir()
    program.write_text("<svg/>")
    (tmp_path / "rows.jsonl").write_text('{"code": "<svg/>"}\n')
    declared = {"name": "mine", "domain": "svg", "license": "MIT", "language": "svg"}
    path = "files" if kind == "folder" else "rows.jsonl"
    (tmp_path / "own.yaml").write_text(json.dumps({"sources": [{**declared, "format": kind, "path": path}]}))
    (source,) = load_source_config(tmp_path / "own.yaml")
    revision = source.revision()
    there = pickle.loads(pickle.dumps(source))
    actor.require_same_files(there)
    program.write_text("<svg></svg>")
    (tmp_path / "rows.jsonl").write_text('{"code": "<svg></svg>"}\n')
    assert there.revision() == revision
    with pytest.raises(SourceUnavailableError, match=r"node .* has not the driver's files of source mine"):
        actor.require_same_files(there)
    shutil.rmtree(program.parent)
    (tmp_path / "rows.jsonl").unlink()
    with pytest.raises(SourceUnavailableError, match=r"node .* has not the driver's files of source mine"):
        actor.require_same_files(there)


def test_where_all_nodes_are_gone_every_shard_is_told_at_once() -> None:
    gone = place.ClusterPlace()
    gone._gone = True
    for _ in range(2):
        with pytest.raises(ClusterError, match="all nodes of the cluster are gone"):
            gone._stop_if_gone()


def test_a_shard_that_was_killed_on_a_node_goes_to_another_where_there_is_one() -> None:
    cluster = place.ClusterPlace()
    cluster._looked = time.monotonic() + 3600  # no cluster is asked
    first, second = (nodes.Node(name, name, 1, None) for name in ("a", "b"))
    cluster._nodes = {"a": first, "b": second}
    assert cluster._take(set(), {"a"}, wait=True) is second
    assert cluster._take(set(), {"a", "b"}, wait=True) is first
    del cluster._nodes["b"]
    assert cluster._take(set(), {"a"}, wait=True) is first
    assert cluster._take({"a"}, {"a"}, wait=False) is None
