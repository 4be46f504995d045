"""The reward's former place, kept for one release: import `vincicoder.reward` instead."""

import warnings

from vincicoder.reward import *  # noqa: F403
from vincicoder.reward import __all__ as __all__

warnings.warn(
    "vincicoder.train.reward is now vincicoder.reward; the old name goes with the next release",
    DeprecationWarning,
    stacklevel=2,
)
