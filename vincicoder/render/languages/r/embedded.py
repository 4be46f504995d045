"""R inside this process: started once, called with texts, answering with texts.

R comes as a library, so that a fork of the process has all that R has loaded.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vincicoder.sample import InfrastructureError

R_HOME = Path("/usr/lib/R")
LIBRARY = R_HOME / "lib" / "libR.so"
PACKAGES = (Path("/usr/lib/R/site-library"), Path("/usr/lib/R/library"))
_ARGUMENTS = (b"R", b"--vanilla", b"--quiet", b"--no-echo", b"--no-readline")
_UTF8 = 1  # R's cetype_t
_TEXTS = 16  # R's STRSXP
_Object = ctypes.c_void_p


def r_environment(home: Path, fonts: Path) -> dict[str, str]:
    """Return the environment variables that R reads at its start and later."""
    return {
        "R_HOME": str(R_HOME),
        "R_SHARE_DIR": "/usr/share/R/share",
        "R_INCLUDE_DIR": "/usr/share/R/include",
        "R_DOC_DIR": "/usr/share/R/doc",
        "R_LIBS_SITE": str(PACKAGES[0]),
        "R_LIBS_USER": "/nonexistent",
        "R_ICU_LOCALE": "en_US",  # in which order texts are sorted, and so the levels of factors
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANGUAGE": "en",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "FONTCONFIG_FILE": str(fonts),
    }


class EmbeddedR:
    """The R of this process; there can be one. What is called are functions of the last file's list."""

    def __init__(self, environment: Mapping[str, str], sources: Sequence[Path]) -> None:
        """Start R and read the files into one environment of R. Raises InfrastructureError."""
        os.environ.update(environment)
        try:
            self._r = ctypes.CDLL(str(LIBRARY), mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            raise InfrastructureError(f"cannot load R: {error}") from error
        for name in ("Rf_install", "Rf_mkCharLenCE", "Rf_ScalarString", "Rf_ScalarReal", "Rf_protect"):
            getattr(self._r, name).restype = _Object
        for name in (
            "Rf_cons",
            "Rf_lcons",
            "R_tryEvalSilent",
            "R_ParseEvalString",
            "VECTOR_ELT",
            "STRING_ELT",
        ):
            getattr(self._r, name).restype = _Object
        self._r.R_CHAR.restype = ctypes.c_char_p
        self._r.LENGTH.restype = ctypes.c_int
        # R would catch crashes and offer a menu.
        ctypes.c_int.in_dll(self._r, "R_SignalHandlers").value = 0
        arguments = (ctypes.c_char_p * len(_ARGUMENTS))(*_ARGUMENTS)
        self._r.Rf_initialize_R(len(_ARGUMENTS), arguments)
        ctypes.c_int.in_dll(self._r, "R_Interactive").value = 0
        self._r.setup_Rmainloop()
        self._global = _Object.in_dll(self._r, "R_GlobalEnv")
        self._nil = _Object.in_dll(self._r, "R_NilValue")
        reads = "; ".join(f'read <- source("{path}", local = TRUE, encoding = "UTF-8")' for path in sources)
        text = f"local({{ {reads}; read$value }}, new.env(parent = baseenv()))"
        found = _Object(self._r.R_ParseEvalString(text.encode(), self._global))
        self._r.R_PreserveObject(found)
        self._functions = found

    def use_temporary(self, folder: Path) -> None:
        """Have R keep its temporary files in a folder."""
        self._temporary = str(folder).encode()  # R keeps no copy
        ctypes.c_char_p.in_dll(self._r, "R_TempDir").value = self._temporary
        os.environ["TMPDIR"] = str(folder)

    def call(self, function: int, *arguments: str | float) -> list[bytes] | None:
        """Call a function of the list by its place; return the texts that it answers with.

        None where R came back without an answer: an error that nothing caught.
        """
        r, protected = self._r, 0
        call = self._nil
        for value in reversed(arguments):
            if isinstance(value, str):
                data = value.encode("utf-8", "replace")
                element = _Object(r.Rf_mkCharLenCE(data, len(data), _UTF8))
                r.Rf_protect(element)
                element = _Object(r.Rf_ScalarString(element))
                protected += 1
            else:
                element = _Object(r.Rf_ScalarReal(ctypes.c_double(value)))
            r.Rf_protect(element)
            call = _Object(r.Rf_cons(element, call))
            r.Rf_protect(call)
            protected += 2
        call = _Object(r.Rf_lcons(_Object(r.VECTOR_ELT(self._functions, ctypes.c_ssize_t(function))), call))
        r.Rf_protect(call)
        failed = ctypes.c_int(0)
        answer = _Object(r.R_tryEvalSilent(call, self._global, ctypes.byref(failed)))
        r.Rf_unprotect(protected + 1)
        if failed.value or not answer.value or r.TYPEOF(answer) != _TEXTS:
            return None
        return [
            r.R_CHAR(_Object(r.STRING_ELT(answer, ctypes.c_ssize_t(place))))
            for place in range(r.LENGTH(answer))
        ]
