"""Mappings: columns, constants, templates, tables, dates, scale, defaults, skipped rows; and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.imports import mapping, sources
from graph.imports.files import Row, Unreadable
from graph.imports.kinds import KINDS
from graph.imports.mapping import BadMapping, Mapping


def of(fields: dict[str, Any], *, skip: dict[str, list[str]] | None = None, zone: str | None = None) -> Mapping:
    output = {"noun": "people", "fields": fields, "skip": skip or {}}
    tables = {"country": {"Germany": "DE"}}
    return Mapping.model_validate(
        {"source": "s", "null": ["NULL"], "tables": tables, "file": [{"name": "f.csv", "time_zone": zone, "output": [output]}]}
    )


def cells(given: dict[str, str], fields: dict[str, Any], **options: Any) -> dict[str, str] | None:
    made = of(fields, **options)
    return made.cells(made.file[0], made.file[0].output[0], Row(7, given))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("customer", "customer"),
        ("{first} {last}", "Ada Byron"),
        ("{first} {middle?} {last}", "Ada Byron"),
        ("{first} {middle} {last}", ""),
        ("id:{none}", ""),
        ({"column": "first"}, "Ada"),
        ({"column": "none", "default": "nobody"}, "nobody"),
        ({"constant": "{first}"}, "{first}"),
        ({"column": "country", "table": "country"}, "DE"),
        ({"column": "first", "table": "country", "default": "XX"}, "XX"),
        ({"column": "first", "table": "country", "lenient": True}, ""),
        ({"column": "born", "date": "%d.%m.%Y"}, "1815-12-10"),
        ({"column": "born", "time": "%d.%m.%Y"}, "1815-12-10T00:00:00"),
        ({"column": "cents", "scale": 0.01}, "12.34"),
    ],
)
def test_a_cell_takes_its_text_from(cell: Any, text: str) -> None:
    given = {"first": "Ada", "middle": "", "last": "Byron", "none": "NULL", "country": "Germany", "born": "10.12.1815", "cents": "1234"}
    assert cells(given, {"name": cell}) == {"name": text}


def test_a_time_gets_the_zone_of_its_file() -> None:
    assert cells({"at": "2026-07-01"}, {"name": {"column": "at", "time": "%Y-%m-%d"}}, zone="Asia/Shanghai") == {
        "name": "2026-07-01T00:00:00+08:00"
    }


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"column": "a", "table": "country"}, "“x” is not in the table “country”"),
        ({"column": "a", "date": "%Y"}, "“x” is not a date like %Y"),
        ({"column": "a", "time": "%Y"}, "“x” is not a date like %Y"),
        ({"column": "a", "scale": 100}, "“x” is not a number"),
    ],
)
def test_what_cannot_be_changed_is_told_with_its_column(cell: Any, reason: str) -> None:
    with pytest.raises(Unreadable) as told:
        cells({"a": "x"}, {"name": cell})
    assert (told.value.line, told.value.column, told.value.reason.en) == (7, "a", reason)
    with pytest.raises(Unreadable) as told:
        cells({"a": "y" * 9_000}, {"name": cell})
    assert told.value.reason.en == reason.replace("x", "y" * 60 + "…", 1)
    assert len(told.value.reason.zh) < 100


def test_rows_are_skipped_by_value_and_by_emptiness() -> None:
    skip = {"state": ["gone", ""]}
    assert cells({"state": "gone"}, {"name": "x"}, skip=skip) is None
    assert cells({"state": "NULL"}, {"name": "x"}, skip=skip) is None
    assert cells({"state": "here"}, {"name": "x"}, skip=skip) == {"name": "x"}


def test_it_knows_which_columns_it_needs() -> None:
    made = of({"name": "{a} {b?}", "key": {"column": "c"}, "kind": "constant"}, skip={"d": [""]})
    assert made.file[0].output[0].columns() == {"a", "b", "c", "d"}


def test_files_are_found_whatever_their_case() -> None:
    made = of({"name": "x"})
    assert made.file_named("F.CSV") is made.file[0]
    assert made.file_named("g.csv") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("source = ", "not TOML"),
        ('source = "s"', "file"),
        ('source = "s"\nsauce = 1\n[[file]]\nname="f"\n[[file.output]]\nnoun="people"\nfields={}', "sauce"),
        (
            'source = "s"\n[[file]]\nname="f"\n[[file.output]]\nnoun="people"\nfields={name={column="a",constant="b"}}',
            "one of column, constant",
        ),
        ('source = "s"\n[[file]]\nname="f"\n[[file.output]]\nnoun="people"\nfields={name={column="a",table="t"}}', "translation table: t"),
        ('source = "s"\n[[file]]\nname="f"\ntime_zone="Mars/Base"\n[[file.output]]\nnoun="people"\nfields={}', "Mars/Base"),
    ],
)
def test_a_wrong_mapping_says_where(text: str, told: str) -> None:
    with pytest.raises(BadMapping, match=told):
        mapping.parsed(text)


@pytest.mark.parametrize(
    ("noun", "fields", "told"),
    [
        ("ghosts", {}, "no such noun; there are organizations, people"),
        ("people", {"key": "{a}", "name": "{a}", "haircut": "x"}, "no such column: haircut"),
        ("people", {"key": "{a}"}, "required, and not given: name"),
    ],
)
def test_a_mapping_names_nouns_and_columns_of_ours(noun: str, fields: dict[str, Any], told: str) -> None:
    made = Mapping.model_validate({"source": "s", "file": [{"name": "f.csv", "output": [{"noun": noun, "fields": fields}]}]})
    with pytest.raises(BadMapping, match=told):
        sources.check(made, KINDS)


def test_mappings_are_found_by_name_and_by_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('source = "mine"\n[[file]]\nname="f.csv"\n[[file.output]]\nnoun="people"\nfields={name="{n}",key="{n}"}')
    assert mapping.named(str(path)).source == "mine"
    assert "northwind" in mapping.shipped()
    with pytest.raises(BadMapping, match="northwind"):
        mapping.named("nothing")
    with pytest.raises(BadMapping, match="No such file"):
        mapping.named(str(tmp_path / "none.toml"))


@pytest.mark.parametrize("name", mapping.shipped())
def test_shipped_mappings_are_right(name: str) -> None:
    made = mapping.named(name)
    sources.check(made, KINDS)
    assert made.source == name
