"""Make `.venv` what a lock file says, doing nothing when it already is: `python tools/environment.py run|dev`.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "guanxi.json"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main(level: str) -> int:
    """Bring the environment to `level`; 0 done, 1 an installation step failed."""
    if not (3, 11) <= sys.version_info[:2] < (3, 15):
        print(f"Guanxi needs Python 3.11 to 3.14; this is {sys.version.split()[0]}. Set PYTHON=/path/to/python.", file=sys.stderr)
        return 1
    if is_ready(level):
        return 0
    with exclusive():
        return 0 if is_ready(level) else install(level)


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
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


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
    steps.append([*pip, "--require-hashes", "-r", str(ROOT / LOCKS[level])])
    steps.append([*pip, "--no-build-isolation", "--no-index", "-e", str(ROOT)])
    print(f"Setting up {VENV.name} from {LOCKS[level]} …", file=sys.stderr, flush=True)
    for step in steps:
        if subprocess.run(step, cwd=ROOT, check=False).returncode:
            print("The set-up failed; run it again once the cause is gone.", file=sys.stderr)
            return 1
    write_stamp(level)
    return 0


def write_stamp(level: str) -> None:
    levels = ("run", "dev") if level == "dev" else ("run",)
    partial = STAMP.with_suffix(".part")
    partial.write_text(json.dumps({"place": str(VENV), **{name: fingerprint(name) for name in levels}}))
    partial.replace(STAMP)


class exclusive:  # noqa: N801 - reads as a word in `with`
    """Two `make` at once: the second waits for the first one's set-up. The kernel frees the lock of a killed one."""

    def __enter__(self) -> None:
        cache = ROOT / ".cache"
        cache.mkdir(exist_ok=True)
        self.file = (cache / "environment.lock").open("w")
        if os.name != "nt":
            import fcntl

            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
