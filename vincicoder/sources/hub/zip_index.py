"""The table of contents of a zip archive, read in parts of bounded size.

`zipfile.ZipFile` keeps an object of some 600 bytes for every member, 680 MB for a million. Here the table is
cut into parts of some thousand entries, and `zipfile` reads each part, and each member, as a small archive of
its own. It decides what names, sizes and checksums mean.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import IO, NamedTuple

# APPNOTE.TXT 6.3.10, 4.3: the records' signatures and layouts.
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64_BYTES = 20
_LONGEST_COMMENT = 0xFFFF
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_MEMBER = struct.Struct("<4s2B4HL2L2H")
_END_MARK, _END_64_MARK, _ENTRY_MARK, _MEMBER_MARK = b"PK\5\6", b"PK\6\6", b"PK\1\2", b"PK\3\4"

_PART_BYTES = 1 << 18


class MemberPlace(NamedTuple):
    """Where a member lies and how it is packed. `kind` is its method and, 16 bits up, its flags."""

    start: int
    packed_size: int
    size: int
    crc: int
    kind: int


def read_index(stream: IO[bytes]) -> Iterator[tuple[str, MemberPlace]]:
    """Yield the name and place of every member, in the order of the table; one that cannot lie before the
    table is left out.

    Raises zipfile.BadZipFile or NotImplementedError where the table cannot be read.
    """
    table, left, shift = _find_table(stream)
    position, rest = table, b""
    while left:
        stream.seek(position)
        block = stream.read(min(left, _PART_BYTES))
        if not block:
            raise zipfile.BadZipFile("the table of contents is cut off")
        position, left = position + len(block), left - len(block)
        block = rest + block
        whole = _whole_entries(block)
        if not whole and not left:
            raise zipfile.BadZipFile("the table of contents ends within an entry")
        with zipfile.ZipFile(io.BytesIO(block[:whole] + _end_record(whole, 0))) as part:
            for info in part.infolist():
                kind = info.compress_type | info.flag_bits << 16
                start = info.header_offset + shift
                if 0 <= start < table:
                    sizes = info.compress_size, info.file_size
                    yield info.filename, MemberPlace(start, *sizes, info.CRC, kind)
        rest = block[whole:]


def read_member(stream: IO[bytes], place: MemberPlace) -> bytes:
    """Return a member's bytes, with its checksum compared.

    Raises what `zipfile` raises for a member that is broken, encrypted or packed in an unknown way.
    """
    stream.seek(place.start)
    header = stream.read(_MEMBER.size)
    if len(header) < _MEMBER.size or header[:4] != _MEMBER_MARK:
        raise zipfile.BadZipFile(f"no member begins at byte {place.start}")
    name_bytes, extra_bytes = _MEMBER.unpack(header)[-2:]
    body = stream.read(name_bytes + extra_bytes + place.packed_size)
    method, flags = place.kind & 0xFFFF, place.kind >> 16
    fields = (20, 0, 20, 0, flags, method, 0, 0, place.crc, place.packed_size, place.size)
    entry = _ENTRY.pack(_ENTRY_MARK, *fields, name_bytes, 0, 0, 0, 0, 0, 0) + body[:name_bytes]
    member = header + body
    with zipfile.ZipFile(io.BytesIO(member + entry + _end_record(len(entry), len(member)))) as archive:
        return archive.read(archive.infolist()[0])


def _find_table(stream: IO[bytes]) -> tuple[int, int, int]:
    """Return where the table lies, its bytes, and by how much the offsets in it are too small: another file
    may stand before the archive."""
    size = stream.seek(0, io.SEEK_END)
    tail_start = max(0, size - _END.size - _LONGEST_COMMENT - _LOCATOR_64_BYTES - _END_64.size)
    stream.seek(tail_start)
    tail = stream.read()
    end = tail.rfind(_END_MARK)
    if end < 0 or len(tail) - end < _END.size:
        raise zipfile.BadZipFile("no table of contents: the file is cut off, or no zip archive")
    table_bytes, offset = _END.unpack_from(tail, end)[5:7]
    wide = end - _LOCATOR_64_BYTES - _END_64.size
    if wide >= 0 and tail[wide : wide + 4] == _END_64_MARK:
        table_bytes, offset = _END_64.unpack_from(tail, wide)[8:10]
        end = wide
    position = tail_start + end - table_bytes
    if position < 0:
        raise zipfile.BadZipFile("the table of contents is longer than the file")
    return position, table_bytes, position - offset


def _whole_entries(block: bytes) -> int:
    """Return how many bytes of a part of the table are whole entries.

    Raises zipfile.BadZipFile where something else than an entry follows one.
    """
    position = 0
    while position + _ENTRY.size <= len(block):
        if block[position : position + 4] != _ENTRY_MARK:
            raise zipfile.BadZipFile("the table of contents holds something else than entries")
        following = position + _ENTRY.size + sum(_ENTRY.unpack_from(block, position)[12:15])
        if following > len(block):
            break
        position = following
    return position


def _end_record(table_bytes: int, offset: int) -> bytes:
    return _END.pack(_END_MARK, 0, 0, 0, 0, table_bytes, offset, 0)
