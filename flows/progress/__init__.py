"""Progress of a build: `BuildClock` counts, and its watchers show, as lines, as live bars, or in Prefect."""

from flows.progress.clock import BuildClock, StageProgress, StageWatcher

__all__ = ["BuildClock", "StageProgress", "StageWatcher"]
