"""Which model a recipe means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.runs import RunRegistry
from vincicoder.train import launcher
from vincicoder.train.recipes import TINY_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.home import Home


def resolve_model(home: Home, model: str, texts: Callable[[], list[str]]) -> tuple[Path | str, str | None]:
    """Return where a recipe's model is, and the checkpoint it is, where that is one of ours.

    `run:latest-sft` and `run:latest-grpo` mean the newest finished run, `run:ID` that one, `tiny-random` a
    tiny model made of nothing, an existing folder itself; anything else is a hub id. Raises
    FileNotFoundError.
    """
    if model.startswith("run:"):
        wanted, registry = model.removeprefix("run:"), RunRegistry(home)
        kind = wanted.removeprefix("latest-") if wanted.startswith("latest-") else None
        found = registry.latest_checkpoint(kind) if kind else registry.checkpoint_of_run(wanted)
        if found is None:
            known = ", ".join(run["run_id"] for run in registry.runs()) or "none yet"
            raise FileNotFoundError(
                f"model {model!r}: no checkpoint is registered for it in {home.uri}; runs are: {known}. "
                "Train one first, or name a folder or a hub id"
            )
        return Path(found["path"]), str(found["checkpoint_id"])
    if model == TINY_MODEL:
        folder = home.working_path("models/tiny-random")
        if not (folder / "tokenizer_config.json").is_file():
            launcher.make_tiny(folder, texts())
        return folder, None
    if Path(model).expanduser().is_dir():
        return Path(model).expanduser().absolute(), None
    if model.startswith(("/", ".", "~")):
        raise FileNotFoundError(f"model {model!r}: there is no such folder")
    return model, None


def parent_recipe(home: Home, checkpoint_id: str | None) -> dict[str, Any] | None:
    """Return the recipe of the run that a checkpoint is of, None where it is not one of ours."""
    if checkpoint_id is None:
        return None
    return dict(RunRegistry(home).run(checkpoint_id.rpartition("/")[0])["recipe"])
