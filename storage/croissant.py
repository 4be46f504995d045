"""`croissant.json` of a release: the MLCommons Croissant 1.1 description that dataset search engines read.

The terms are those of https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html. mlcroissant
validates the file, and reads the rows of a release through it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from storage.schemas import IMAGE_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.manifest import ReleaseFile

_Json = dict[str, Any]

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


_PARQUET = "application/x-parquet"  # as the specification and mlcroissant name it
_TYPES = {
    pa.string(): "sc:Text",
    pa.bool_(): "sc:Boolean",
    pa.int8(): "cr:Int8",
    pa.int32(): "cr:Int32",
    pa.int64(): "cr:Int64",
    pa.uint64(): "cr:UInt64",
    pa.float32(): "cr:Float32",
    pa.float64(): "cr:Float64",
    pa.binary(): "sc:Text",
}


def croissant(
    name: str,
    about: str,
    licenses: Iterable[str],
    files: Iterable[ReleaseFile],
    schema: pa.Schema,
    notes: Mapping[str, str],
) -> bytes:
    """Return the bytes of `croissant.json`: a record set for each split, a field for each column.

    Of `files`, the Parquet files are described, with their hashes. `notes` says what columns mean. There is
    no date of publication: nothing in a release depends on the clock. Raises KeyError for a type of column
    that has no word there.
    """
    data = [file for file in files if file.rows is not None]
    splits = sorted({_split(file) for file in data})
    return (
        json.dumps(
            {
                "@context": _CONTEXT,
                "@type": "sc:Dataset",
                "conformsTo": "http://mlcommons.org/croissant/1.1",
                "name": name,
                "description": about,
                "version": "1.0.0",
                "license": sorted(licenses),
                "distribution": [
                    *(_file(file) for file in data),
                    *(_file_set(split, data) for split in splits),
                ],
                "recordSet": [
                    {
                        "@type": "cr:RecordSet",
                        "@id": f"rows/{split}",
                        "name": split,
                        "field": [
                            _field(f"rows/{split}/{field.name}", field, split, notes.get(field.name, ""))
                            for field in schema
                        ],
                    }
                    for split in splits
                ],
            },
            indent=1,
        )
        + "\n"
    ).encode()


def _split(file: ReleaseFile) -> str:
    return file.path.removeprefix("data/").partition("-")[0]


def _file(file: ReleaseFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _PARQUET,
        "sha256": file.sha256,
    }


def _file_set(split: str, data: Iterable[ReleaseFile]) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": split,
        "name": split,
        "containedIn": [{"@id": file.path} for file in data if _split(file) == split],
        "encodingFormat": _PARQUET,
        "includes": f"data/{split}-*.parquet",
    }


def _field(name: str, field: pa.Field, split: str, note: str, inside: str = "", column: str = "") -> _Json:
    """Describe a column, or a part of one, which lies `inside` the values of `column`."""
    kind = field.type
    column = column or field.name
    described: _Json = {"@type": "cr:Field", "@id": name, "name": field.name}
    if note:
        described["description"] = note
    if pa.types.is_list(kind):
        described["repeated"] = True
        kind, inside = kind.value_type, f"{inside}[*]"
    if kind == IMAGE_TYPE:
        described["dataType"], inside = "sc:ImageObject", _within(inside, "bytes")
    elif pa.types.is_struct(kind):
        described["subField"] = [
            _field(f"{name}/{part.name}", part, split, "", _within(inside, part.name), column)
            for part in kind
        ]
        return described
    else:
        described["dataType"] = _TYPES[kind]
        inside = "" if inside == "[*]" else inside
    source: _Json = {"fileSet": {"@id": split}, "extract": {"column": column}}
    described["source"] = {**source, "transform": {"jsonPath": inside}} if inside else source
    return described


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
