"""Tells threadpoolctl which libraries are loaded, so that a sample need not read it from the kernel.

Parts of scikit-learn (KMeans, GaussianMixture) ask it before they compute. It looks into
/proc/self/maps, which the sandbox keeps from samples where there are no namespaces.
"""

from __future__ import annotations

import sys
from typing import Any

_initialise: Any = None  # the class's own, from before `install`


def prepare_thread_pools() -> None:
    """In the warm process, after imports: look once, for all later forks."""
    global _initialise
    module = sys.modules.get("threadpoolctl")
    if module is None:
        return
    controller: Any = module.ThreadpoolController
    if _initialise is None:
        _initialise = controller.__init__
    controller.__init__ = _initialise
    found = tuple(controller().lib_controllers)

    def initialise(self: Any) -> None:
        self.lib_controllers = list(found)

    controller.__init__ = initialise
