"""The Arrow schemas: one for samples, from which the shard files and the release derive."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

SAMPLE_FIELDS = [
    pa.field("sample_id", pa.string(), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("source_id", pa.string(), nullable=False),
    pa.field("source_revision", pa.string(), nullable=False),
    pa.field("license", pa.string(), nullable=False),
    pa.field("domain", pa.string(), nullable=False),
    pa.field("language", pa.string(), nullable=False),
    pa.field("task", pa.string(), nullable=False),
    pa.field("code", pa.string(), nullable=False),
    pa.field("code_sha256", pa.string(), nullable=False),
]

# Files beside the code that it reads: see `storage.data_files`.
DATA_FILES_TYPE = pa.list_(
    pa.struct([pa.field("name", pa.string()), pa.field("sha256", pa.string()), pa.field("bytes", pa.int64())])
)

# What collecting and cleaning add: the data files that the code reads; what they changed in the code, in
# order, empty where nothing; and how many tokens of the target model the code has.
CLEAN_FIELDS = [
    pa.field("data_files", DATA_FILES_TYPE, nullable=False),
    pa.field("changes", pa.list_(pa.string()), nullable=False),
    pa.field("tokens", pa.int32(), nullable=False),
]

# What rendering adds. The PNG itself stays in the `renders.parquet` of the output named by
# `render_output`, at row `render_row`: image bytes are written once here and copied once, at publish.
RENDER_FIELDS = [
    pa.field("image_width", pa.int32(), nullable=False),
    pa.field("image_height", pa.int32(), nullable=False),
    pa.field("image_origin", pa.string(), nullable=False),
    pa.field("pixels_sha256", pa.string(), nullable=False),
    pa.field("phash", pa.uint64(), nullable=False),
    pa.field("thumbnail", pa.binary(), nullable=False),
    pa.field("render_fingerprint", pa.string(), nullable=False),
    pa.field("render_seconds", pa.float32(), nullable=False),
    pa.field("render_output", pa.string(), nullable=False),
    pa.field("render_row", pa.int32(), nullable=False),
    # What the program did while it drew: see `vincicoder.render.notes`.
    pa.field("render_notes", pa.list_(pa.string()), nullable=False),
    # The libraries that drew it: see `vincicoder.render.stacks`; null for a language that has none.
    pa.field("stack", pa.string()),
]

# What verification adds: the share of the border at which content is cut off (null where it is unknown,
# see `vincicoder.verify.clipped`); how similar the render is to the corpus's own picture (1: the same), and
# the distances behind it (see `vincicoder.verify.own_picture`), null where the corpus has none.
VERIFY_FIELDS = [
    pa.field("clipped", pa.float32()),
    pa.field("similarity", pa.float32()),
    pa.field("source_structure", pa.float32()),
    pa.field("source_detail", pa.float32()),
    pa.field("source_hash", pa.float32()),
    pa.field("source_color", pa.float32()),
    pa.field("source_aspect", pa.float32()),
    pa.field("source_missing", pa.float32()),
    pa.field("source_chroma", pa.float32()),
]

# What deduplication adds: rows of one cluster are alike and must fall on one side of a split. The id is
# the `sample_id` of the cluster's most preferred row.
DEDUP_FIELDS = [pa.field("cluster_id", pa.string(), nullable=False)]

# What the refine stage adds; all null for direct samples. The flawed render lies where `flawed_output` and
# `flawed_row` say, like the target's.
REFINE_FIELDS = [
    pa.field("target_id", pa.string()),
    pa.field("flawed_code", pa.string()),
    pa.field("flaw_maker", pa.string()),
    pa.field("flaw_kinds", pa.list_(pa.string())),
    pa.field("flaw_detail", pa.string()),
    pa.field("flaw_error", pa.string()),
    pa.field("flaw_similarity", pa.float32()),
    pa.field("difficulty", pa.string()),
    pa.field("flawed_output", pa.string()),
    pa.field("flawed_row", pa.int32()),
]

# One row per flaw that was tried.
FLAW_SCHEMA = pa.schema(
    [
        pa.field("sample_id", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("round", pa.int32(), nullable=False),
        pa.field("maker", pa.string(), nullable=False),
        pa.field("kinds", pa.list_(pa.string()), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("similarity", pa.float32()),
    ]
)

COMPOSE_FIELDS = [
    pa.field("chart_type", pa.string(), nullable=False),
    pa.field("instruction", pa.string(), nullable=False),
    pa.field("split", pa.string(), nullable=False),
]

SAMPLE_SCHEMA = pa.schema(SAMPLE_FIELDS)
CLEANED_SCHEMA = pa.schema(SAMPLE_FIELDS + CLEAN_FIELDS)
RENDERED_SCHEMA = pa.schema(SAMPLE_FIELDS + CLEAN_FIELDS + RENDER_FIELDS)
VERIFIED_SCHEMA = pa.schema(SAMPLE_FIELDS + CLEAN_FIELDS + RENDER_FIELDS + VERIFY_FIELDS)
COMPOSED_SCHEMA = pa.schema(
    [
        *(*SAMPLE_FIELDS, *CLEAN_FIELDS, *RENDER_FIELDS, *VERIFY_FIELDS),
        *(*DEDUP_FIELDS, *REFINE_FIELDS, *COMPOSE_FIELDS),
    ]
)

# One row per source that has pictures of its own: the bounds beyond which a render is a mismatch.
THRESHOLDS_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("rows", pa.int64()),
        ("learned", pa.bool_()),
        ("structure", pa.float64()),
        ("detail", pa.float64()),
        ("hash", pa.float64()),
        ("color", pa.float64()),
        ("aspect", pa.float64()),
        ("missing", pa.float64()),
        ("chroma", pa.float64()),
    ]
)

# One row per row of a shard: what deduplication and decontamination know of its code. The MinHash
# signatures are 128 little-endian uint16 each: see `vincicoder.dedup.minhash`.
_MINHASH = pa.binary(256)
SIGNATURE_SCHEMA = pa.schema(
    [
        pa.field("sample_id", pa.string(), nullable=False),
        pa.field("code_characters", pa.int64(), nullable=False),
        pa.field("normal_sha256", pa.string(), nullable=False),
        pa.field("code_minhash", _MINHASH, nullable=False),
        pa.field("unnamed_minhash", _MINHASH, nullable=False),
        pa.field("template_minhash", _MINHASH, nullable=False),
    ]
)

# One row per program that was really run: what the cache answers from.
RENDERS_SCHEMA = pa.schema(
    [
        pa.field("render_key", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("detail", pa.string(), nullable=False),
        pa.field("image_width", pa.int32(), nullable=False),
        pa.field("image_height", pa.int32(), nullable=False),
        pa.field("pixels_sha256", pa.string()),
        pa.field("phash", pa.uint64()),
        pa.field("thumbnail", pa.binary()),
        pa.field("render_seconds", pa.float32(), nullable=False),
        pa.field("notes", pa.list_(pa.string()), nullable=False),
        pa.field("png", pa.binary()),
    ]
)

# The corpora's own pictures of kept rows, as collected: compared with the renders, never released.
SOURCE_IMAGES_SCHEMA = pa.schema(
    [
        pa.field("sample_id", pa.string(), nullable=False),
        pa.field("image", pa.binary(), nullable=False),
    ]
)

REJECT_SCHEMA = pa.schema(
    [
        *SAMPLE_FIELDS,
        pa.field("stage", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        # What was measured and the threshold that decided, where one did.
        pa.field("value", pa.float64()),
        pa.field("bound", pa.float64()),
        # See `vincicoder.error_class`.
        pa.field("error_class", pa.string()),
        pa.field("render_seconds", pa.float32()),
    ]
)

DUPLICATE_SCHEMA = pa.schema(
    [
        pa.field("removed_id", pa.string(), nullable=False),
        pa.field("kept_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("distance", pa.int32(), nullable=False),
    ]
)

# One row per chosen benchmark and one for every other one that is known.
BENCHMARK_SCHEMA = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("checked", pa.bool_(), nullable=False),
        pa.field("items", pa.int64(), nullable=False),
        pa.field("with_code", pa.int64(), nullable=False),
        pa.field("with_picture", pa.int64(), nullable=False),
    ]
)

IMAGE_TYPE = pa.struct([pa.field("bytes", pa.binary()), pa.field("path", pa.string())])
MESSAGE_TYPE = pa.list_(pa.struct([pa.field("role", pa.string()), pa.field("content", pa.string())]))


def _release_schema() -> pa.Schema:
    fields = [
        *(field for field in SAMPLE_FIELDS if field.name != "code_sha256"),
        pa.field("instruction", pa.string(), nullable=False),
        pa.field("flawed_code", pa.string()),
        pa.field("messages", MESSAGE_TYPE),
        # Nullable as `datasets` declares it: it compares fields and would else not decode.
        pa.field("image", IMAGE_TYPE),
        pa.field("image_width", pa.int32(), nullable=False),
        pa.field("image_height", pa.int32(), nullable=False),
        pa.field("image_origin", pa.string(), nullable=False),
        pa.field("code_sha256", pa.string(), nullable=False),
        # Signed, in the catalogue too: ms-swift's loader overflows on uint64.
        pa.field("phash", pa.int64(), nullable=False),
        pa.field("render_fingerprint", pa.string(), nullable=False),
        pa.field("stack", pa.string()),
        # They lie in the release's folder `data-files`, by their hash.
        pa.field("data_files", DATA_FILES_TYPE),
        # A measurement, so never the same twice: null here, real in the catalogue.
        pa.field("render_seconds", pa.float32()),
        # To the corpus's own image, 0 to 1; null where the corpus has none.
        pa.field("similarity", pa.float32()),
        pa.field("chart_type", pa.string(), nullable=False),
        # Rows of one cluster are near-duplicates of one another, and lie in one split.
        *DEDUP_FIELDS,
        # Of refinement samples: the direct sample they belong to, who made the flaw and what it is.
        *(field for field in REFINE_FIELDS if not field.name.startswith("flawed_")),
        pa.field("created_by", pa.string(), nullable=False),
    ]
    return pa.schema(fields)


def with_features(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the metadata by which `datasets` reads its files: pictures are decoded to PIL
    images, and a hub shows them. TRL takes pictures in no other form."""
    features = {field.name: _feature(field.type) for field in schema}
    info = json.dumps({"info": {"features": features}}, sort_keys=True)
    return schema.with_metadata({"huggingface": info})


def _feature(arrow_type: pa.DataType) -> Any:
    if arrow_type == IMAGE_TYPE:
        return {"_type": "Image"}
    if pa.types.is_struct(arrow_type):
        return {field.name: _feature(field.type) for field in arrow_type}
    if pa.types.is_list(arrow_type):
        return [_feature(arrow_type.value_type)]
    name = {"float": "float32", "double": "float64"}.get(str(arrow_type), str(arrow_type))
    return {"dtype": name, "_type": "Value"}


RELEASE_SCHEMA = with_features(_release_schema())
