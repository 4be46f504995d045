"""Homes on an object store: a real S3 server, several writers, damage, and what users are told."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import obstore
import pyarrow as pa
import pytest
from obstore import exceptions

from storage.errors import HomeBusyError, HomeError, HomeUnreachableError, HomeUnwritableError
from storage.home import Home
from storage.outputs import DamagedOutputError, find_output, open_table, read_output
from storage.renders import RenderIndex
from storage.rl_release import reference_path, reference_problems, write_rl_files
from storage.schemas import RENDERS_SCHEMA
from storage.stores import lease, objects
from storage.stores.objects import ObjectStore
from tasks.stage import BuildStoppedError
from tests.s3 import BUCKET, S3Server
from tests.storage.test_outputs import sample_table, write
from vincicoder.sample import InfrastructureError

_WHEN = "Sun, 29 Nov 2026 15:00:00 GMT"


@pytest.fixture
def home(s3: S3Server, request: pytest.FixtureRequest) -> Home:
    return Home(f"s3://{BUCKET}/{request.node.name}")


def test_of_two_writers_of_one_shard_the_first_marker_wins(home: Home) -> None:
    """What they write differs in what is measured; whoever loses returns the winner's output."""
    uri = home.uri
    for shard in range(5):

        def one(number: int, shard: int = shard) -> object:
            table = sample_table(["a", f"b{number}"])
            return write(Home(uri), parameters={"shard": shard}, kept=table, seconds=float(number))

        with ThreadPoolExecutor(8) as pool:
            outputs = list(pool.map(one, range(8)))
        assert all(output == outputs[0] for output in outputs)
        fresh = Home(uri)
        found = find_output(fresh, "clean", outputs[0].key)
        assert found == outputs[0]
        winner = int(found.seconds)
        assert read_output(fresh, found)["code"].to_pylist() == ["a", f"b{winner}"]


def test_no_name_is_written_twice_with_other_bytes(home: Home) -> None:
    first = write(home)
    assert first.path("kept").startswith(f"stages/clean/{first.key}/kept-{first.files['kept.parquet'][:16]}")
    assert home.list_names(first.folder) == sorted(
        ["done.json", *(first.path(name).rpartition("/")[2] for name in ("kept", "rejected"))]
    )
    assert home.list_holding("stages/clean", "done.json") == [first.key]
    assert home.list_holding("stages/none", "done.json") == []


def test_an_output_made_from_what_was_made_again_is_replaced(home: Home) -> None:
    before = write(home, stage="collect", kept=sample_table(["a", "b"]))
    after = write(home, made_from={before.name: before.content})
    home.set_aside(before.folder)
    again = write(Home(home.uri), stage="collect", kept=sample_table(["a", "c"]))
    assert find_output(Home(home.uri), "clean", after.key) is None
    replaced = write(Home(home.uri), made_from={again.name: again.content}, kept=sample_table(["a", "c"]))
    found = find_output(Home(home.uri), "clean", after.key)
    assert found == replaced
    assert read_output(home, found)["code"].to_pylist() == ["a", "c"]


def test_what_is_damaged_or_gone_is_moved_aside_and_made_again(home: Home) -> None:
    for harm in ("damage", "remove"):
        output = write(home)
        if harm == "damage":
            home.write_bytes(output.path("kept"), b"not what its name says")
        else:
            home.remove(output.path("kept"))
        fresh = Home(home.uri)
        with pytest.raises(DamagedOutputError, match=r"moved to .*damaged/stages/clean.*same command again"):
            read_output(fresh, output)
        assert find_output(Home(home.uri), "clean", output.key) is None


def test_a_write_that_fails_leaves_nothing_to_be_seen(home: Home) -> None:
    with pytest.raises(RuntimeError), home.scratch_file(".parquet") as scratch:
        scratch.write_bytes(b"half")
        raise RuntimeError
    assert home.list_names("") == []


def test_copies_are_bounded_and_what_changed_is_fetched_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VINCICODER_SCRATCH_MB", "1")
    small = Home(home.uri)
    paths = []
    for number in range(4):
        small.write_bytes(f"file-{number}", bytes([number]) * 400_000)
        with small.local_copy(f"file-{number}") as path:
            assert path.read_bytes() == bytes([number]) * 400_000
        paths.append(path)
    assert [path.exists() for path in paths] == [False, False, True, True]
    small.write_bytes("file-3", b"new")
    with small.local_copy("file-3") as path:
        assert path.read_bytes() == b"new"


def test_the_index_reads_keys_and_not_pictures(home: Home, s3: S3Server) -> None:
    rows = [
        dict.fromkeys(RENDERS_SCHEMA.names)
        | {"image_width": 1, "image_height": 1, "render_seconds": 0.0}
        | {"render_key": f"{number:064x}", "png": os.urandom(20_000), "notes": [], "detail": ""}
        for number in range(300)
    ]
    write(home, stage="render", extra={"renders": pa.Table.from_pylist(rows, RENDERS_SCHEMA)}, made_from={})
    index = RenderIndex(Home(home.uri))
    found = index.find([f"{number:064x}" for number in (0, 299, 300)])
    assert sorted(place.row for place in found.values()) == [0, 299]
    asked = [
        one for one in s3.requests() if one.startswith("GET") and "/renders-" in one and home.uri[5:] in one
    ]
    assert {one.rpartition(" ")[2] for one in asked} == {"206"}, "parts of the file only"
    assert len(asked) < 20


def _hold(uri: str, ready: multiprocessing.synchronize.Event, seconds: float) -> None:
    lease.RENEWED_SECONDS = seconds
    with Home(uri).lock():
        ready.set()
        time.sleep(60)


def test_a_lease_refuses_a_second_build_and_outlives_no_killed_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LOST_SECONDS", 2.0)
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(home.uri, ready, 0.5))
    holder.start()
    assert ready.wait(60)
    with pytest.raises(HomeBusyError, match=rf"another build \(process {holder.pid} on "), home.lock():
        pass
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with home.lock():
        pass
    with home.lock():  # given back at the end: nobody waits
        pass


def test_a_build_whose_lease_was_taken_stops(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEWED_SECONDS", 0.1)
    with pytest.raises(HomeBusyError, match=r"took .* over"), home.lock():
        home.write_bytes(lease.LEASE, b'{"host": "another", "process": 1, "token": "x"}')
        assert home.stopping.wait(10)


@pytest.mark.parametrize("content", [b'{"host": "another", "process": 1, "token": "x"}', b"[]", b"no JSON"])
def test_a_build_that_fails_by_what_the_lost_lease_stopped_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(lease, "RENEWED_SECONDS", 0.1)
    with pytest.raises(HomeBusyError, match=r"took .* over") as raised, home.lock():
        home.write_bytes(lease.LEASE, content)
        assert home.stopping.wait(10)
        raise BuildStoppedError("the build was stopped")
    assert isinstance(raised.value.__cause__, BuildStoppedError)


def test_a_lease_is_renewed_again_after_whatever_went_wrong(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write is refused as its answer was lost, and then the lease cannot be read for a while."""
    monkeypatch.setattr(lease, "RENEWED_SECONDS", 0.1)
    write_if, read_tagged = objects.ObjectStore.write_if, objects.ObjectStore.read_tagged
    failures = [HomeUnreachableError("no answer"), ValueError("odd"), OSError("no network")]
    renewed = Event()

    def refused(store: objects.ObjectStore, relative: str, data: bytes, tag: str | None) -> str | None:
        if relative == lease.LEASE and b"renewed" in data:
            if failures:
                return None
            renewed.set()
        return write_if(store, relative, data, tag)

    def unreadable(store: objects.ObjectStore, relative: str) -> tuple[bytes, str] | None:
        if relative == lease.LEASE and threading.current_thread().name == "lease" and failures:
            raise failures.pop()
        return read_tagged(store, relative)

    monkeypatch.setattr(objects.ObjectStore, "write_if", refused)
    monkeypatch.setattr(objects.ObjectStore, "read_tagged", unreadable)
    with home.lock():
        assert renewed.wait(20)
        assert not home.stopping.is_set()
    assert not failures


def test_an_error_of_another_output_leaves_this_one_in_its_place(home: Home) -> None:
    """As where rows are compared with pictures that lie in a render output which is damaged."""
    whole, other = write(home, parameters={"shard": 1}), write(home, parameters={"shard": 2})
    home.write_bytes(other.path("kept"), b"damaged")
    with pytest.raises(DamagedOutputError, match=other.key), open_table(home, whole, "kept"):
        read_output(home, other)
    assert find_output(Home(home.uri), "clean", whole.key) == whole
    assert home.list_names("damaged/stages/clean") == [f"{other.key}-1"]


def test_whoever_finds_a_damaged_output_second_says_the_same(home: Home) -> None:
    written = write(home)
    homes = [Home(home.uri), Home(home.uri)]
    for one in homes:
        assert find_output(one, "clean", written.key) == written
    home.write_bytes(written.path("kept"), b"damaged")
    for one in homes:
        with pytest.raises(DamagedOutputError, match=f"moved to .*damaged/{written.folder}-1"):
            read_output(one, written)
        assert find_output(one, "clean", written.key) is None


def test_fetched_files_whose_folder_was_removed_are_no_damage(home: Home) -> None:
    written = write(home)
    other = Home(home.uri)
    read_output(other, written)
    assert other.objects is not None
    again = write(home, parameters={"shard": 2})
    for folder in other.objects.scratch_root.glob(f"{os.getpid()}-*"):
        shutil.rmtree(folder)
    with suppress(InfrastructureError):
        assert read_output(other, again).num_rows == again.rows_kept
    assert find_output(Home(home.uri), "clean", again.key) == again


def test_a_home_that_is_sent_keeps_its_place(home: Home) -> None:
    assert pickle.loads(pickle.dumps(home)).uri == home.uri


def test_a_store_that_cannot_be_used_is_said_in_words(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        pytest.raises(HomeError, match="no such bucket; make it first"),
        Home("s3://nobody-made-this/x").lock(),
    ):
        pass
    with (
        s3.refusing(),
        pytest.raises(HomeUnwritableError, match=r"access is denied.*AWS_ACCESS_KEY_ID"),
        Home(f"s3://{BUCKET}/x").lock(),
    ):
        pass
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(objects, "_FIRST_PATIENCE", 1)
    with (
        pytest.raises(HomeUnreachableError, match=r"cannot be reached.*refused.*AWS_ENDPOINT_URL"),
        Home(f"s3://{BUCKET}/x").lock(),
    ):
        pass


@pytest.mark.parametrize(
    ("uri", "variable"),
    [("s3://bucket/x", "AWS_ACCESS_KEY_ID"), ("gs://bucket/x", "GOOGLE_APPLICATION_CREDENTIALS")],
)
def test_who_gives_no_credentials_is_told_which_are_missing(uri: str, variable: str) -> None:
    said = "Error performing PUT http://169.254.169.254/latest/api/token: 403 Forbidden"
    with (
        pytest.raises(HomeUnreachableError, match=rf"no credentials are in the environment \({variable}"),
        objects._plain_errors(uri),
    ):
        raise exceptions.GenericError(said)


@pytest.mark.parametrize("uri", ["s3://", "s3:///prefix", "gs:///x"])
def test_a_home_without_a_bucket_is_refused(uri: str) -> None:
    with pytest.raises(HomeError, match=r"names no bucket: give .*://bucket/prefix"):
        Home(uri)


def test_who_asks_is_said_to_be_missing_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(HomeError, match=r"cannot be opened: .*AZURE_STORAGE_ACCOUNT_NAME"):
        Home("az://container/x")


@pytest.mark.parametrize("given", ["4GB", "-1", "1.5"])
def test_a_bound_for_scratch_is_a_number_of_megabytes(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_SCRATCH_MB", given)
    with pytest.raises(HomeError, match=f"VINCICODER_SCRATCH_MB is '{given}'"):
        Home("memory://scratch")


class _Forgets(ObjectStore):
    """A store that keeps some conditions, and not those of `ignored`."""

    ignored = ""

    def write_if(self, relative: str, data: bytes, tag: str | None) -> str | None:
        if self.ignored == ("If-None-Match" if tag is None else "If-Match"):
            obstore.put(self._store, relative, data)
            return super().read_tagged(relative)[1]  # type: ignore[index]
        if self.ignored == "refuses" and tag is not None:
            return None
        return super().write_if(relative, data, tag)


@pytest.mark.parametrize(
    ("ignored", "says"),
    [
        ("If-None-Match", "overwrites an object that is to be created"),
        ("If-Match", "replaces an object that is not as it was read"),
        ("refuses", "does not replace an object that is as it was read"),
    ],
)
def test_a_store_that_forgets_a_condition_is_refused(ignored: str, says: str) -> None:
    store = _Forgets("memory://forgets")
    store.ignored = ignored
    with pytest.raises(HomeError, match=says):
        store.require_conditions()


def test_a_store_that_takes_requests_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_FIRST_PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{mute.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(HomeUnreachableError, match="cannot be reached"), Home(f"s3://{BUCKET}/x").lock():
            pass
        assert time.monotonic() - began < 60, "ten minutes before"


class _Drops(BaseHTTPRequestHandler):
    """Ends the first 15 connections without an answer, as an overloaded server does."""

    tries = 0

    def do_GET(self) -> None:
        type(self).tries += 1
        if self.tries > 15:
            self.send_response(200)
            for name, value in (("Content-Length", "4"), ("ETag", "x"), ("Last-Modified", _WHEN)):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"data")


def test_time_and_not_a_count_ends_the_tries(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_WAITS", (0.01, 0.05))
    with HTTPServer(("127.0.0.1", 0), _Drops) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            assert Home("s3://bucket/x").read_bytes("file") == b"data"
        finally:
            server.shutdown()


def test_a_store_that_overwrites_what_is_to_be_created_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda *values, mode=None, **named: put(*values, **named))
    with pytest.raises(HomeError, match="If-None-Match"), home.lock():
        pass


def test_an_unknown_protocol_is_named(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="received nowhere://"):
        Home("nowhere://bucket")


def test_references_are_listed_not_asked_for_one_by_one(home: Home, s3: S3Server) -> None:
    pictures = [f"picture {number}".encode() for number in range(40)]
    rows = [
        {"reference_sha256": hashlib.sha256(one).hexdigest(), "images": [{"bytes": one, "path": None}]}
        for one in [*pictures, *pictures[:10]]
    ]

    def publish() -> Counter[str]:
        before = len(s3.requests())
        write_rl_files(home, "v", {"train": len(rows)}, lambda _: iter([rows]), "A card.", ["CC0-1.0"])
        return Counter(one.split()[0] for one in s3.requests()[before:])

    asked = publish()
    folders = len({row["reference_sha256"][:2] for row in rows})
    assert (asked["HEAD"], asked["GET"]) == (0, folders)
    again = publish()
    assert asked["PUT"] - again["PUT"] == len(pictures)
    assert again["GET"] == folders + len(pictures)
    damaged = rows[0]["reference_sha256"]
    home.write_bytes(f"releases/rl/v/{reference_path(damaged)}", b"x")
    assert reference_problems(home, "v") == {damaged: f"{reference_path(damaged)} is not what was published"}
    publish()
    assert reference_problems(home, "v") == {}
