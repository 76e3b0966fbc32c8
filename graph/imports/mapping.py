"""Mappings: how a foreign file becomes rows of our own nouns, written in TOML.

A mapping turns each row into cells under the column names of our own import files; whatever checks those checks these.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Dictionary
from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from graph.errors import Message, brief
from graph.imports.files import Row, Unreadable

_PLACE = re.compile(r"\{([^{}?]+)(\??)\}")
Tables = dict[str, dict[str, str]]


class BadMapping(Exception):
    """A mapping that is not there or not right; says where."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no such time zone: {name}") from error
    return name


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Part):
    """Where the text of one of our columns comes from, and what is done to it on the way."""

    column: str | None = None
    constant: str | None = None
    template: str | None = None
    table: str | None = None
    date: str | None = None
    time: str | None = None
    scale: Decimal | None = None
    default: str = ""
    lenient: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(origin is not None for origin in (self.column, self.constant, self.template)) != 1:
            raise ValueError("give one of column, constant and template")
        return self

    def columns(self) -> set[str]:
        """The columns of the file it needs."""
        if self.column is not None:
            return {self.column}
        return {name for name, _ in _PLACE.findall(self.template or "")}


def _cell(value: Any) -> Any:
    # A text alone is a template: with braces it takes columns, without it is a constant.
    return {"template": value} if isinstance(value, str) else value


class Output(_Part):
    """One row of ours out of each row of the file, but for those where a column of `skip` has one of its values (an empty one: nothing)."""

    noun: str
    fields: dict[str, Annotated[Cell, BeforeValidator(_cell)]]
    skip: dict[str, list[str]] = {}

    def columns(self) -> set[str]:
        return set(self.skip).union(*(cell.columns() for cell in self.fields.values()))


class File(_Part):
    """One file of the source by its name, and what each of its rows gives."""

    name: str
    loose_commas: bool = False
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    output: list[Output] = Field(min_length=1)


class Mapping(_Part):
    """A whole source: its usual name, the texts that mean nothing, translation tables and files."""

    source: str
    null: list[str] = []
    tables: Tables = {}
    file: list[File] = Field(min_length=1)

    @model_validator(mode="after")
    def _tables_exist(self) -> Self:
        cells = (cell for file in self.file for output in file.output for cell in output.fields.values())
        unknown = sorted({cell.table for cell in cells if cell.table and cell.table not in self.tables})
        if unknown:
            raise ValueError(f"no such translation table: {', '.join(unknown)}")
        return self

    def file_named(self, name: str) -> File | None:
        return next((file for file in self.file if file.name.lower() == name.lower()), None)

    def cells(self, file: File, output: Output, row: Row) -> dict[str, str] | None:
        """The cells of one row of ours, or None when the row is to be skipped. Unreadable names the column of the file that is wrong."""
        given = {column: "" if text in self.null else text for column, text in row.cells.items()}
        if any(given[column] in values for column, values in output.skip.items()):
            return None
        return {name: self._text(row.line, file, cell, given) for name, cell in output.fields.items()}

    def _text(self, line: int, file: File, cell: Cell, given: Dictionary[str, str]) -> str:
        text = _filled(cell, given)
        if not text:
            return cell.default
        try:
            return _changed(text, cell, self.tables, file.time_zone)
        except _Unchangeable as error:
            if cell.lenient or cell.default:
                return cell.default
            raise Unreadable(line, ", ".join(sorted(cell.columns())), error.reason) from error


class _Unchangeable(Exception):
    def __init__(self, en: str, zh: str) -> None:
        self.reason = Message(en=en, zh=zh)


def _filled(cell: Cell, given: Dictionary[str, str]) -> str:
    if cell.column is not None:
        return given[cell.column]
    if cell.constant is not None:
        return cell.constant
    template = cell.template or ""
    places = _PLACE.findall(template)
    if any(not given[name] for name, optional in places if not optional):
        return ""
    text = _PLACE.sub(lambda place: given[place[1]], template)
    return " ".join(text.split()) if places else text


def _changed(text: str, cell: Cell, tables: Tables, zone: str | None) -> str:
    if cell.table is not None:
        if text not in tables[cell.table]:
            raise _Unchangeable(f"“{brief(text)}” is not in the table “{cell.table}”", f"“{brief(text)}”不在对照表“{cell.table}”中")
        text = tables[cell.table][text]
    if cell.date is not None:
        return _parsed(text, cell.date).date().isoformat()
    if cell.time is not None:
        at = _parsed(text, cell.time)
        return (at.replace(tzinfo=ZoneInfo(zone)) if zone and at.tzinfo is None else at).isoformat()
    return _scaled(text, cell.scale) if cell.scale is not None else text


def _parsed(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007, a file says its zone once
    except ValueError as error:
        raise _Unchangeable(f"“{brief(text)}” is not a date like {form}", f"“{brief(text)}”不是 {form} 形式的日期") from error


def _scaled(text: str, scale: Decimal) -> str:
    try:
        return format(Decimal(text) * scale, "f")
    except InvalidOperation as error:
        raise _Unchangeable(f"“{brief(text)}” is not a number", f"“{brief(text)}”不是数字") from error


def shipped() -> list[str]:
    """The names of the mappings that come with Guanxi."""
    return sorted(entry.name.removesuffix(".toml") for entry in files("graph.imports.mappings").iterdir() if entry.name.endswith(".toml"))


def named(name: str) -> Mapping:
    """A shipped mapping by its name, or one in a file. BadMapping when there is none, or when it is wrong."""
    if name in shipped():
        return parsed((files("graph.imports.mappings") / f"{name}.toml").read_text("utf-8"))
    if not name.endswith(".toml"):
        raise BadMapping(f"no mapping “{name}”: give a .toml file or one of {', '.join(shipped())}")
    try:
        return parsed(Path(name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(f"{name}: {error}") from error


def parsed(text: str) -> Mapping:
    """A mapping from its TOML. BadMapping says where it is wrong."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadMapping(f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}") from error
