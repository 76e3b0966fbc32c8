"""`guanxi analyse NAME [--param k=v …] [--rows N] [--json]`"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

import click
import orjson
from pydantic.alias_generators import to_snake
from rich.console import Console

from app import findings, opening, writers
from app.commands import frame, progress
from app.settings import Settings
from graph.analyses import ANALYSES, Analysis, execution, pruning
from graph.analyses.execution import Finished
from graph.analyses.watch import Cancelled, Late
from graph.database import Database
from graph.errors import Problems
from graph.fields import Fields
from graph.writing import Writer

_KNOWN = "MATCH (n:Node) WHERE n.id IN $ids RETURN n.id, n.name, n.industry"
_BATCH = 5_000


def _known(_: click.Context, __: click.Parameter, value: str) -> Analysis[Any, Any]:
    # `keyPeople`, as it is called in GraphQL, will do as well.
    name = to_snake(value)
    if name not in ANALYSES:
        raise click.BadParameter(f"there is no analysis {value!r}; there are {', '.join(sorted(ANALYSES))}")
    return ANALYSES[name]


@click.command("analyse", epilog=f"NAME is one of {', '.join(sorted(ANALYSES))}. docs/analyses.md describes them and their parameters.")
@click.argument("analysis", metavar="NAME", callback=_known)
@click.option("--param", "given", multiple=True, metavar="K=V", help="A parameter of the analysis; a list is written a,b,c, or as JSON.")
@click.option("--rows", default=20, show_default=True, type=click.IntRange(1), help="How many rows of each ranking the table shows.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@frame.data_option
def command(analysis: Analysis[Any, Any], given: tuple[str, ...], rows: int, as_json: bool, **flags: object) -> int:
    parameters = parsed(analysis, given)
    return frame.run(analyse(frame.with_data(**flags), analysis, parameters, rows, as_json))


def parsed(analysis: Analysis[Any, Any], given: Iterable[str]) -> Fields:
    """The parameters that are written as `k=v`; Misused names each that is wrong."""
    values: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise frame.Misused(f"--param: {each!r} is not written as name=value")
        field, is_list = _field(analysis.parameters, name)
        if field in values:
            raise frame.Misused(f"--param {name}: it is given more than once; give it once, a list as a,b,c")
        values[field] = _items(name, value) if is_list else value
    try:
        parameters: Fields = analysis.parameters.parse(values)
    except Problems as problems:
        raise frame.Misused("\n".join(f"--param {problem.message()}" for problem in problems.problems)) from None
    return parameters


def _items(name: str, value: str) -> Any:
    if not value.startswith("["):
        return value.split(",")
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise frame.Misused(f"--param {name}: it begins as a list in JSON, and is none: {error}") from None


def _field(model: type[Fields], name: str) -> tuple[str, bool]:
    """The alias of a field that is written by alias or by name, and whether it is a list."""
    for key, field in model.model_fields.items():
        if name in (key, field.alias):
            return field.alias or key, "list[" in str(field.annotation)
    return name, False


async def analyse(settings: Settings, analysis: Analysis[Any, Any], parameters: Fields, first: int, as_json: bool) -> int:
    started = time.perf_counter()
    with progress.shown() as tell:
        async with writers.writing(settings) as writer:
            found = await finished(settings, writer, analysis, parameters, lambda done: tell(analysis.name, done, 1.0))
            rows = found.outcome.rows
            shown = rows if as_json else [row for ranking in findings.rankings(rows) for row in ranking[:first]]
            parties = await known(writer.database, findings.named(shown))
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(orjson.dumps(findings.document(found, parties, seconds)))
    else:
        findings.printed(found, first, parties, seconds, Console())
        if scores := found.outcome.scores:
            click.echo(f"The scores of {len(scores.by_party):,} parties were written; --param write=false only shows them.")
    return 0


async def finished(
    settings: Settings, writer: Writer, analysis: Analysis[Any, Any], parameters: Fields, tell: Callable[[float], None]
) -> Finished:
    """The answer of a run of before if it would be the same, else of one here and now; of the runs before as many stay as may."""
    opening.keep_network(settings, writer.database)
    try:
        found = await execution.answered(writer, analysis.name, parameters)
        found = found or await execution.run(writer, analysis.name, parameters, seconds=settings.run_seconds, progress=tell)
    except Late as late:
        raise click.ClickException(f"The run took {late} and was stopped; ask for less, or raise GUANXI_RUN_SECONDS.") from None
    except Cancelled:
        raise click.ClickException("The run was cancelled.") from None
    await pruning.prune(writer, analysis.name, settings.kept_runs)
    return found


async def known(database: Database, ids: Collection[str]) -> dict[str, findings.Known]:
    """What is known of each, of those that are there."""
    ordered = sorted(ids)
    batches = [await database.read(_KNOWN, {"ids": ordered[start : start + _BATCH]}) for start in range(0, len(ordered), _BATCH)]
    return {id: findings.Known(name, industry) for rows in batches for id, name, industry in rows}
