"""Pushes a release to a dataset hub (huggingface_hub): a plan first, the upload only when asked for."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from huggingface_hub import DatasetCard, HfApi

from storage.catalog_views import write_public_copy
from storage.manifest import load_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Above this a single commit is fragile: the resumable uploader of many commits takes over.
_ONE_COMMIT_BYTES = 5_000_000_000


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What would be uploaded: relative paths with their bytes, and whether in one commit."""

    repository: str
    version: str
    files: list[tuple[str, int]]
    one_commit: bool

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.files)


def plan_push(folder: Path, repository: str) -> PushPlan:
    """Return what a push of this release would upload.

    References of an RL release are left out: the rows hold the same pictures. Raises ValueError where the
    card's header is not one that a hub takes, FileNotFoundError where the folder is no release or lacks a
    file of it.
    """
    folder = folder.resolve()  # `current` may be switched while this reads
    manifest = load_manifest(folder)
    try:
        header = DatasetCard.load(folder / "README.md", ignore_metadata_errors=False).data.to_dict()
    except yaml.YAMLError as error:
        raise ValueError(f"the card of {folder} has a header that is not YAML: {error}") from error
    if not header.get("configs"):
        raise ValueError(f"the card of {folder} has no `configs`: a hub could not tell its splits")
    paths = [*(file.path for file in manifest.files), "manifest.json"]
    if manifest.kind == "sft":
        paths.append("catalog.duckdb")
    files = [(path, (folder / path).stat().st_size) for path in sorted(paths)]
    total = sum(size for _, size in files)
    return PushPlan(repository, manifest.version, files, total <= _ONE_COMMIT_BYTES)


def push_release(folder: Path, plan: PushPlan, cache: Path, private: bool, token: str | None = None) -> str:
    """Upload as planned; return the address. Pushing the same release again uploads at most the catalogue.
    What is uploaded is laid out below `cache`.

    The token is the hub's own (`hf auth login`, or `HF_TOKEN`). Raises the hub's errors as they are.
    """
    api = HfApi(token=token)
    api.create_repo(plan.repository, repo_type="dataset", private=private, exist_ok=True)
    patterns = [path for path, _ in plan.files]
    with stage(folder, plan, cache) as staged:
        if plan.one_commit:
            done = api.upload_folder(
                repo_id=plan.repository,
                repo_type="dataset",
                folder_path=staged,
                allow_patterns=patterns,
                commit_message=f"Release {plan.version}",
            )
            return str(done.commit_url)
        api.upload_large_folder(
            repo_id=plan.repository, repo_type="dataset", folder_path=staged, allow_patterns=patterns
        )
    return f"{api.endpoint}/datasets/{plan.repository}"


@contextmanager
def stage(folder: Path, plan: PushPlan, cache: Path) -> Iterator[Path]:
    """Yield a folder with what is uploaded: links to the release's files, and a catalogue that tells nothing
    of the machine it was built on. It stays where an upload fails, so that the next one can resume."""
    staged = cache / "push" / plan.version
    for path, _ in plan.files:
        target = staged / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path == "catalog.duckdb":
            target.unlink(missing_ok=True)
            write_public_copy(folder / path, target, load_manifest(folder).config)
        else:
            target.unlink(missing_ok=True)
            target.symlink_to((folder / path).resolve())
    yield staged
    shutil.rmtree(staged)
