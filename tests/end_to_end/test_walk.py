"""The walk of docs/walk.md: every command run in one empty folder prints what stands below it. `GUANXI_TEST_WRITE=1` writes that anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/walk.md"
BLOCK = re.compile(r"```sh\n(?P<commands>.*?)```\n(?:\n```text\n(?P<printed>.*?)```)?", re.DOTALL)
# What differs from one time to the next.
CHANGING = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d+\.\d(?= s\b)")


def test_it_goes_as_it_is_written(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    for block in BLOCK.finditer(text):
        printed = _run(block["commands"], tmp_path)
        if os.environ.get("GUANXI_TEST_WRITE") and block["printed"] is not None:
            text = text.replace(block[0], f"```sh\n{block['commands']}```\n\n```text\n{printed}```")
        else:
            assert printed == (block["printed"] or ""), block["commands"]
    if os.environ.get("GUANXI_TEST_WRITE"):
        PAGE.write_text(text, encoding="utf-8")
    picture = (tmp_path / "bolt.svg").read_text("utf-8")
    assert picture.startswith("<svg")
    assert {"Pia Lund", "曹睿", "Bolt Logistics"} <= set(re.findall("<text[^>]*>([^<]+)</text>", picture))


def _run(commands: str, folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
    environment = {**clean, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}", "COLUMNS": "120", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-e"], input=commands, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return "".join(CHANGING.sub("…", line).rstrip() + "\n" for line in done.stdout.splitlines())
