"""`guanxi plot NUMBER [--param k=v …] [--out FILE.svg]`"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import LiteralString, cast

import click
import numpy as np

from app import findings, pictures, writers
from app.commands import analyse, frame, progress
from app.pictures import Member, Tie
from app.settings import Settings
from graph.analyses import ANALYSES, networks
from graph.analyses.communities import CommunitiesParameters
from graph.analyses.days import Moment
from graph.analyses.rows import NodeGroup, Row
from graph.periods import valid
from graph.writing import Writer

MOST = 300
"""So many members are drawn, the most telling; a picture of more shows nothing."""

_EMPLOYERS: LiteralString = f"""
MATCH (p:Person)-[:HOLDS]->(x:Position)-[:AT]->(o:Organization)
WHERE p.id IN $ids AND x.deleted_at IS NULL AND o.deleted_at IS NULL AND {valid("x")}
WITH p.id AS id, o.name AS name, CASE WHEN x.primary THEN 0 ELSE 1 END AS place ORDER BY place, name
RETURN id, collect(name)[0]
"""


@click.command("plot", epilog="`guanxi analyse communities` lists them; both take the same parameters.")
@click.argument("number", metavar="NUMBER", type=click.IntRange(1))
@click.option("--param", "given", multiple=True, metavar="K=V", help="A parameter of the analysis `communities`.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False, writable=True), help="Where to, if not community-NUMBER.svg.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
@frame.data_option
def command(number: int, given: tuple[str, ...], out: Path | None, force: bool, **flags: object) -> int:
    out = out or Path(f"community-{number}.svg")
    if out.suffix.lower() != ".svg":
        raise frame.Misused(f"--out: the picture is SVG, which {out.name!r} would not say; let the name end with .svg")
    if out.exists() and not force:
        raise frame.Misused(f"{out} exists already; --force overwrites it")
    parameters = analyse.parsed(ANALYSES["communities"], given)
    assert isinstance(parameters, CommunitiesParameters)
    return frame.run(plot(frame.with_data(**flags), number, parameters, out))


async def plot(settings: Settings, number: int, parameters: CommunitiesParameters, out: Path) -> int:
    """Saves a picture of one community, the largest being number 1."""
    with progress.shown() as tell:
        async with writers.writing(settings) as writer:
            analysis = ANALYSES["communities"]
            found = await analyse.finished(settings, writer, analysis, parameters, lambda done: tell(analysis.name, done, 1.0))
            group = chosen(found.outcome.rows, number)
            ties = await tied(writer, parameters, group)
            members = await members_of(writer, Moment.of(writer, parameters).day, group, ties)
            telling = await analyse.known(writer.database, {reason.party for reason in group.reasons if reason.party})
            title = findings.title(group, telling, settings.language)
    await asyncio.to_thread(out.write_text, pictures.drawn(title, members, ties), "utf-8")
    click.echo(f"{title}: {len(members)} of {len(group.members)} members, {len(ties)} ties → {out}")
    return 0


def chosen(rows: Sequence[Row], number: int) -> NodeGroup:
    """The group of a number, counted from 1."""
    groups = [row for row in rows if isinstance(row, NodeGroup)]
    if number > len(groups):
        raise click.ClickException(f"There is no community {number}: {len(groups) or 'none'} were found.")
    return groups[number - 1]


async def tied(writer: Writer, parameters: CommunitiesParameters, group: NodeGroup) -> list[Tie]:
    """The ties inside a group, the strongest being 1."""
    network = networks.network(await networks.load(writer, parameters), parameters.level, parameters)
    ids = network.ids
    drawn = np.zeros(len(network), bool)
    drawn[[network.place[id] for id in group.members[:MOST] if id in network.place]] = True
    inside = np.flatnonzero(drawn[network.rows] & drawn[network.indices] & (network.rows < network.indices))
    most = float(network.weights[inside].max(initial=0.0)) or 1.0
    return [Tie(ids[network.rows[e]], ids[network.indices[e]], float(network.weights[e]) / most) for e in inside.tolist()]


async def members_of(writer: Writer, day: str, group: NodeGroup, ties: Iterable[Tie]) -> list[Member]:
    """The members with their share of the strength inside, and of people where they worked on a day."""
    ids = group.members[:MOST]
    known = await analyse.known(writer.database, ids)
    employers = dict(cast(list[tuple[str, str]], await writer.database.read(_EMPLOYERS, {"ids": list(ids), "day": day})))
    strength = dict.fromkeys(ids, 0.0)
    for tie in ties:
        strength[tie.a] += tie.strength
        strength[tie.b] += tie.strength
    whole = sum(strength.values()) or 1.0
    return [Member(id, findings.name(id, known), strength[id] / whole, employers.get(id, "")) for id in ids]
