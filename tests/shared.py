"""Material beside the repository that tests read in place. Where it is missing they skip, and in CI they fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".." / "shared"


def path(name: str) -> Path:
    """A file or folder of the shared material."""
    found = FOLDER / name
    if not found.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not beside the repository")
        pytest.skip(f"{name} is not beside the repository")
    return found


def text(name: str) -> str:
    return path(name).read_text(encoding="utf-8")
