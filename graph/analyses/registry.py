"""The list of analyses, each one decorated function in this package. API, command line and documentation come from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Generic, TypeVar

from pydantic import AfterValidator

from graph.analyses.rows import OnParties, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.errors import Message, NotFound, ProblemCode
from graph.fields import Fields, Limit, wrong
from graph.writing import Writer

__all__ = ["ANALYSES", "Analysis", "Estimate", "analysis", "between", "find"]

Facts = TypeVar("Facts")
Parameters = TypeVar("Parameters", bound=Fields)

# Measured on two busy cores, embedded engine: what a tie costs to read and to hold, a node to rank, explain and store.
_SECONDS_A_TIE, _BYTES_A_TIE = 1e-5, 120
_SECONDS_A_NODE, _BYTES_A_NODE = 6e-4, 4_000


@dataclass(frozen=True)
class Estimate:
    """What a run will take."""

    nodes: int
    edges: int
    seconds: float
    memory_bytes: int

    @classmethod
    def of(cls, nodes: int, edges: int) -> Estimate:
        """From the size of the network alone."""
        seconds = 0.1 + nodes * _SECONDS_A_NODE + edges * _SECONDS_A_TIE
        return cls(nodes, edges, round(seconds, 3), nodes * _BYTES_A_NODE + edges * _BYTES_A_TIE)

    def longer(self, seconds: float) -> Estimate:
        """With so many seconds more."""
        return replace(self, seconds=round(self.seconds + seconds, 3))


@dataclass(frozen=True)
class Analysis(Generic[Facts, Parameters]):
    """One analysis: what it is for, its parameters, and its three parts.

    `estimate` counts, `load` reads the facts it needs from the graph, `compute` is pure and runs in a thread. One that is `light`
    is over in a moment, and does not wait behind the others. `kept` is what it leaves on the parties, if anything.
    """

    name: str
    title: Message
    purpose: Message
    formula: Message
    complexity: Message
    rows: RowKind
    parameters: type[Parameters]
    estimate: Callable[[Writer, Parameters], Awaitable[Estimate]]
    load: Callable[[Writer, Parameters], Awaitable[Facts]]
    compute: Callable[[Facts, Parameters, Watch], Outcome]
    light: bool = False
    kept: OnParties | None = None

    def is_light(self, as_of: object) -> bool:
        """Whether a run of it is over in a moment: of a past day none is, since the interactions before it are added up again."""
        return self.light and not as_of


ANALYSES: dict[str, Analysis[Any, Any]] = {}


def analysis(
    name: str,
    *,
    title: tuple[str, str],
    purpose: tuple[str, str],
    formula: tuple[str, str],
    complexity: tuple[str, str],
    rows: RowKind,
    parameters: type[Parameters],
    estimate: Callable[[Writer, Parameters], Awaitable[Estimate]],
    load: Callable[[Writer, Parameters], Awaitable[Facts]],
    light: bool = False,
    kept: OnParties | None = None,
) -> Callable[[Callable[[Facts, Parameters, Watch], Outcome]], Callable[[Facts, Parameters, Watch], Outcome]]:
    """Registers the decorated function as an analysis; texts come in English and Chinese."""

    def register(compute: Callable[[Facts, Parameters, Watch], Outcome]) -> Callable[[Facts, Parameters, Watch], Outcome]:
        if name in ANALYSES:
            raise ValueError(f"two analyses are called {name}")
        texts = Message(*title), Message(*purpose), Message(*formula), Message(*complexity)
        ANALYSES[name] = Analysis(name, *texts, rows, parameters, estimate, load, compute, light, kept)
        return compute

    return register


def find(name: str, *path: str) -> Analysis[Any, Any]:
    """The analysis of this name; NotFound."""
    if name not in ANALYSES:
        raise NotFound(name, *path)
    return ANALYSES[name]


def between(least: float, most: float) -> AfterValidator:
    """Makes a type of bounded number: `Annotated[float, between(0, 1)]`, both inclusive."""
    # As people write them: whole numbers whole.
    low, high = (str(int(bound)) if float(bound).is_integer() else f"{bound:g}" for bound in (least, most))

    def check(value: float) -> float:
        if not (isfinite(value) and least <= value <= most):
            raise wrong(f"it must lie between {low} and {high}", f"必须在 {low} 与 {high} 之间", ProblemCode.OUT_OF_RANGE)
        return value

    return AfterValidator(Limit(f"{low} to {high}", check, (least, most)))
