"""The whole service as its own processes, to be killed: `guanxi serve` and the engine behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

COMMAND = Path(sys.executable).with_name("guanxi")


class Broken(Exception):
    """No answer, or one that does not say what became of the mutation."""


class Service:
    """A server on a port of its own and an embedded engine in `folder`."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=60, trust_env=False)

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
        with (self._folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [COMMAND, "serve", "--port", str(self._port), "--data", str(self._folder / "data")],
                cwd=self._folder,
                env=clean,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def ready(self, seconds: float = 90) -> None:
        """Waits until it can answer; with the last lines of its log in the error when it does not come up."""
        try:
            async with asyncio.timeout(seconds):
                while not await self._is_ready():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError((self._folder / "server.log").read_text()[-3000:]) from None

    async def _is_ready(self) -> bool:
        try:
            return (await self._client.get("/health/ready", timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    async def mutate(self, name: str, given: dict[str, Any]) -> str:
        """The id of what the mutation made; AssertionError when it was refused."""
        noun = "person" if name.startswith("person") else "interaction" if name.startswith("interaction") else "organization"
        kind = name[0].upper() + name[1:]
        query = f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {noun} {{ id }} problems {{ message path }} }} }}"
        try:
            answer = (await self._client.post("/graphql", json={"query": query, "variables": {"input": given}})).json()
        except (httpx.HTTPError, ValueError) as error:
            raise Broken from error
        payload = (answer.get("data") or {}).get(name)
        if answer.get("errors") or not payload:
            raise Broken(answer)
        assert not payload["problems"], payload
        return str(payload[noun]["id"])

    def kill_server(self) -> None:
        assert self._server
        self._server.kill()
        self._server.wait()
        self.start()

    def kill_engine(self) -> None:
        lines = subprocess.check_output(["ps", "-ewwo", "pid=,args="], text=True).splitlines()
        for line in lines:
            if "ArcadeDBServer" in line and str(self._folder) in line:
                os.kill(int(line.split()[0]), signal.SIGKILL)

    async def stop(self) -> None:
        await self._client.aclose()
        if self._server:
            self._server.terminate()
            await asyncio.to_thread(self._server.wait, 60)
