"""Zip archives by our index: what `zipfile` finds in them, in memory that grows by some numbers a member."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from vincicoder.sources.hub import zip_index
from vincicoder.sources.hub.zip_index import MemberPlace, read_index, read_member

CONTENT = {f"pictures/{number}.png": bytes([number]) * number * 40 for number in range(40)} | {
    "é/日本.png": b"x"
}


def _packed(content: dict[str, bytes] = CONTENT, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name)
            info.compress_type, info.comment = method, b"a comment of " + name.encode()
            with archive.open(info, "w", force_zip64=len(data) % 3 == 0) as member:
                member.write(data)
        archive.comment = b"PK is how an archive's comment may begin"
    return stream.getvalue()


def _with_wide_end(packed: bytes) -> bytes:
    """Write the end as it is written for more than 65,535 members."""
    end = packed.rfind(b"PK\5\6")
    size, offset = struct.unpack_from("<2L", packed, end + 12)
    count = len(CONTENT)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return packed[:end] + wide + locator + last


@pytest.mark.parametrize("part_bytes", [64, 300, 1 << 20])
@pytest.mark.parametrize(
    "change",
    [
        lambda packed: packed,
        lambda packed: b"#!/bin/sh, and an archive behind it\n" + packed,
        _with_wide_end,
        lambda _: _packed(method=zipfile.ZIP_STORED),
        lambda _: _packed(method=zipfile.ZIP_BZIP2),
        lambda _: _packed({}),
    ],
    ids=["plain", "behind another file", "zip64", "stored", "bzip2", "empty"],
)
def test_it_finds_and_reads_what_zipfile_does(
    change: Callable[[bytes], bytes], part_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_index, "_PART_BYTES", part_bytes)
    stream = io.BytesIO(change(_packed()))
    with zipfile.ZipFile(stream) as archive:
        expected = {info.filename: archive.read(info) for info in archive.infolist()}
    found = {name: read_member(stream, place) for name, place in read_index(stream)}
    assert list(found.items()) == list(expected.items())


def test_what_is_broken_is_refused() -> None:
    packed = bytearray(_packed(method=zipfile.ZIP_STORED))
    places = dict(read_index(io.BytesIO(packed)))
    place = places["pictures/7.png"]
    packed[place.start + 60] ^= 1
    with pytest.raises(zipfile.BadZipFile, match="CRC-32"):
        read_member(io.BytesIO(packed), place)
    with pytest.raises(zipfile.BadZipFile, match=f"no member begins at byte {place.start + 1}"):
        read_member(io.BytesIO(packed), place._replace(start=place.start + 1))
    with pytest.raises(RuntimeError, match="encrypted"):
        read_member(io.BytesIO(packed), place._replace(kind=place.kind | 1 << 16))
    for cut in (packed[:-60], packed[:2000], b"", bytes(packed).replace(b"PK\1\2", b"PK\1\3", 1)):
        with pytest.raises(zipfile.BadZipFile):
            list(read_index(io.BytesIO(cut)))


def test_memory_is_bounded_however_many_members_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_index, "_PART_BYTES", 1 << 15)
    peaks = []
    for count in (1_500, 6_000):
        stream = io.BytesIO(_packed(dict.fromkeys((f"a/{number:06d}.png" for number in range(count)), b"")))
        tracemalloc.start()
        assert sum(isinstance(place, MemberPlace) for _, place in read_index(stream)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
