"""Python samples that attack through what their process shares with the warm one: open files, the folder, the
memory that the picture is handed over in, the user."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile

_IMAGE = "from PIL import Image\nImage.new('RGB', (9, 9)).show()\n"

# The memory that the picture is handed over in, found in the engine's own frames.
_REGION = """
import sys
frame = sys._getframe()
while "region" not in frame.f_locals:
    frame = frame.f_back
region = frame.f_locals["region"]._map
"""

# Writes an answer of its own into the memory that hands over pictures, and leaves at once.
_FORGE = (
    _REGION
    + """
import ctypes, struct
def forge(text):
    head = text.encode()
    region[4:4 + len(head)] = head
    region[:4] = struct.pack('<I', len(head))
    ctypes.CDLL(None)._exit(0)
"""
)

SHARING = [
    Hostile(
        # A fork shares the flags and the place of what its parent has open: fonts, in the warm process.
        "spoils_the_open_fonts",
        "rendered",
        "import fcntl, os\nfor fd in range(3, 256):\n  try:\n    os.lseek(fd, 77_777, 0)\n"
        "    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_DIRECT | os.O_APPEND)\n  except OSError: pass\n" + _IMAGE,
    ),
    Hostile("closes_every_descriptor", "rendered", "import os\nos.closerange(0, 256)\n" + _IMAGE),
    Hostile(
        "limits_its_parent",
        "render.forbidden",
        "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_AS, (10**6, 10**6))",
    ),
    Hostile(
        "limits_every_process",
        "rendered",
        "import os, resource\nfor pid in range(1, 5000):\n  try:\n    if pid != os.getpid():\n"
        "      resource.prlimit(pid, resource.RLIMIT_NOFILE, (5, 5))\n  except OSError: pass\n" + _IMAGE,
    ),
    Hostile(
        "kills_its_parent_by_a_pipe",
        "render.forbidden",
        "import fcntl, os\nr, w = os.pipe()\nfcntl.fcntl(r, 8, os.getppid())  # F_SETOWN\n"
        "fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)\nos.write(w, b'x')",
    ),
    Hostile(
        # io_uring, pidfd_open, pidfd_getfd, process_madvise: of the same number on every machine.
        "raw_system_calls",
        "rendered",
        "import ctypes\ncall = ctypes.CDLL(None, use_errno=True).syscall\n"
        "for n in (425, 426, 427, 434, 438, 440):\n"
        "  assert (call(n, 0, 0, 0, 0, 0), ctypes.get_errno()) == (-1, 1), n\n" + _IMAGE,
    ),
    Hostile(
        "leaves_an_access_list",  # under which the next sample could not read what it writes
        "rendered",
        "import os, struct\nentries = [(1, 0), (4, 0), (32, 0)]\n"
        "acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e, 2**32 - 1) for e in entries)\n"
        "try:\n  os.setxattr('.', 'system.posix_acl_default', acl)\nexcept OSError: pass\n"
        "os.chmod('.', 0o7777)\n" + _IMAGE,
    ),
    Hostile(
        "finds_a_plain_folder",
        "rendered",
        "import os\nassert not os.listxattr('.') and os.stat('.').st_mode & 0o7777 == 0o700\n"
        "open('a', 'w').write('x')\nassert open('a').read() == 'x'\n" + _IMAGE,
    ),
    Hostile(
        "empty_files_bomb",
        "render.output_limit",
        "import os\nn = 0\nwhile True:\n    n += 1\n    os.close(os.open(str(n), os.O_CREAT))",
    ),
    Hostile(
        "many_locked_folders",
        "rendered",
        "import os\nfor n in range(400):\n  os.makedirs(f'{n}/a')\n  os.mkdir(f'{n}/a/b', 0)\n" + _IMAGE,
    ),
    Hostile(
        # Landlock does not keep the owner of a file from it.
        "locks_what_lies_outside",
        "rendered",
        "import ctypes, os\nplaces = ['..', '../..', '/dev/shm', '@CANARY@', os.__file__]\n"
        "def seen(): return [(s.st_mode, s.st_mtime) for s in map(os.stat, filter(os.path.exists, places))]\n"
        "before, call = seen(), ctypes.CDLL(None).syscall\nfor place in places:\n"
        "  for lock in (lambda: os.chmod(place, 0), lambda: os.utime(place, (0, 0)),\n"
        "               lambda: os.setxattr(place, 'user.x', b'x'),\n"
        "               lambda: call(452, -100, place.encode(), 0, 0)):\n"
        "    try: lock()\n    except OSError: pass\nassert seen() == before, seen()\n" + _IMAGE,
    ),
    Hostile(
        "copies_a_file",  # with its mode and times
        "rendered",
        "import shutil\nopen('a', 'w').write('x')\nshutil.copy2('a', 'b')\nassert open('b').read() == 'x'\n"
        + _IMAGE,
    ),
    Hostile(
        "odd_names",
        "rendered",
        "import os\nfor n in (b'-rf', b'\\xff\\xfe', b'a\\nb', b' ', b'*', b'--help', b'a' * 200):\n"
        "  open(n, 'w').close()\n  os.makedirs(b'd' + n)\n  os.mkdir(b'd' + n + b'/x', 0)\n"
        "os.symlink('/', 'root')\nos.symlink('..', 'up')\nos.symlink('loop', 'loop')\n" + _IMAGE,
    ),
    Hostile("forges_a_deep_head", "render.crashed", _FORGE + "forge('[' * 60_000)"),
    Hostile(
        "forges_an_endless_picture",
        "render.crashed",
        _FORGE + 'forge(\'{"width": Infinity, "height": 1, "notes": []}\')',
    ),
    Hostile(
        "forges_an_endless_figure",
        "render.crashed",
        _FORGE + 'forge(\'{"figure_bytes": 3, "figure_width": 1e308, "figure_height": 1, \'\n'
        '      \'"figure_scale": 8, "notes": []}\')',
    ),
    Hostile(
        "blames_the_engine",  # a reason that is no fault of the sample, and would be asked again
        "render.crashed",
        _FORGE + 'forge(\'{"reason": "render.unsupported", "detail": ""}\')',
    ),
    Hostile(
        "replaces_the_writer_of_json",  # of what is handed over; the warm process kept its own
        "rendered",
        "import json\njson.dumps = lambda head: '[' * 60_000\n" + _IMAGE,
    ),
    Hostile(
        "looks_for_a_neighbours_picture",
        "rendered",
        _REGION
        + "assert not any(region[:4_000_000])\nregion[:4_000_000] = bytes([255]) * 4_000_000\n"
        + _IMAGE,
    ),
    Hostile(
        "does_not_leave",
        "rendered",
        "import os\nos._exit = lambda code: None\n" + _IMAGE,
    ),
    Hostile(
        "lets_threads_run",
        "rendered",
        "import threading\nwait = threading.Event().wait\n"
        "for _ in range(3): threading.Thread(target=wait).start()\n" + _IMAGE,
    ),
    Hostile(
        "error_without_words",
        "render.error",
        "class Mute(Exception):\n  def __str__(self): raise Mute\n  __repr__ = __str__\nraise Mute",
        says="cannot be described",
    ),
    Hostile("error_in_half_characters", "render.error", "raise ValueError('\\ud800')", says="ValueError: ?"),
    Hostile(
        "deep_json",
        "render.crashed",
        "import json, sys\nsys.setrecursionlimit(10**9)\njson.loads('[' * 10**6)",
        says="SIGSEGV",
    ),
]
