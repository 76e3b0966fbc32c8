"""One document, three answers: by the oracle, by ordinary execution, and shaped. They must be the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode, execute, parse, validate

from app import documents
from graph.clock import FixedClock
from graph.ids import SeededIds
from graph.projection.context import Viewer
from graph.projection.read import answer
from graph.writing import Writer
from schema import schema
from schema.context import Context
from tests.graph import given
from tests.graph.projection import oracle
from tests.graph.projection.documents import Document
from tests.graph.projection.memory import Graph, Node, Rule, Sight
from tests.graph.projection.reading import Reading

CORE = schema._schema
_NOW = datetime(2024, 7, 1, 8, tzinfo=UTC)
EVERYONE = Viewer("user:1", "Ann")
STRICT = Viewer(
    "user:2",
    "Bob",
    rules={
        "Person": "node.notes IS NULL OR node.notes <> 'secret'",
        "Organization": "node.notes IS NULL OR node.notes <> 'secret'",
        "Interaction": "node.visibility = $viewer.visibility",
    },
    hidden=frozenset({"Person.notes", "Person.email", "Organization.industry"}),
    parameters={"visibility": "EVERYONE"},
)


def _not_secret(node: Node) -> bool:
    return node.properties.get("notes") != "secret"


RULES: dict[str, dict[str, Rule]] = {
    EVERYONE.id: {},
    STRICT.id: {"Person": _not_secret, "Organization": _not_secret, "Interaction": lambda n: n.properties["visibility"] == "EVERYONE"},
}


class Differs(AssertionError):
    """The answers are not the same."""


@dataclass
class Asking:
    """A loaded world and one viewer of it; counts what was compared."""

    writer: Writer
    graph: Graph
    viewer: Viewer
    compared: int = 0
    shaped: int = 0
    failed: int = 0
    invalid: int = 0

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Hypothesis tells what a test that failed was given; the graph would take it hours.
        printer.text(f"Asking({self.viewer})")

    sight: Sight = field(init=False)

    def __post_init__(self) -> None:
        self.sight = Sight(self.graph, RULES[self.viewer.id])

    def context(self) -> Context:
        return Context(self.writer, self.viewer)

    def reading(self) -> Reading:
        context = self.context()
        decay = context.facts["decay"]
        return Reading(
            self.sight, context.today, context.now, decay, self.viewer.hidden, context.language, context.currency, context.time_zone
        )

    async def compare(self, document: Document | str) -> None:
        """Raises `Differs`, with everything needed to see why."""
        document = Document(document, {}, {}) if isinstance(document, str) else document
        node = parse(document.text)
        if validate(CORE, node, documents.RULES):
            self.invalid += 1
            return
        variables = document.variables | self._cursors(node, document)
        reading = self.reading()
        wanted = oracle.answered(node, variables, reading)
        await self._ordinary(node, document, variables, wanted, reading)
        await self._shaped(node, document, variables, wanted)
        self.compared += 1

    def _cursors(self, node: DocumentNode, document: Document) -> dict[str, str]:
        """What a first answer, without cursors, offers."""
        if not document.cursors:
            return {}
        first = self.reading()
        oracle.answered(node, document.variables, first)
        offered = {name: found if i >= 0 else ["x"] for name, i in document.cursors.items() if (found := first.cursors.get(name))}
        return {name: found[document.cursors[name] % len(found)] for name, found in offered.items()}

    async def _ordinary(
        self, node: DocumentNode, document: Document, variables: dict[str, Any], wanted: ExecutionResult, reading: Reading
    ) -> None:
        ran = execute(CORE, node, context_value=self.context(), variable_values=variables)
        found: ExecutionResult = await ran if isawaitable(ran) else ran
        self.failed += bool(found.errors)
        same_errors = _errors(found, reading) == _errors(wanted, reading)
        if orjson.dumps(found.data) != orjson.dumps(wanted.data) or not same_errors:
            raise Differs(_told("ordinary execution", document, variables, wanted, found))

    async def _shaped(self, node: DocumentNode, document: Document, variables: dict[str, Any], wanted: ExecutionResult) -> None:
        definition = next(d for d in node.definitions if isinstance(d, OperationDefinitionNode))
        data = await answer(CORE, node, definition, variables, self.context())
        if data is None:
            return
        self.shaped += 1
        if wanted.errors or orjson.dumps(data) != orjson.dumps(wanted.data):
            raise Differs(_told("the shaped answer", document, variables, wanted, ExecutionResult(data)))


def _errors(result: ExecutionResult, reading: Reading) -> list[tuple[str, str]]:
    """(path, message) of each; of several faults of one root any may be reported."""
    out = []
    for error in result.errors or []:
        path = error.path or []
        known = reading.faults.get(str(path[0]), set()) if len(path) == 1 else set()
        out.append((str(path), "a fault of this root" if error.message in known else error.message))
    return sorted(out)


def _told(who: str, document: Document, variables: dict[str, Any], wanted: ExecutionResult, found: ExecutionResult) -> str:
    left, right = (orjson.dumps(r.data).decode() for r in (wanted, found))
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    said = [[(e.message, e.path) for e in r.errors or []] for r in (wanted, found)]
    window = slice(max(at - 160, 0), at + 160)
    return (
        f"{who} differs:\n{document.text}\n{variables}\noracle {left[window]}\n  ours {right[window]}\noracle errors {said[0]}\n  "
        f"our errors {said[1]}"
    )


def asking(writer: Writer, graph: Graph) -> list[Asking]:
    """Everyone, and somebody who may not see it all."""
    return [Asking(writer, graph, viewer) for viewer in (EVERYONE, STRICT)]


def writer(database: Any) -> Writer:
    clock = FixedClock(_NOW)
    return given.writer(database, clock, SeededIds(1, clock))
