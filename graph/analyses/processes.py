"""Which process runs an analysis, and whether it is still there."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["is_alive", "this"]

SILENCE = timedelta(minutes=2)
"""Whoever runs an analysis gives a sign every second; after so long without one it is taken for dead."""

_token = secrets.token_hex(4)


def this() -> str:
    """This process: its machine, its number, and a token, because numbers are used again."""
    return f"{socket.gethostname()}|{os.getpid()}|{_token}"


def is_alive(process: str, sign: str, now: datetime) -> bool:
    """Whether a process that gave its last `sign` at an instant is still at work."""
    host, number, token = process.rsplit("|", 2)
    if host == socket.gethostname() and not _runs(int(number), token):
        return False
    return now - datetime.fromisoformat(sign) < SILENCE


def _runs(number: int, token: str) -> bool:
    if number == os.getpid():
        return token == _token
    # Signal 0 asks on POSIX; on Windows it would end the process.
    if sys.platform == "win32":
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not _ended(number)


def _ended(number: int) -> bool:
    """Whether a process is over and its parent has yet to ask how it ended, as far as /proc tells."""
    try:
        stat = Path(f"/proc/{number}/stat").read_bytes()
    except OSError:
        return False
    # Its name stands before, in brackets, and may hold brackets and spaces itself.
    return stat.rpartition(b")")[2].split()[:1] in ([b"Z"], [b"X"])
