"""What a warm process draws before the first sample leaves nothing that a later picture could show.

It runs in a process of its own, as a worker's does: this one has state of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys

_LOOK = """
import json, sys
from pathlib import Path
import vincicoder.render.languages.python.warm_imports as warm_imports
warm_imports.import_light(Path(sys.argv[1]))
import matplotlib, matplotlib.colors, matplotlib.pyplot as plt, matplotlib.units, numpy as np

def look():
    return {
        "settings": {name: str(value) for name, value in matplotlib.rcParams.items()},
        "units": sorted(f"{kind}: {type(tool)}" for kind, tool in matplotlib.units.registry.items()),
        "names": {name: str(value) for name, value in matplotlib.colors.get_named_colors_mapping().items()},
        "letters": {name: str(value) for name, value in matplotlib.colors.colorConverter.colors.items()},
        "maps": sorted(matplotlib.colormaps),
        "figures": plt.get_fignums(),
        "floats": [str(np.get_printoptions()), str(np.geterr())],
        "pandas": sys.modules["pandas"].options.display.max_rows if "pandas" in sys.modules else None,
    }

from vincicoder.render.languages.python.capture.install import install_hooks
from vincicoder.render.languages.python.warm_up import warm_up_heavy, warm_up_light
install_hooks()
plt.figure(); plt.close()
light = look()
warm_up_light()
changed = [name for name, value in look().items() if light[name] != value]
warm_imports.import_heavy()
heavy = look()
warm_up_heavy()
changed += [name for name, value in look().items() if heavy[name] != value]
added = [name for name in heavy if heavy[name] != light[name]]
print(json.dumps([changed, added]), len(heavy["settings"]))
"""


def test_the_first_drawings_leave_no_setting_colour_converter_or_figure(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOOK, str(tmp_path)], capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lists, settings = done.stdout.rsplit(maxsplit=1)
    changed, added = json.loads(lists)
    assert changed == []
    # Seaborn's colour maps: code that uses them without importing it fails, as it does for whoever wrote it.
    assert added == ["maps", "pandas"]
    assert int(settings) > 200
