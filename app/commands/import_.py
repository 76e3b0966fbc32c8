"""`guanxi import PATH… [--source NAME] [--mapping NAME or FILE.toml] [--dry-run] [--json]`"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import click
import orjson

from app import opening, writers
from app.commands import frame, progress
from app.settings import Settings
from graph import imports
from graph.errors import Message
from graph.imports import BadMapping, BadSource, Finding, NothingToImport, Outcome, Part, Planned, Progress, Report
from graph.imports.report import said
from graph.writing import Writer

SHOWN = 20
"""Findings of a file that are printed; `--json` gives all."""

_LEFT_OUT = Message(" (left out)", "（已忽略）")
_WRITTEN = {Outcome.CREATED, Outcome.UPDATED}


@click.command("import", epilog="docs/import.md describes the files and how a mapping is written. `northwind` is a built-in mapping.")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--source", help="Where the files come from: keys are unique within a source. The mapping's own name if absent, else `files`."
)
@click.option("--mapping", metavar="NAME or FILE.toml", help="How foreign files become rows of ours.")
@click.option("--dry-run", is_flag=True, help="Find what is wrong and what would be done, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@frame.data_option
def command(paths: tuple[Path, ...], source: str | None, mapping: str | None, dry_run: bool, as_json: bool, **flags: object) -> int:
    settings = frame.configured(**flags)
    report = frame.run(take(settings, paths, source, mapping, dry_run))
    click.echo(orjson.dumps(report.told(settings.language)) if as_json else "\n".join(lines(report, settings.language)))
    return 1 if report.refused and report.refused == sum(report.counts.values()) else 0


def planned(paths: Iterable[Path], source: str | None, mapping: str | None) -> Planned:
    """What to import: whatever is wrong with it is told before there is an engine."""
    try:
        return imports.plan(paths, source=source, mapping=mapping)
    except (BadMapping, BadSource, NothingToImport) as problem:
        raise frame.Misused(str(problem)) from None


async def take(settings: Settings, paths: Iterable[Path], source: str | None, mapping: str | None, dry_run: bool) -> Report:
    """Imports, and shows how far it is."""
    plan = planned(paths, source, mapping)
    with progress.shown() as tell:

        def watch(step: Progress) -> None:
            tell(f"{step.part.path.name} → {step.part.noun}", step.done, step.total)

        async with _writer(settings, dry_run) as writer:
            return await imports.carry_out(writer, plan, dry_run=dry_run, progress=watch)


@asynccontextmanager
async def _writer(settings: Settings, dry_run: bool) -> AsyncIterator[Writer]:
    if not dry_run:
        async with writers.writing(settings) as writer:
            yield writer
        return
    if opening.holds_nothing(settings):
        click.echo(f"There is nothing in {settings.data.absolute()} yet: the files are checked against an empty graph.", err=True)
    # Not even a migration: a dry run leaves everything as it is.
    async with opening.as_it_is(settings) as database:
        yield writers.writer(settings, database, writers.SOMEBODY)


def lines(report: Report, language: str) -> list[str]:
    """The report for people: what became of each file, and why rows or cells were not taken."""
    told = [line for part in report.parts for line in _file(part, language, report.dry_run)]
    if report.unknown:
        names = ", ".join(path.name for path in report.unknown)
        told.append(
            f"Skipped, as their names match no known file: {names}. docs/import.md lists the names; a --mapping describes other files."
        )
    whole = "A dry run, nothing was written: " if report.dry_run else "In all: "
    return [*told, f"{whole}{_counted(report.counts, report.dry_run)}, as source {report.source}, in {report.seconds:.1f} s."]


def _file(part: Part, language: str, dry_run: bool) -> list[str]:
    refused = _listed(part.refusals, language)
    left_out = _listed(part.warnings, language, said(_LEFT_OUT, language))
    more = [f"  and {part.unlisted} more"] if part.unlisted else []
    return [f"{part.path} → {part.noun}: {_counted(part.counts, dry_run)}", *refused, *left_out, *more]


def _listed(findings: list[Finding], language: str, note: str = "") -> list[str]:
    ordered = sorted(findings, key=lambda finding: finding.line)
    shown = [f"  {_where(finding)}: {said(finding.reason, language)}{note}" for finding in ordered[:SHOWN]]
    return [*shown, f"  … {len(ordered) - SHOWN} more; --json gives all"] if len(ordered) > SHOWN else shown


def _where(finding: Finding) -> str:
    return f"line {finding.line}, {finding.column}" if finding.column else f"line {finding.line}"


def _counted(counts: dict[Outcome, int], dry_run: bool) -> str:
    shown = [outcome for outcome in Outcome if outcome is not Outcome.SKIPPED or counts[outcome]]
    return ", ".join(f"{counts[each]:,} {'would be ' if dry_run and each in _WRITTEN else ''}{each.value}" for each in shown)
