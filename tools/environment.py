"""Make `.venv` what a lock file says, doing nothing when it already is: `python tools/environment.py run|dev`.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
STAMP = VENV / "guanxi.json"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
GLIBC = (2, 34)
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main(level: str) -> int:
    """Bring the environment to `level`; 0 done, 1 an installation step failed."""
    if not (3, 11) <= sys.version_info[:2] < (3, 15):
        print(f"Guanxi needs Python 3.11 to 3.14; this is {sys.version.split()[0]}. Set PYTHON=/path/to/python.", file=sys.stderr)
        return 1
    if is_ready(level) and not cold():
        return 0
    with exclusive():
        if not is_ready(level) and (failed := install(level)):
            return failed
        if cold():
            # Without it all goes on, but engines start more slowly.
            subprocess.run([str(PYTHON), "-m", "graph.embedded.warm"], cwd=ROOT, check=False)
        return 0


def cold() -> bool:
    """Whether there is an embedded engine whose classes are not kept yet."""
    return not all((package / "classes.aot").exists() for package in packages())


def packages() -> list[Path]:
    """The folder of the embedded engine, if it is installed."""
    return list(VENV.glob("lib/python*/site-packages/arcadedb_embedded"))


def is_ready(level: str) -> bool:
    stamp = read_stamp()
    wanted = fingerprint(level)
    fits = stamp.get("run" if level == "run" else "dev") == wanted and stamp.get("place") == str(VENV)
    return fits and starts()


def read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def fingerprint(level: str) -> str:
    files = (ROOT / LOCKS[level], ROOT / "pyproject.toml")
    parts = [b"" if has_engine() else b"without the engine", *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def starts() -> bool:
    """Whether the environment's interpreter still runs and still has our command."""
    if not (PYTHON.exists() and any(BIN.glob("guanxi*"))):
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def install(level: str) -> int:
    # No stamp, or one of another place: the last set-up was cut off or the folder was moved, so nothing in it is to be trusted.
    trusted = read_stamp().get("place") == str(VENV) and starts()
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install", "--no-deps"]
    steps = [] if trusted else [[sys.executable, "-m", "venv", "--clear", str(VENV)]]
    lock = ROOT / LOCKS[level]
    if not has_engine():
        print("No embedded engine runs here (it needs glibc 2.34): set GUANXI_NEO4J_URI to a Neo4j server.", file=sys.stderr)
        lock = CACHE / lock.name
        lock.write_text(without_engine((ROOT / LOCKS[level]).read_text()))
    steps.append([*pip, "--require-hashes", "-r", str(lock)])
    steps.append([*pip, "--no-build-isolation", "--no-index", "-e", str(ROOT)])
    print(f"Setting up {VENV.name} from {LOCKS[level]} …", file=sys.stderr, flush=True)
    for step in steps:
        if subprocess.run(step, cwd=ROOT, check=False).returncode:
            print("The set-up failed; run it again once the cause is gone.", file=sys.stderr)
            return 1
    for package in packages():
        # Of another version, perhaps.
        (package / "classes.aot").unlink(missing_ok=True)
    write_stamp(level)
    return 0


def has_engine() -> bool:
    """Whether a wheel of the embedded engine fits, as far as the lock's markers do not tell: it needs a new enough glibc."""
    library, version = platform.libc_ver()
    return sys.platform != "linux" or (library == "glibc" and tuple(map(int, version.split(".")[:2])) >= GLIBC)


def without_engine(lock: str) -> str:
    """A lock file's text without the embedded engine."""
    return re.sub(r"^arcadedb-embedded==.*\n(?:[ #].*\n)*", "", lock, flags=re.MULTILINE)


def write_stamp(level: str) -> None:
    levels = ("run", "dev") if level == "dev" else ("run",)
    partial = STAMP.with_suffix(".part")
    partial.write_text(json.dumps({"place": str(VENV), **{name: fingerprint(name) for name in levels}}))
    partial.replace(STAMP)


class exclusive:  # noqa: N801 - reads as a word in `with`
    """Two `make` at once: the second waits for the first one's set-up. The kernel frees the lock of a killed one."""

    def __enter__(self) -> None:
        CACHE.mkdir(exist_ok=True)
        self.file = (CACHE / "environment.lock").open("w")
        if os.name != "nt":
            import fcntl

            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
