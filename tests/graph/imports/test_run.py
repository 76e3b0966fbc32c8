"""A whole import: what it finds to read, a dry run, the report, two at once, and one that is cut off."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from graph import imports, rebuild
from graph.database import Database, Target
from graph.imports import BadMapping, BadSource, NothingToImport, Outcome, Progress
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name,roles,owner_key\na,Ada,customer,b\nb,Byron,,\n"
PEOPLE = "key,name,organization_key,own,reports_to_key\n1,Wei,,yes,\n2,Ada,a,,3\n3,Bob,a,,\n"
INTERACTIONS = "key,channel,occurred_at,from,to\n1,EMAIL,2026-05-01,1,2\n2,CALL,2026-05-02,1,3;x@new.example\n"
REFERRALS = "key,referrer_key,referred_key,occurred_at\n1,2,b,2026-05-01\n"
PRODUCTS = "key,name,supplier_key,unit_price\nx,Chai,b,10\n"
ORDERS = "key,customer_key,ordered_at,seller_key\n1,a,2026-05-01,1\n"
LINES = "order_key,product_key,quantity\n1,x,3\n"
WORLD = {
    "organizations": COMPANIES,
    "people": PEOPLE,
    "interactions": INTERACTIONS,
    "referrals": REFERRALS,
    "products": PRODUCTS,
    "orders": ORDERS,
    "order_lines": LINES,
}
EVERYTHING = "MATCH (n) OPTIONAL MATCH (n)-[t]->() RETURN count(DISTINCT n), count(t)"


async def test_a_world_is_taken_in_the_right_order_and_a_second_time_nothing_changes(load: Import, ask: Ask) -> None:
    report = await load(**WORLD)
    assert (told(report), report.counts) == ([], {Outcome.CREATED: 11})
    assert [part.noun for part in report.parts] == [
        "organizations",
        "people",
        "products",
        "orders",
        "order_lines",
        "interactions",
        "referrals",
    ]
    before = await ask(EVERYTHING), await ask("MATCH (c:Change) RETURN count(c)")
    assert (await load(**WORLD)).counts == {Outcome.UNCHANGED: 11}
    assert (await ask(EVERYTHING), await ask("MATCH (c:Change) RETURN count(c)")) == before


async def test_a_dry_run_finds_what_is_wrong_and_writes_nothing(load: Import, ask: Ask) -> None:
    wrong = {**WORLD, "referrals": REFERRALS + "2,2,nobody,2026-05-01\n3,2,b,2026-05-03\n", "order_lines": LINES + "9,x,1\n"}
    before = await ask(EVERYTHING)
    report = await load(dry_run=True, **wrong)
    assert report.dry_run
    assert told(report) == [
        (3, "order_key", "this source has nothing with the key “9”"),
        (3, "referred_key", "this source has nothing with the key “nobody”"),
        (4, "referred_key", "the same party has referred it already, and that goes on"),
    ]
    assert report.counts == {Outcome.CREATED: 11, Outcome.REFUSED: 3}
    assert await ask(EVERYTHING) == before
    assert await ask("MATCH (n) WHERE n:Party OR n:Imported RETURN count(n)") == [0]


async def test_a_dry_run_tells_what_a_second_import_would_do(load: Import, ask: Ask) -> None:
    await load(**WORLD)
    before = await ask("MATCH (n) RETURN sum(n.version), count(n)")
    people = PEOPLE.replace("Wei", "Wang Wei").replace("2,Ada,a,,3", "2,Ada,a,,") + "4,New,a,,2\n"
    report = await load(dry_run=True, **{**WORLD, "people": people})
    assert report.counts == {Outcome.CREATED: 1, Outcome.UPDATED: 2, Outcome.UNCHANGED: 9}
    assert await ask("MATCH (n) RETURN sum(n.version), count(n)") == before
    assert await ask("MATCH (:Position)-[t:REPORTS_TO]->() RETURN count(t)") == [1]


async def test_sources_have_key_spaces_of_their_own(load: Import, ask: Ask) -> None:
    await load("crm", organizations="key,name\n1,Ada\n")
    await load("erp", organizations="key,name\n1,Byron\n")
    assert await ask("MATCH (o)-[:IDENTIFIED_BY]->(i) RETURN o.name, i.key ORDER BY o.name") == [
        ("Ada", "source:crm|1"),
        ("Byron", "source:erp|1"),
    ]


async def test_what_the_report_tells_can_be_read_by_machines_in_both_languages(load: Import) -> None:
    report = await load(organizations="key,name,colour\n1,,red\n2,Ada,blue\n")
    found = report.told("zh-CN")
    assert {name: found[name] for name in ("source", "dryRun", "created", "updated", "unchanged", "refused")} == {
        "source": "crm",
        "dryRun": False,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
    }
    (file,) = found["files"]
    assert (Path(file["file"]).name, file["noun"]) == ("organizations.csv", "organizations")
    assert file["refusals"] == [{"line": 2, "column": "name", "reason": "为必填项，请填写"}]
    assert file["warnings"] == [{"line": 1, "column": "colour", "reason": "organizations 没有此列"}]


async def test_a_file_without_a_required_column_is_refused_and_the_others_are_taken(load: Import) -> None:
    report = await load(organizations="key,title\n1,Ada\n", people="key,name\n1,Ada\n", products="")
    assert told(report) == [(1, "", "has no header row"), (1, "name", "this column is missing")]
    assert report.counts[Outcome.CREATED] == 1


async def test_files_are_known_by_the_beginning_of_their_names(writer: Writer, tmp_path: Path) -> None:
    for name in ("people-2026.csv", "People (2).TSV", "order_lines.csv", "peoples.csv", "notes.txt", "people.xlsx"):
        (tmp_path / name).write_text("key\tname\n", "utf-8")
    report = await imports.run(writer, [tmp_path], source="crm", dry_run=True)
    assert sorted((part.path.name, part.noun) for part in report.parts) == [
        ("People (2).TSV", "people"),
        ("order_lines.csv", "order_lines"),
        ("people-2026.csv", "people"),
    ]


async def test_a_file_that_no_name_fits_is_passed_over_and_told(writer: Writer, tmp_path: Path) -> None:
    for name in ("people.csv", "staff.csv", "picture.png", "notes.md"):
        (tmp_path / name).write_text("key,name\n1,Ada\n", "utf-8")
    report = await imports.run(writer, [tmp_path], source="crm", dry_run=True)
    assert ([part.path.name for part in report.parts], [path.name for path in report.unknown]) == (["people.csv"], ["staff.csv"])
    assert report.told()["unknown"] == [str(tmp_path / "staff.csv")]
    with pytest.raises(NothingToImport, match=r"^notes\.md: the name of a file .*; known are organizations\.csv, .*--mapping"):
        await imports.run(writer, [tmp_path / "notes.md"], source="crm")


async def test_wrong_usage_is_told(writer: Writer, tmp_path: Path) -> None:
    with pytest.raises(NothingToImport, match=r"organizations\.csv"):
        await imports.run(writer, [tmp_path], source="crm")
    with pytest.raises(NothingToImport, match=r"customers\.csv"):
        await imports.run(writer, [tmp_path], mapping="northwind")
    with pytest.raises(BadSource, match="A B"):
        await imports.run(writer, [tmp_path], source="A B")
    with pytest.raises(BadMapping):
        await imports.run(writer, [tmp_path], mapping="nothing")
    with pytest.raises(FileNotFoundError):
        await imports.run(writer, [tmp_path / "people.csv"], source="crm")


async def test_progress_is_told_batch_by_batch(writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.imports.taking.SIZE", 2)
    (tmp_path / "people.csv").write_text("key,name\n1,A\n2,B\n,C\n", "utf-8")
    steps: list[tuple[str, int, int]] = []

    def watch(progress: Progress) -> None:
        steps.append((progress.part.noun, progress.done, progress.total))

    await imports.run(writer, [tmp_path], source="crm", progress=watch)
    assert steps == [("people", 2, 3), ("people", 3, 3)]


async def test_a_cell_that_a_mapping_calls_lenient_is_left_out_with_a_warning(writer: Writer, tmp_path: Path, ask: Ask) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'source = "m"\n[[file]]\nname = "f.csv"\n[[file.output]]\nnoun = "people"\n'
        'fields = { key = "{id}", name = "{name}", phone = { column = "phone", lenient = true }, email = "{email}" }\n'
    )
    (tmp_path / "f.csv").write_text("id,name,phone,email\n1,Ada,12,ada@ada.example\n2,Bob,12,x\n3,Eve,010 60000012,\n", "utf-8")
    report = await imports.run(writer, [tmp_path], mapping=str(mapping))
    assert [(finding.line, finding.column) for finding in report.parts[0].warnings] == [(2, "phone")]
    assert [(line, column) for line, column, _ in told(report)] == [(3, "email")]
    assert await ask("MATCH (:Person)-[:REACHED_AT]->(c) RETURN c.value ORDER BY c.value") == ["+861060000012", "ada@ada.example"]
    assert (await imports.run(writer, [tmp_path], mapping=str(mapping))).counts[Outcome.UNCHANGED] == 2


async def test_two_imports_of_one_file_at_once_make_each_thing_once(load: Import, ask: Ask, writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("key,name,email\n" + "".join(f"{n},P{n},p{n}@a.example\n" for n in range(300)), "utf-8")
    reports = await asyncio.gather(*(imports.run(writer, [tmp_path], source="crm") for _ in range(2)))
    assert sum(report.counts[Outcome.CREATED] for report in reports) == 300
    assert sum(report.counts[Outcome.UNCHANGED] for report in reports) == 300
    assert await ask("MATCH (p:Person) RETURN count(p)") == [300]
    assert await ask("MATCH (i:Imported) RETURN count(i)") == [300]


_CHILD = """
import asyncio, sys
from pathlib import Path
from graph import imports
from graph.clock import SystemClock
from graph.database import Database, Target
from graph.ids import RandomIds
from graph.imports import taking
from graph.writing import Author, Customs, Writer

async def main(target, files):
    taking.SIZE = 40
    async with await Database.connect(Target.read(target)) as database:
        writer = Writer(database, SystemClock(), RandomIds(SystemClock()), Author("user:ada", "Ada"), Customs("Ours"))
        tell = lambda progress: print(progress.done, flush=True)
        await imports.run(writer, [Path(files)], source="crm", progress=tell)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_an_import_that_is_killed_goes_on_where_it_stopped(
    target: Target, database: Database, writer: Writer, tmp_path: Path, ask: Ask
) -> None:
    files = tmp_path / "files"
    _tables(files)
    for batches in (2, 5):
        await _killed_after(batches, target, files)
        # Whatever is there is whole: each row that the ledger knows has its object, and the reverse.
        query = "MATCH (i:Imported) OPTIONAL MATCH (n:Node {id: i.object}) RETURN count(i), count(n), count(DISTINCT n)"
        ((rows, objects, distinct),) = await ask(query)
        assert 0 < rows < 420
        assert rows == objects == distinct
        assert await ask("MATCH (n) WHERE n:Person OR n:Interaction RETURN count(n)") == [rows]
    report = await imports.run(writer, [files], source="crm")
    assert report.counts[Outcome.CREATED] + report.counts[Outcome.UNCHANGED] + report.counts[Outcome.UPDATED] == 420
    assert report.counts[Outcome.CREATED] < 420
    assert await ask("MATCH (n) WHERE n:Person OR n:Interaction RETURN count(n)") == [420]
    assert await ask("MATCH (:Position)-[t:REPORTS_TO]->() RETURN count(t)") == [119]
    assert (await rebuild.rebuild(writer)).acquaintances == 0
    assert await ask("MATCH ()-[k:KNOWS]->() RETURN sum(k.count)") == [300]


def _tables(folder: Path) -> None:
    folder.mkdir()
    people = [f"p{n},P{n},yes,{'' if n == 0 else f'p{n - 1}'}" for n in range(120)]
    (folder / "people.csv").write_text("\n".join(["key,name,own,reports_to_key", *people]), "utf-8")
    rows = [f"{n},EMAIL,2026-05-01,p{n % 120},p{(n + 1) % 120}" for n in range(300)]
    (folder / "interactions.csv").write_text("\n".join(["key,channel,occurred_at,from,to", *rows]), "utf-8")


async def _killed_after(batches: int, target: Target, files: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, target.written(), str(files), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert child.stdout
    for _ in range(batches):
        assert await child.stdout.readline(), "the import ended before it could be killed"
    with suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    await child.wait()
