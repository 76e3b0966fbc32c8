"""Generated files: `python -m tools.fresh` fails when one is stale, `--write` writes them anew."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# File, and the function (module:name, no arguments) that gives its text.
GENERATED: dict[str, str] = {
    "schema/schema.graphql": "schema:sdl",
    "docs/graph-model.md": "tools.model:text",
    "docs/analyses.md": "graph.analyses.catalogue:markdown",
}


def main(write: bool) -> int:
    stale = [file for file, source in GENERATED.items() if not is_fresh(ROOT / file, text_of(source), write)]
    for file in stale:
        print(f"{file} is stale: make generate", file=sys.stderr)
    return 1 if stale else 0


def text_of(source: str) -> str:
    module, _, name = source.partition(":")
    text: str = getattr(importlib.import_module(module), name)()
    return text


def is_fresh(file: Path, text: str, write: bool) -> bool:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return True
    if write:
        file.write_text(text, encoding="utf-8")
        print(f"{file.relative_to(ROOT)} written")
    return write


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
