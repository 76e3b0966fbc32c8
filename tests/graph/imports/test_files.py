"""Tables as spreadsheets really write them: encodings, delimiters, quotes, broken rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.imports import files
from graph.imports.files import Row, Table, Unreadable

Written = Callable[..., Table]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(content: str | bytes, encoding: str = "utf-8", **options: bool) -> Table:
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return files.opened(path, **options)

    return write


def good(table: Table) -> list[Row]:
    return [row for row in table.rows() if isinstance(row, Row)]


def bad(table: Table) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.reason.en) for row in table.rows() if isinstance(row, Unreadable)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_each_encoding_with_each_delimiter(written: Written, encoding: str, delimiter: str) -> None:
    table = written(f"key{delimiter}name\n1{delimiter}张伟\n2{delimiter}王芳\n", encoding)
    assert table.columns == ("key", "name")
    assert [row.cells for row in good(table)] == [{"key": "1", "name": "张伟"}, {"key": "2", "name": "王芳"}]


def test_a_few_stray_bytes_refuse_their_rows_alone(written: Written) -> None:
    lines = ["key,name", "1,张伟", "2,王芳", "3,李娜"]
    table = written("\n".join(lines).encode() + "\n4,赵强\n5,ok\n".encode("gb18030"))
    assert table.encoding == "utf-8-sig"
    assert [row.cells["key"] for row in good(table)] == ["1", "2", "3", "5"]
    assert bad(table) == [(5, "name", "is not UTF-8")]


def test_stray_bytes_in_a_gb18030_file_are_told_as_such(written: Written) -> None:
    table = written("key,name\n1,张伟\n2,王芳\n".encode("gb18030") + b"3,\xff\xff\n")
    assert bad(table) == [(4, "name", "is not GB18030")]


def test_utf_16_is_told_by_name(written: Written) -> None:
    with pytest.raises(Unreadable, match="UTF-16"):
        written("key,name\n1,a\n", "utf-16")


def test_header_names_are_folded_for_our_files_and_kept_for_mappings(written: Written) -> None:
    assert written(" Key ,Short Name,legal-name\n").columns == ("key", "short_name", "legal_name")
    assert written("Key,Short Name\n", exact_header=True).columns == ("Key", "Short Name")


def test_columns_without_a_name_at_the_end_of_the_header_are_dropped(written: Written) -> None:
    assert [row.cells for row in good(written("key,name,,\n1,a,,\n"))] == [{"key": "1", "name": "a"}]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "no header"),
        ("\n", "no header"),
        (",,\n", "no header"),
        ("key,,name\n", "no readable name"),
        ("key,name,Name\n", "two columns"),
        ('"key\n', "not closed"),
    ],
)
def test_unusable_headers_are_refused(written: Written, header: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        written(header)


def test_delimiters_within_quotes_of_the_header_do_not_count(written: Written) -> None:
    assert written('"a,b,c,d";key\n').columns == ("a,b,c,d", "key")


def test_lines_are_counted_from_the_header_through_quoted_breaks_and_blank_lines(written: Written) -> None:
    table = written('key,name\r\n1,"two\r\nlines"\r\n\r\n , \r\n2,b\r\n')
    assert [(row.line, row.cells["name"]) for row in good(table)] == [(2, "two\nlines"), (6, "b")]
    assert table.lines == 6


def test_an_open_quote_refuses_its_own_line_only(written: Written) -> None:
    table = written('key,name\n1,"open\n2,b\n3,"ok, still"\n')
    assert bad(table) == [(2, "", "a quote within a quoted cell is not doubled")]
    table = written('key,name\n1,"open\n2,b\n3,c\n')
    assert bad(table) == [(2, "", "a quote is opened and not closed")]
    assert [row.cells["key"] for row in good(table)] == ["2", "3"]


def test_an_open_quote_in_a_long_file_is_given_up_after_a_thousand_lines(written: Written) -> None:
    table = written('key,name\n1,"open\n' + "".join(f"{n},x\n" for n in range(2, 3_000)))
    assert bad(table) == [(2, "", "a quote is opened and not closed")]
    assert len(good(table)) == 2_998


def test_rows_with_too_few_or_too_many_cells_are_refused(written: Written) -> None:
    table = written("key,name\n1\n2,b,c\n3,d,,\n")
    assert bad(table) == [(2, "", "has 1 cells where the header has 2"), (3, "", "has 3 cells where the header has 2")]
    assert [row.cells for row in good(table)] == [{"key": "3", "name": "d"}]


def test_loose_commas_are_mended_only_where_asked_and_only_when_unambiguous(written: Written) -> None:
    content = "key,name,city\n1,Pavlova, Ltd.,Melbourne\n2,a,b,c\n3, kept,d\n"
    assert [row.cells["key"] for row in good(written(content))] == ["3"]
    mended = written(content, loose_commas=True)
    assert [row.cells for row in good(mended)] == [
        {"key": "1", "name": "Pavlova, Ltd.", "city": "Melbourne"},
        {"key": "3", "name": "kept", "city": "d"},
    ]
    assert [finding[0] for finding in bad(mended)] == [3]


def test_formulas_and_nul_characters_are_just_text(written: Written) -> None:
    row = good(written("key,name\n=cmd|' /C calc'!A0,a\0b\n"))[0]
    assert row.cells == {"key": "=cmd|' /C calc'!A0", "name": "a\0b"}


def test_a_cell_beyond_the_limit_is_refused(written: Written) -> None:
    table = written(f"key,name\n1,{'x' * 140_000}\n2,b\n")
    assert bad(table) == [(2, "", "a cell is longer than 131,072 characters")]
    assert [row.cells["key"] for row in good(table)] == ["2"]
