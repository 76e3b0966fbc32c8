"""Tables in text files, as people's spreadsheets write them: read row by row, each with the line it began on."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import Message

_DELIMITERS = ",;\t"
_ENOUGH_LINES = 2_000
_LINES_OF_A_ROW = 1_000
_UNDECODED = re.compile("[\udc80-\udcff]")
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Unreadable(Exception):
    """A file, or one of its rows, that cannot be taken as a table. `column` is the header's, or empty."""

    def __init__(self, line: int, column: str, reason: Message) -> None:
        super().__init__(reason.en)
        self.line = line
        self.column = column
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """One row: the line it began on, counted from 1 with the header, and its cells by column, blanks around them taken off."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A file with a header row. `lines` is how many it has, for a progress bar.

    `loose_commas` mends rows with text cells that should have been quoted.
    """

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    lines: int
    loose_commas: bool = False

    def rows(self) -> Iterator[Row | Unreadable]:
        """Every row after the header; what cannot be read comes as Unreadable in its place."""
        with self.path.open(encoding=self.encoding, errors="surrogateescape") as text:
            records = _records(text, self.delimiter)
            next(records)
            for record in records:
                if isinstance(record, Unreadable):
                    yield record
                elif any(cell.strip() for cell in record[1]):
                    yield self._row(*record)

    def _row(self, line: int, cells: list[str]) -> Row | Unreadable:
        if self.loose_commas:
            cells = _joined(cells, len(self.columns))
        while len(cells) > len(self.columns) and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) != len(self.columns):
            return Unreadable(line, "", _miscounted(len(cells), len(self.columns)))
        for column, cell in zip(self.columns, cells, strict=True):
            if _UNDECODED.search(cell):
                return Unreadable(line, column, Message(en=f"is not {_shown(self.encoding)}", zh=f"不是 {_shown(self.encoding)} 编码"))
        return Row(line, {column: cell.strip() for column, cell in zip(self.columns, cells, strict=True)})


def opened(path: Path, *, loose_commas: bool = False, exact_header: bool = False) -> Table:
    """The table in `path`: UTF-8 or GB18030, cells parted by comma, semicolon or tab. Unreadable when it has no usable header.

    Column names are folded (`Short Name` is `short_name`) unless `exact_header`, as a mapping needs.
    """
    encoding, lines = _encoding(path)
    with path.open(encoding=encoding, errors="surrogateescape") as text:
        first = next(text, "")
    delimiter = max(_DELIMITERS, key=_unquoted(first).count)
    with path.open(encoding=encoding, errors="surrogateescape") as text:
        header = next(_records(text, delimiter), (1, []))
    if isinstance(header, Unreadable):
        raise header
    names = [name.strip() if exact_header else _folded(name) for name in header[1]]
    while names and not names[-1]:
        names.pop()
    _check_header(names)
    return Table(path, encoding, delimiter, tuple(names), lines, loose_commas)


def _check_header(names: Sequence[str]) -> None:
    if not any(names):
        raise Unreadable(1, "", Message(en="has no header row", zh="没有标题行"))
    for place, name in enumerate(names):
        if not name or _UNDECODED.search(name):
            raise Unreadable(1, str(place + 1), Message(en="this column has no readable name", zh="此列没有可读的名称"))
        if name in names[:place]:
            raise Unreadable(1, name, Message(en="two columns have this name", zh="两列同名"))


def _encoding(path: Path) -> tuple[str, int]:
    # A few stray bytes must not turn a whole file into another encoding: what most lines beyond ASCII are decides.
    right = wrong = lines = 0
    with path.open("rb") as file:
        for line in file:
            if not lines and line[:2] in _WIDE:
                raise Unreadable(1, "", Message(en="is UTF-16: save it as UTF-8", zh="是 UTF-16 编码，请另存为 UTF-8"))
            lines += 1
            if right + wrong < _ENOUGH_LINES and not line.isascii():
                try:
                    line.decode()
                    right += 1
                except UnicodeDecodeError:
                    wrong += 1
    return ("gb18030" if wrong > right else "utf-8-sig"), lines


def _records(text: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]] | Unreadable]:
    feed = _Feed(text)
    while True:
        start = feed.line
        # A reader keeps what it has of a broken row, so each row gets a fresh one.
        reader = csv.reader(feed.row(), delimiter=delimiter, strict=True)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            feed.give_back(start)
            yield Unreadable(start, "", _broken(str(error)))
            continue
        if cells is None:
            return
        yield start, cells


class _Feed:
    """Lines of a text that can be given back: an open quote must not swallow the rows below it."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self._row: list[str] = []
        self.line = 1

    def row(self) -> Iterator[str]:
        self._row = []
        while len(self._row) < _LINES_OF_A_ROW:
            line = self._returned.popleft() if self._returned else next(self._text, None)
            if line is None:
                return
            self._row.append(line)
            self.line += 1
            yield line

    def give_back(self, start: int) -> None:
        """All lines of the row but its first, so that reading goes on below it."""
        self._returned.extendleft(reversed(self._row[1:]))
        self.line = start + 1


def _joined(cells: list[str], wanted: int) -> list[str]:
    # An unquoted comma within a text is followed by a blank, one between cells is not.
    loose = [place for place, cell in enumerate(cells) if place and cell.startswith(" ")]
    if len(cells) - len(loose) != wanted:
        return cells
    joined = list(cells)
    for place in reversed(loose):
        joined[place - 1 : place + 1] = [joined[place - 1] + "," + joined[place]]
    return joined


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _folded(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def _shown(encoding: str) -> str:
    return "GB18030" if encoding == "gb18030" else "UTF-8"


def _miscounted(found: int, wanted: int) -> Message:
    return Message(en=f"has {found} cells where the header has {wanted}", zh=f"有 {found} 个单元格，标题行有 {wanted} 个")


def _broken(error: str) -> Message:
    if "unexpected end" in error:
        return Message(en="a quote is opened and not closed", zh="引号没有结束")
    if "limit" in error:
        return Message(
            en=f"a cell is longer than {csv.field_size_limit():,} characters", zh=f"单元格超过 {csv.field_size_limit():,} 个字符"
        )
    return Message(en="a quote within a quoted cell is not doubled", zh="引号内的引号没有双写")
