"""Listening, and serving an application until somebody stops it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from app.settings import BadSetting, Settings

__all__ = ["Server", "listen", "new_event_loop"]

REMEDY = "choose another port with --port or GUANXI_PORT (make run PORT=…), or stop what listens there"
# How long running requests may take to end after a stop was asked for.
GRACE_SECONDS = 10
# Its lines hold whole URLs, and those hold what people ask for.
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"uvicorn.access": {"level": "CRITICAL"}}}


def listen(settings: Settings) -> socket.socket:
    """A socket at the settings' address; BadSetting where it is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        place, reason = f"{settings.host}:{settings.port}", os.strerror(error.errno or 0)
        raise BadSetting(f"GUANXI_HOST, GUANXI_PORT: cannot listen on {place}: {reason}; {REMEDY}") from None
    # Connections take it over. Else the body of an answer waits, some 40 ms, until the client has confirmed its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class Server(uvicorn.Server):
    """Serves `app`. It logs nothing of its own: requests are logged in `app.requests`, without what clients write."""

    def __init__(self, app: ASGIApp, *, grace: int = GRACE_SECONDS) -> None:
        config = uvicorn.Config(
            app,
            lifespan="on",
            http="httptools",
            ws="none",
            log_config=LOGGING,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=grace,
        )
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The library's own way raises the signal again at the end, so that a wanted stop would look like a death.
        signals = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
        loop = asyncio.get_running_loop()
        for each in signals:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in signals:
                loop.remove_signal_handler(each)


def new_event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The quicker event loop where there is one for the platform."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
