"""`guanxi analyse`: parameters as they are written, tables, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from click import ClickException
from rich.console import Console

from app import findings
from app.commands import analyse, frame
from app.settings import Settings
from graph import embedded, migrate
from graph.analyses import ANALYSES, stored
from graph.analyses.execution import Finished
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import Estimate
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, Outcome, PairScore, PathRow, Row
from graph.analyses.runs import Run
from graph.clock import FixedClock, SystemClock
from graph.database import Database
from graph.errors import Message
from graph.ids import RandomIds, SeededIds
from graph.writing import Author
from tests.app.test_cli import guanxi
from tests.graph import given
from tests.graph.analyses import probe, world

PARTIES = {id: findings.Known(name) for id, name in (("ann", "Ann"), ("bob", "张伟"), ("eve", "Eve"))}
WHY = (Reason(ReasonCode.ACQUAINTANCE, 2, 0.5, 0.4, "bob"), Reason(ReasonCode.OWN, 3, None, 0.6))
DENSITY = Message("Density", "密度")


def test_the_examples_of_the_documentation_can_be_given() -> None:
    page = (Path(__file__).parents[2] / "docs/analyses.md").read_text("utf-8")
    examples = re.findall(r"^guanxi analyse (\w+)(.*)$", page, re.MULTILINE)
    assert len(examples) == 2
    for name, rest in examples:
        analyse.parsed(ANALYSES[name], re.findall(r"--param (\S+)", rest))


def finished(*rows: Row, notes: tuple[Message, ...] = ()) -> Finished:
    influence = ANALYSES["influence"]
    run = Run("run 1", influence, influence.parameters(), Author("user:1", "One"))
    return Finished(run, Estimate.of(2, 1), Outcome(rows, "formula 1", notes=notes))


def printed(found: Finished, first: int = 20) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        findings.printed(found, first, PARTIES, 1.25, console)
    return captured.get()


def test_parameters_are_read_as_their_types() -> None:
    found = analyse.parsed(ANALYSES["influence"], ["level=PEOPLE", "alpha=0.5"])
    assert found.model_dump(include={"level", "alpha"}) == {"level": "PEOPLE", "alpha": 0.5}
    paths = analyse.parsed(ANALYSES["introductions"], ["to=eve", "from=ann,bob", "first=2"])
    assert paths.model_dump(by_alias=True, exclude_none=True) == {"to": "eve", "from": ["ann", "bob"], "first": 2}
    paid = analyse.parsed(ANALYSES["seeds"], ["budget=5", 'costs=[{"party": "ann", "cost": 2.5}]'])
    assert paid.model_dump(include={"budget", "costs"}) == {"budget": 5, "costs": [{"party": "ann", "cost": 2.5}]}
    with pytest.raises(frame.Misused, match="--param costs: it begins as a list in JSON, and is none"):
        analyse.parsed(ANALYSES["seeds"], ["costs=[ann"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["alpha=3"], "--param alpha: it must lie between 0 and 0.99"),
        (["speed=3"], "--param speed: there is no such field; leave it out"),
        (["alpha"], "--param: 'alpha' is not written as name=value"),
        (["alpha=0.5", "alpha=0.6"], "--param alpha: it is given more than once; give it once, a list as a,b,c"),
        (["asOf=2026-01-01", "as_of=2026-01-02"], "--param as_of: it is given more than once; give it once, a list as a,b,c"),
    ],
)
def test_wrong_parameters_are_wrong_usage(given: list[str], said: str) -> None:
    with pytest.raises(frame.Misused) as raised:
        analyse.parsed(ANALYSES["influence"], given)
    assert (raised.value.message, raised.value.exit_code) == (said, 2)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (NodeScore("ann", 100.0, 1, WHY), ["1", "Ann", "100.00", "Acquaintance 张伟 40%; Their own standing 60%"]),
        (NodeGroup(DENSITY, ("ann", "bob")), ["Density", "2", "Ann, 张伟"]),
        (PairScore("ann", "eve", 0.25), ["Ann", "Eve", "0.250"]),
        (PathRow(("ann", "bob", "eve"), 0.36), ["Ann → 张伟 → Eve", "0.360"]),
        (GraphFact("density", DENSITY, 1234.5), ["Density", "1,234.50"]),
    ],
)
def test_each_kind_of_row_has_a_table(row: Row, shown: list[str]) -> None:
    text = printed(finished(row))
    assert all(cell in text for cell in shown), text
    assert "formula 1\nrun run 1, 1.2 s" in text


def test_however_narrow_the_table_no_letter_is_lost() -> None:
    why = [Reason(ReasonCode.MEMBER, 1.0, None, 0.09, party) for party in ("bank", "ann", "bob")]
    known = {"bank": findings.Known("槐序银行有限责任公司"), "ann": findings.Known("金语桐"), "bob": findings.Known("赵行止")}
    letters = set()
    for width in range(40, 150):
        console = Console(width=width)
        with console.capture() as captured:
            findings.printed(finished(NodeScore("bank", 1.0, 1, why)), 1, known, 1.25, console)
        letters.add("".join(sorted(filter(str.isalpha, captured.get()))))
    assert len(letters) == 1


def test_every_level_has_a_table_of_its_own() -> None:
    found = finished(*(NodeScore(party, 10.0, rank) for rank, party in [(1, "ann"), (2, "bob"), (1, "eve")]))
    assert [len(rows) for rows in findings.rankings(found.outcome.rows)] == [2, 1]
    text = printed(found, first=1)
    assert "Influence, people: 1 of 2" in text
    assert "Influence, organizations: 1 of 1" in text
    assert "张伟" not in text


def test_nothing_found_and_notes_are_said() -> None:
    assert "Nothing was found.\nmind this" in printed(finished(notes=(Message("mind this", "请注意"),)))


async def test_a_run_has_so_many_seconds(database: Database, clock: FixedClock, ids: SeededIds) -> None:
    writer, settings = given.writer(database, clock, ids), Settings(_env_file=None, run_seconds=1)
    with (
        probe.registered(),
        pytest.raises(ClickException, match=r"longer than 1 s and was stopped; ask for less, or raise GUANXI_RUN_SECONDS"),
    ):
        await analyse.finished(settings, writer, ANALYSES["probe"], ANALYSES["probe"].parameters.parse({"seconds": 5}), lambda _: None)


async def test_as_a_shell_runs_it(tmp_path: Path) -> None:
    async with embedded.running(tmp_path / "var") as target:
        async with await Database.connect(target) as database:
            await migrate.apply(database)
            clock = SystemClock()
            writer = given.writer(database, clock, RandomIds(clock))
            await world.organizations(writer, "us", own=True)
            await world.people(writer, "ann", "bob", "eve")
            await world.position(writer, "ann", "us")
            await world.knows(writer, "ann bob", "bob eve")
        await asyncio.to_thread(commands, tmp_path)


def commands(folder: Path) -> None:
    shown = guanxi("analyse", "introductions", "--param", "to=eve", folder=folder)
    assert (shown.returncode, "ann → bob → eve" in shown.stdout) == (0, True), shown
    whole = guanxi("analyse", "influence", "--param", "level=PEOPLE", "--json", folder=folder)
    document = json.loads(whole.stdout)
    assert [(row["party"], row["rank"]) for row in document["rows"]] == [("bob", 1), ("ann", 2), ("eve", 3)]
    assert (document["analysis"], document["names"], document["parameters"]["alpha"]) == (
        "influence",
        {n: n for n in ("ann", "bob", "eve")},
        0.95,
    )
    again = json.loads(guanxi("analyse", "influence", "--param", "level=PEOPLE", "--json", folder=folder).stdout)
    assert (again["run"], again["rows"], again["formula"]) == (document["run"], document["rows"], document["formula"])
    assert again["notes"] == [stored.ANSWERED.en]
    assert last_line(folder, "alpha=0.5") == "The scores of 3 parties were written; --param write=false only shows them."
    assert last_line(folder, "alpha=0.4", "write=false").startswith("run ")
    nobody = guanxi("analyse", "introductions", "--param", "to=nobody", folder=folder)
    assert (nobody.returncode, nobody.stderr.strip().splitlines()[-1]) == (
        1,
        "Error: to: nothing of this kind has the id 'nobody'; look it up again",
    )
    unknown = guanxi("analyse", "alchemy", folder=folder)
    assert (unknown.returncode, f"there are {', '.join(sorted(ANALYSES))}" in unknown.stderr) == (2, True)


def last_line(folder: Path, *given: str) -> str:
    parameters = (part for each in ("level=PEOPLE", *given) for part in ("--param", each))
    return guanxi("analyse", "influence", *parameters, folder=folder).stdout.splitlines()[-1]
