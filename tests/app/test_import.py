"""`guanxi import` as a shell runs it: into a fresh database, as text and JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from app.commands import import_
from graph import embedded
from graph.errors import Message
from graph.imports import Finding, Outcome, Part, Report
from tests.app.test_cli import guanxi

PEOPLE = "key,name,email\n1,Ada,ada@ada.example\n2,Bob,nobody\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = tmp_path / "files"
    files.mkdir()
    (files / "people.csv").write_text(PEOPLE, "utf-8")
    return tmp_path


def test_a_dry_run_where_there_is_nothing_leaves_nothing(folder: Path) -> None:
    dry = guanxi("import", "files", "--dry-run", "--json", folder=folder, TMPDIR=str(folder))
    assert (dry.returncode, json.loads(dry.stdout)["created"], json.loads(dry.stdout)["dryRun"]) == (0, 1, True)
    assert f"There is nothing in {folder / 'var'} yet" in dry.stderr
    assert list(folder.iterdir()) == [folder / "files"]


async def test_files_are_taken_into_a_fresh_database_and_a_second_time_left_alone(folder: Path) -> None:
    # Held here, so that the commands join the engine and need not start one.
    async with embedded.running(folder / "var"):
        await asyncio.to_thread(taken_twice, folder)


def taken_twice(folder: Path) -> None:
    done = guanxi("import", "files", "--source", "crm", folder=folder)
    assert done.returncode == 0
    assert "files/people.csv → people: 1 created, 0 updated, 0 unchanged, 1 refused" in done.stdout
    assert "  line 3, email: " in done.stdout
    assert "people.csv → people: 100%" in done.stderr
    again = json.loads(guanxi("import", "files", "--source", "crm", "--json", folder=folder, GUANXI_LANGUAGE="zh").stdout)
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 1, 1)
    checked = guanxi("import", "files", "--source", "crm", "--dry-run", "--json", folder=folder)
    assert (json.loads(checked.stdout)["unchanged"], "There is nothing" in checked.stderr) == (1, False)
    assert "电子邮箱" in again["files"][0]["refusals"][0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        ([], "PATH"),
        (["files", "--mapping", "nothing"], "northwind"),
        (["files", "--mapping", "northwind"], "customers.csv"),
        (["files", "--source", "A B"], "cannot be the name of a source"),
    ],
)
def test_wrong_usage_is_2(folder: Path, arguments: list[str], said: str) -> None:
    wrong = guanxi("import", *arguments, "--dry-run", folder=folder)
    assert (wrong.returncode, said in wrong.stderr) == (2, True)
    # Told before there is an engine.
    assert "There is nothing" not in wrong.stderr


def test_an_import_that_takes_nothing_has_failed(folder: Path) -> None:
    (folder / "files" / "people.csv").write_text("key,name\n1,\n", "utf-8")
    failed = guanxi("import", "files", "--dry-run", folder=folder)
    assert failed.returncode == 1
    assert "line 2, name: it is required" in failed.stdout


def test_the_report_shows_the_first_findings_of_each_file() -> None:
    part = Part(Path("people.csv"), "people")
    for line in range(30, 2, -1):
        part.refuse(Finding(line, "name", Message("is wrong", "错误")))
    part.warn(Finding(2, "phone", Message("is odd", "奇怪")))
    part.counts[Outcome.SKIPPED] = 1
    shown = import_.lines(Report("crm", True, [part], 1.25), "zh")
    assert shown[0] == "people.csv → people: 0 would be created, 0 would be updated, 0 unchanged, 28 refused, 1 skipped"
    assert shown[1] == "  line 3, name: 错误"
    assert shown[21] == "  … 8 more; --json gives all"
    assert shown[22] == "  line 2, phone: 奇怪（已忽略）"
    assert shown[-1].startswith(
        "A dry run, nothing was written: 0 would be created, 0 would be updated, 0 unchanged, 28 refused, 1 skipped, as"
    )


def test_files_that_are_passed_over_are_named() -> None:
    shown = import_.lines(Report("crm", False, [Part(Path("people.csv"), "people")], 1.25, [Path("x/staff.csv"), Path("y.csv")]), "en")
    assert shown[1].startswith("Skipped, as their names match no known file: staff.csv, y.csv. ")
    assert "--mapping" in shown[1]


def test_no_more_than_ten_thousand_findings_are_kept() -> None:
    part, other = Part(Path("people.csv"), "people"), Part(Path("people.csv"), "people")
    for each in (part, other):
        for line in range(6_000):
            each.refuse(Finding(line, "", Message("is wrong", "错误")))
    part.add(other)
    assert (len(part.refusals), part.unlisted, part.counts[Outcome.REFUSED]) == (10_000, 2_000, 12_000)
    assert import_.lines(Report("crm", False, [part]), "en")[-2] == "  and 2000 more"
