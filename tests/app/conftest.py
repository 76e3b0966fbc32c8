"""One server for the tests of HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

import schema
from app import contexts
from app.server import create_app
from app.services import Open, Services
from app.settings import Settings
from graph.database import Database, Target
from tests.app import given


@pytest.fixture(scope="session")
async def client(target: Target) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(_env_file=None), given.schema, given.services(target))
    async with given.serving(app) as client:
        await given.ready(client)
        yield client


def _services(database: Database) -> Open:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with await Database.connect(database.target) as own, contexts.contexts(Settings(_env_file=None), own) as context:
            yield Services(own, context)

    return opened


@pytest.fixture
async def product(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The real schema on the session's engine, by a connection of its own: what runs beside a server is no statement of other tests."""
    async with given.serving(create_app(Settings(_env_file=None), schema.schema, _services(database))) as client:
        await given.ready(client)
        yield client


@pytest.fixture(scope="module")
async def server(migrated: Database) -> AsyncIterator[httpx.AsyncClient]:
    """As `product`, one server for all tests of a module."""
    async with given.serving(create_app(Settings(_env_file=None), schema.schema, _services(migrated))) as client:
        await given.ready(client)
        yield client


@pytest.fixture
async def bad(server: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    """For requests that leave nothing behind that a server could miss."""
    return server
