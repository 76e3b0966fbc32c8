"""`api(document, **variables)` asks the schema as the server does: by ordinary completion and shaped, which must agree."""

from __future__ import annotations

from functools import lru_cache
from inspect import isawaitable
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode, execute, parse, validate

from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.projection.context import Viewer
from graph.projection.read import answer
from graph.writing import Writer
from schema import schema
from schema.context import Context
from tests.graph import given

CORE = schema._schema
EVERYONE = Viewer("user:1", "Ann")


@lru_cache(5_000)
def _read(document: str) -> DocumentNode:
    node = parse(document)
    assert not (problems := validate(CORE, node)), problems
    return node


class Api:
    """Asks as one viewer; `viewer`, `language` may be replaced."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.viewer = EVERYONE
        self.language = "en"

    def context(self) -> Context:
        return Context(self.writer, self.viewer, language=self.language)

    async def __call__(self, document: str, **variables: Any) -> Any:
        """The data; errors are failures."""
        result = await self.result(document, **variables)
        assert not result.errors, result.errors
        return result.data

    async def errors(self, document: str, **variables: Any) -> list[tuple[str, Any]]:
        """(message, path) of each error."""
        return [(e.message, e.path) for e in (await self.result(document, **variables)).errors or []]

    async def once(self, document: str, **variables: Any) -> Any:
        """The data of a query, shaped alone: for while others write."""
        node = _read(document)
        data = await answer(CORE, node, _definition(node), variables, self.context())
        assert data is not None
        return data

    async def result(self, document: str, **variables: Any) -> ExecutionResult:
        node = _read(document)
        definition = _definition(node)
        ran = execute(CORE, node, context_value=self.context(), variable_values=variables)
        result: ExecutionResult = await ran if isawaitable(ran) else ran
        if definition.operation.value == "query":
            shaped = await answer(CORE, node, definition, variables, self.context())
            assert shaped is None or shaped == result.data, result.errors
        return result


def _definition(node: DocumentNode) -> OperationDefinitionNode:
    return next(d for d in node.definitions if isinstance(d, OperationDefinitionNode))


@pytest.fixture
def writer(database: Database, clock: FixedClock, ids: SeededIds) -> Writer:
    return given.writer(database, clock, ids)


@pytest.fixture
def api(writer: Writer) -> Api:
    return Api(writer)
