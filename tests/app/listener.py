"""A process beside a server, as far as it listens: what it has heard it writes into the file that `GUANXI_TEST_TOLD` names."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from app.worker.__main__ import Server


async def main() -> None:
    told, server = Path(os.environ["GUANXI_TEST_TOLD"]), Server.listening()
    _write(told, "nothing")
    while not server.ended.is_set():
        if server.rest(1):
            _write(told, "asked")
        await asyncio.sleep(0.01)


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


if __name__ == "__main__":
    sys.stdin.buffer.readline()
    asyncio.run(main())
