"""One server for the tests of HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

import schema
from app import contexts
from app.server import create_app
from app.services import Services
from app.settings import Settings
from graph.database import Database, Target
from tests.app import given


@pytest.fixture(scope="session")
async def client(target: Target) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(_env_file=None), given.schema, given.services(target))
    async with given.serving(app) as client:
        await given.ready(client)
        yield client


@pytest.fixture
async def product(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The real schema on the session's engine, by a connection of its own: what runs beside a server is no statement of other tests."""
    settings = Settings(_env_file=None)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with await Database.connect(database.target) as own, contexts.contexts(settings, own) as context:
            yield Services(own, context)

    async with given.serving(create_app(settings, schema.schema, opened)) as client:
        await given.ready(client)
        yield client
