"""Python samples that attack the machine, other samples or the engine's limits."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite
from vincicoder.render.languages.python.hostile_sharing import SHARING

_NEIGHBOUR = """
import matplotlib.pyplot as plt
plt.plot([1, 2, 3], [3, 1, 2], label="neighbour")
plt.legend()
plt.savefig("chart.png")
"""

# The second warm process draws it.
_SECOND_NEIGHBOUR = """
import pandas as pd
pd.DataFrame({"neighbour": [1, 3, 2]}).plot(title="of the heavy process")
"""

# Draws, so that a sample whose attack fails quietly has a picture to show.
_DRAW = """
import matplotlib.pyplot as plt
plt.plot([1, 2], [1, 2])
plt.show()
"""

_NETWORK = "import graphviz\ndot = graphviz.Digraph()\ndot.edge('a', 'b')\n"
_FIGURE = "import plotly.graph_objects as go\nfig = go.Figure(go.Bar(y=[1, 2]))\n"

_SAMPLES = [
    Hostile("empty", "render.no_output", " "),
    Hostile("endless_loop", "render.timeout", "while True:\n    pass", says="CPU time"),
    Hostile(
        "ignores_every_signal",
        "render.timeout",
        """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
""",
    ),
    Hostile(
        "swallows_every_exception",
        "render.timeout",
        "while True:\n  try:\n    1 / 0\n  except BaseException: pass",
    ),
    Hostile("huge_power", "render.timeout", "x = 9 ** 9 ** 9 ** 9"),
    Hostile("endless_call", "render.timeout", "sum(iter(int, 1))"),  # never comes back to the interpreter
    Hostile("fork_bomb", "render.forbidden", "import os\nwhile True:\n    os.fork()"),
    Hostile(
        "thread_bomb",
        "render.error",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(999,)).start()",
        says="can't start new thread",
    ),
    Hostile(
        "memory_bomb", "render.out_of_memory", "blocks = []\nwhile True:\n    blocks.append(bytearray(10**7))"
    ),
    Hostile(
        "numpy_memory_bomb", "render.out_of_memory", "import numpy as np\nx = np.ones((200_000, 200_000))"
    ),
    Hostile(
        "disk_bomb",
        "render.output_limit",
        "with open('big', 'wb') as f:\n    while True:\n        f.write(b'x' * 1_000_000)",
    ),
    Hostile(
        "many_files_bomb",
        "render.output_limit",
        "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'wb').write(b'x' * 4_000_000)",
    ),
    Hostile("output_flood", "render.output_limit", "while True:\n    print('x' * 100_000)"),
    Hostile("flood_past_python", "render.timeout", "import os\nwhile True:\n    os.write(1, b'x' * 100_000)"),
    Hostile("reads_password_file", "render.forbidden", "print(open('/etc/passwd').read())"),
    Hostile("reads_the_canary", "render.forbidden", "raise SystemExit(open('@CANARY@').read())"),
    Hostile("overwrites_the_canary", "render.forbidden", "open('@CANARY@', 'w').write('gone')"),
    Hostile("deletes_the_canary", "render.forbidden", "import os\nos.remove('@CANARY@')"),
    Hostile("lists_the_root", "render.forbidden", "import os\nos.listdir('/')"),
    Hostile(
        "removes_everything",
        "rendered",
        "import shutil\nshutil.rmtree('/', ignore_errors=True)\n" + _DRAW,
    ),
    Hostile(
        "writes_into_the_packages", "render.forbidden", "import numpy\nopen(numpy.__file__, 'a').write('#')"
    ),
    Hostile(
        "looks_for_the_secret",
        "rendered",
        """
import glob, os
found = str(dict(os.environ))
paths = ["/proc/self/environ", "/proc/1/environ"]
for path in paths + glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        found += open(path, "rb").read().decode("latin-1")
    except OSError:
        pass
assert "@SECRET@" not in found
"""
        + _DRAW,
    ),
    Hostile(
        "finds_no_foreign_process",
        "rendered",
        """
import os
alive = []
for pid in range(2, 40_000):
    try:
        os.kill(pid, 0)
        alive.append(pid)
    except OSError:
        pass
assert alive in ([], [os.getpid()]), alive
"""
        + _DRAW,
    ),
    Hostile(
        "loopback_connection",
        "render.forbidden",
        "import socket\nsocket.create_connection(('127.0.0.1', @PORT@), 2)",
    ),
    Hostile(
        "loopback_datagram",
        "render.forbidden",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @PORT@))",
    ),
    Hostile(
        "fetches_a_page",
        "render.forbidden",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:@PORT@/')",
    ),
    Hostile(
        "outside_network",
        "render.forbidden",
        "import urllib.request\nurllib.request.urlopen('http://example.com/')",
    ),
    Hostile("resolves_a_name", "render.forbidden", "import socket\nsocket.getaddrinfo('example.com', 80)"),
    Hostile(
        "reads_a_remote_table",
        "render.forbidden",
        "import pandas as pd\npd.read_csv('https://example.com/a.csv')",
    ),
    Hostile(
        "loads_a_remote_data_set", "render.forbidden", "import seaborn as sns\nsns.load_dataset('penguins')"
    ),
    Hostile("unix_socket", "render.forbidden", "import socket\nsocket.socket(socket.AF_UNIX)"),
    Hostile("kills_everything", "render.forbidden", "import os\nos.kill(-1, 9)"),
    Hostile("kills_its_parent", "render.forbidden", "import os\nos.kill(os.getppid(), 9)"),
    Hostile("kills_its_group", "render.forbidden", "import os\nos.killpg(0, 9)"),
    Hostile("kills_itself", "render.crashed", "import os\nos.kill(os.getpid(), 9)", says="SIGKILL"),
    Hostile("replaces_json", "rendered", "import json\njson.dumps = None\n" + _DRAW),
    Hostile(
        "replaces_the_encoder",
        "render.error",
        _DRAW + "import json.encoder\njson.encoder.JSONEncoder.encode = json.JSONEncoder.encode = None\n"
        "import json\njson._default_encoder = None",
        says="has replaced parts of Python",
    ),
    Hostile(
        "replaces_built_ins",
        "rendered",
        _DRAW + "import builtins\nfor name in ('len', 'isinstance', 'range', 'print', 'max', 'int'):\n"
        "    setattr(builtins, name, None)",
    ),
    Hostile("replaces_the_way_out", "rendered", _DRAW + "import os\nos._exit = lambda code: None"),
    Hostile(
        "over_pillows_limit",
        "render.too_large",
        "import struct, zlib\n"
        "def chunk(kind, data):\n"
        "    crc = struct.pack('>I', zlib.crc32(kind + data))\n"
        "    return struct.pack('>I', len(data)) + kind + data + crc\n"
        "head = struct.pack('>IIBBBBB', 20_000, 20_000, 8, 2, 0, 0, 0)\n"
        "with open('a.png', 'wb') as f:\n"
        "    f.write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', head) + chunk(b'IEND', b''))",
    ),
    Hostile(
        "writes_a_refused_svg",
        "render.forbidden",
        "open('a.svg', 'w').write('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">'\n"
        "    '<image href=\"file:///etc/passwd\"/></svg>')",
        says="outside",
    ),
    Hostile("segmentation_fault", "render.crashed", "import ctypes\nctypes.string_at(0)", says="SIGSEGV"),
    Hostile("aborts", "render.crashed", "import os\nos.abort()", says="SIGABRT"),
    Hostile(
        "double_forked_daemon",
        "render.forbidden",
        """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        sys.argv[0] = "escaped-daemon"
        time.sleep(1000)
""",
    ),
    Hostile(
        "starts_a_program",
        "render.forbidden",
        "import subprocess\nsubprocess.Popen(['sleep', '1000', 'escaped-daemon'])",
    ),
    Hostile("runs_a_shell", "render.no_output", "import os\nos.system('sleep 1000 # escaped-daemon')"),
    Hostile("execs_a_program", "render.forbidden", "import os\nos.execv('/bin/true', ['true'])"),
    Hostile(
        "multiprocessing", "render.forbidden", "import multiprocessing as m\nm.Process(target=print).start()"
    ),
    Hostile("leaves_without_output", "render.crashed", "import os\nos._exit(0)", says="os._exit"),
    Hostile("leaves_with_a_code", "render.crashed", "import os\nos._exit(7)", says="7"),
    Hostile("exits_quietly", "render.no_output", "import sys\nsys.exit(0)"),
    Hostile("exits_with_an_error", "render.error", "import sys\nsys.exit('bad input')", says="bad input"),
    Hostile("reads_standard_input", "render.error", "name = input()", says="EOFError"),
    Hostile(
        "huge_canvas",
        "render.too_large",
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(900, 900))\nplt.savefig('a.png', dpi=300)",
    ),
    Hostile(
        "huge_shown_canvas",
        "render.too_large",
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(500, 500))\nplt.plot([1])\nplt.show()",
    ),
    Hostile(
        "huge_image",
        "render.too_large",
        "from PIL import Image\nImage.new('L', (30_000, 20_000)).save('a.png')",
    ),
    Hostile("syntax_error", "render.error", "x = = 1", says="line 1"),
    Hostile("deep_recursion", "render.error", "def f(): f()\nf()", says="RecursionError"),
    Hostile("deep_nesting", "render.error", "(" * 5000 + ")" * 5000),
    Hostile("missing_module", "render.missing_dependency", "import no_such_module", says="'no_such_module'"),
    Hostile(
        "missing_file",
        "render.missing_dependency",
        "import pandas as pd\npd.read_csv('data.csv')",
        says="data.csv",
    ),
    Hostile(
        "patches_the_warm_process",
        "rendered",
        """
import builtins, json, numpy, os, matplotlib
import matplotlib.pyplot as plt
import vincicoder.render.languages.python.region as region
def stolen(*a, **k):
    raise RuntimeError("patched")
builtins.open_before = builtins.open
numpy.frombuffer_before = numpy.frombuffer
json.loads = os.fork = os.wait4 = stolen
region.Region.read = stolen
matplotlib.rcParams["figure.facecolor"] = "red"
matplotlib.rcParams["lines.linewidth"] = 20
"""
        + _DRAW,
    ),
    Hostile(
        "leaves_data_for_the_next",
        "rendered",
        """
import os, tempfile
for folder in (".", "..", "../..", "/tmp", "/dev/shm", tempfile.gettempdir()):
    try:
        open(os.path.join(folder, "left-behind.png"), "wb").write(b"left behind")
    except OSError:
        pass
"""
        + _DRAW,
    ),
    Hostile(
        "finds_nothing_left",
        "rendered",
        """
import os
for folder in (".", "..", "/dev/shm", os.environ["HOME"]):
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    assert not [n for n in names if n.startswith("left-behind")], (folder, names)
"""
        + _DRAW,
    ),
    Hostile(
        "locks_its_folder",
        "rendered",
        "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').write('x')\nos.chmod('a/b', 0)\nos.chmod('a', 0)\n"
        + _DRAW,
    ),
    Hostile(
        "very_deep_folders",
        "rendered",
        "import os\nhere = os.getcwd()\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')\n"
        "os.chdir(here)\n" + _DRAW,
    ),
    Hostile(
        "anonymous_memory_file",  # memory that no limit would count
        "render.forbidden",
        "import os\nf = os.memfd_create('x')\nwhile True: os.write(f, b'x' * 10**6)",
    ),
    Hostile("sparse_file", "render.output_limit", "open('s', 'wb').truncate(10**13)"),
    Hostile("named_pipe", "render.forbidden", "import os\nos.mkfifo('p')\nopen('p').read()"),
    Hostile(
        "writes_to_every_descriptor",
        "rendered",
        "import os\nfor fd in range(3, 200):\n  try: os.write(fd, bytes(64))\n  except OSError: pass\n"
        + _DRAW,
    ),
    Hostile("alarm", "render.crashed", "import signal, time\nsignal.alarm(1)\ntime.sleep(5)", says="SIGALRM"),
    Hostile(
        "links_outside",
        "render.no_output",
        "import os\nos.symlink('/etc/passwd', 'chart.png')",
    ),
    Hostile("exits_from_a_thread", "rendered", "import atexit, os\natexit.register(os._exit, 9)\n" + _DRAW),
    Hostile(
        "raises_the_limits",
        "render.error",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 50, 1 << 50))",
        says="limit",
    ),
    Hostile(
        "becomes_another_user",
        "rendered",
        "import os\ntry:\n    os.setuid(12345)\nexcept OSError:\n    pass\n" + _DRAW,
    ),
    Hostile(
        "traces_its_parent",
        "render.error",
        "import ctypes, os\nassert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    ),
    Hostile(
        "plotly_calls_out",
        "render.missing_dependency",
        _FIGURE + "fig.add_layout_image(source='http://127.0.0.1:@PORT@/a.png', x=0, y=1, sizex=1, sizey=1)\n"
        "fig.add_layout_image(source='file://@CANARY@', x=0, y=1, sizex=1, sizey=1)\nfig.show()",
        says="missing picture",
    ),
    Hostile(
        "plotly_leaves_its_script",
        "rendered",
        _FIGURE + "fig.update_layout(title='</script><script>fetch(\"http://127.0.0.1:@PORT@\")</script>')\n"
        "fig.show()",
    ),
    Hostile(
        "plotly_forges_a_figure",
        "render.error",
        _FIGURE + "import plotly.io\n"
        "plotly.io.to_json = lambda *a, **k: '[' + '<script>location=\"http://127.0.0.1:@PORT@\"</script>'\n"
        "fig.show()",
        says="JSON",
    ),
    Hostile(
        "plotly_too_much_data",
        "render.output_limit",
        _FIGURE + "fig.add_scatter(y=['x' * 20_000_000])\nfig.show()",
    ),
    Hostile(
        # Within the limit in Python and in the browser, but not in both together.
        "plotly_spends_twice",
        "render.timeout",
        _FIGURE + "import time\nwhile time.process_time() < 3.4:\n    pass\n"
        "for n in range(3):\n    fig.add_surface(z=[[1, n], [3, 4]], scene=f'scene{n + 1}')\nfig.show()",
        says="over 4 s of CPU time",
    ),
    Hostile(
        "graph_reads_and_calls_out",
        "render.missing_dependency",
        _NETWORK + "dot.attr(stylesheet='http://127.0.0.1:@PORT@/a.css', fontpath='/etc')\n"
        "dot.node('a', image='@CANARY@', shapefile='@CANARY@', URL='http://127.0.0.1:@PORT@')\n"
        "dot.render('/etc/outside')",
        says="image=",
    ),
    Hostile("graph_writes_outside", "render.forbidden", _NETWORK + "dot.render('../../outside')"),
    Hostile(
        "graph_names_another_program",
        "render.error",
        _NETWORK + "dot._engine = 'dot; touch /tmp/owned'\ndot.render()",
        says="unknown engine",
    ),
    Hostile(
        # The engine's name is checked by the package only: here what goes into the text is the sample's own.
        "graph_forges_its_engine",
        "render.missing_dependency",
        _NETWORK + "graphviz.parameters.engines.ENGINES.add('x\"; a [image=\"@CANARY@')\n"
        "dot._engine = 'neato; a [image=\"@CANARY@\"]'\n"
        "graphviz.parameters.engines.ENGINES.add(dot._engine)\ndot.render()",
        says="image=",
    ),
    Hostile(
        "graph_ends_its_text_early",
        "rendered",
        _NETWORK + "graphviz.Source('digraph { a } digraph { b -> c }').render()",
    ),
    Hostile("graph_without_end", "render.timeout", _NETWORK + "dot.node('@FAULT@' + ' burn ')\ndot.render()"),
    Hostile("worker_dies", "render.crashed", _DRAW + "# @FAULT@ die\n", says="signal 11"),
    Hostile(
        "graph_too_much_text",
        "render.output_limit",
        _NETWORK + "dot.node('a', 'x' * 20_000_000)\ndot.pipe('png')",
        says="at most 16777216 are allowed",
    ),
    Hostile("graph_too_wide", "render.too_large", _NETWORK + "dot.node('a', width='900')\ndot.render()"),
    *SHARING,
]

# Once more in the worker's second warm process, which is given all code that names pandas.
_IN_BOTH = """
endless_loop fork_bomb memory_bomb disk_bomb removes_everything writes_to_every_descriptor unix_socket
kills_everything kills_its_parent kills_its_group kills_itself traces_its_parent looks_for_the_secret
finds_no_foreign_process patches_the_warm_process leaves_data_for_the_next finds_nothing_left
spoils_the_open_fonts closes_every_descriptor limits_its_parent limits_every_process
kills_its_parent_by_a_pipe leaves_an_access_list finds_a_plain_folder forges_a_deep_head
looks_for_a_neighbours_picture locks_what_lies_outside
does_not_leave
"""
_SAMPLES += [
    replace(sample, name=f"{sample.name}_with_pandas", code=f"{sample.code}\n# pandas\n")
    for sample in _SAMPLES
    if sample.name in _IN_BOTH.split()
]

SUITE = HostileSuite((_NEIGHBOUR, _SECOND_NEIGHBOUR), tuple(_SAMPLES))
