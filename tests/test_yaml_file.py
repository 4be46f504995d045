"""What is wrong with a file of settings is one line that names the file and the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli.gate import read_gate
from vincicoder.compose import load_recipe
from vincicoder.evaluate.judge_config import load_judge_config
from vincicoder.refine.config import load_refine_config
from vincicoder.sample import UserError
from vincicoder.select.recipe import load_selection_recipe
from vincicoder.sources.own.source_config import load_source_config
from vincicoder.train.recipes import load_recipe_file

_READERS: dict[str, Callable[[Path], object]] = {
    "release recipe": lambda path: load_recipe(str(path)),
    "selection recipe": lambda path: load_selection_recipe(str(path)),
    "training recipe": load_recipe_file,
    "refinement": load_refine_config,
    "judge": load_judge_config,
    "gate": read_gate,
    "sources": load_source_config,
}


@pytest.mark.parametrize("reader", _READERS)
@pytest.mark.parametrize(
    "content",
    [
        *(b"a: [1", b"\xff\xfe\x00", b"", b"- 1\n- 2\n", b"just words"),
        *(b"a: 2024-13-45", b"a: !!int x", b"a: !!bool x", b"a: !!timestamp x", b"[" * 3000, b"a: \x00"),
    ],
)
def test_what_is_no_mapping_of_settings_is_said(reader: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError) as raised:
        _READERS[reader](path)
    said = str(raised.value)
    assert str(path) in said and "\n" not in said and "pydantic" not in said, said


@pytest.mark.parametrize(
    ("reader", "content", "says"),
    [
        ("release recipe", "name: x\nvalidation_percent: 300", r"validation_percent: .*50 \(received 300\)"),
        ("release recipe", "name: [x", "line 1: expected ',' or ']', but got '<stream end>'"),
        ("release recipe", "name: x\nquota: []", "quota: Extra inputs are not permitted"),
        ("selection recipe", "rows: 0", r"rows: .*\(received 0\)"),
        ("training recipe", "kind: sft\nmodel: 5", r"sft.model: Input should be a valid string"),
        ("refinement", "maker: nobody", r"maker: .*\(received 'nobody'\)"),
        ("judge", "model: m\nendpoint: http://h/v1\nrubrics: [x]", r"rubrics: received rubrics \('x',\)"),
    ],
)
def test_each_wrong_field_is_named(reader: str, content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=says):
        _READERS[reader](path)


@pytest.mark.parametrize(
    ("reader", "content"),
    [
        ("judge", "model: m\nendpoint: http://h/v1\nrubrics: [chartmimic]\napi_key: s3cret"),
        ("refinement", "maker: openai\nmodel: {model: m, endpoint: 'http://me:s3cret@host/v1'}"),
        ("refinement", "maker: openai\nmodel: {model: m, endpoint: 'http://h/v1', key: s3cret}"),
        ("refinement", "maker: openai\nmodel: [{key: s3cret}]"),
        ("training recipe", "kind: sft\nhub_token: s3cret"),
        ("judge", "model: m\nkey: s3cret]: ["),
        ("judge", "s3cret"),
        ("judge", "model: m\nconcurrency: s3cret"),
        ("judge", "model: m\nkey: !s3cret"),
        ("judge", "model: m\nkey: *s3cret"),
        ("refinement", "maker: openai\nmodel: s3cret"),
        ("refinement", "maker: openai\nmodel: {key:s3cret}"),
        ("training recipe", "kind: sft\nenvironment: {variables: 'TOKEN=s3cret'}"),
    ],
)
def test_a_key_in_the_wrong_place_is_not_shown(reader: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(content)
    with pytest.raises(UserError) as raised:
        _READERS[reader](path)
    assert "s3cret" not in str(raised.value)


def test_a_number_that_has_no_text_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(f"rows: -0x{'f' * 5000}")
    with pytest.raises(UserError, match="rows: Input should be greater"):
        load_selection_recipe(str(path))
    path.write_text(f"few_rows: 1{'0' * 400}")
    with pytest.raises(UserError, match="few_rows"):
        read_gate(path)
