"""How many rows a request may answer: along each path, of all lists of a root, with what is usual for a tie."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from graph.writing import Writer
from schema.context import Context
from tests.schema.conftest import Api


class Measured(Api):
    """Asks where it is known how many ties nodes usually have."""

    def __init__(self, writer: Writer, fanouts: Mapping[str, float]) -> None:
        super().__init__(writer)
        self.fanouts = fanouts

    def context(self) -> Context:
        return Context(self.writer, self.viewer, language=self.language, fanouts=self.fanouts)


async def refused(api: Api, document: str) -> str:
    errors = (await api.result(document)).errors or []
    assert all(error.extensions == {"code": "LIMIT_EXCEEDED"} for error in errors)
    return errors[0].message.split(":")[0] if errors else ""


DEEP = "people(first: 200) { nodes { positions(first: 200) { nodes { reports(first: 200) { nodes { id } } } } } }"


async def test_pages_multiply_along_a_path(api: Api) -> None:
    assert await refused(api, f"{{ {DEEP} }}") == "This may answer 8000000 rows, 50000 at most are allowed"
    assert not await refused(api, "{ people(first: 200) { nodes { positions(first: 200) { totalCount } } } }")


async def test_what_is_usual_counts_where_it_is_less(writer: Writer) -> None:
    few = Measured(writer, {"HOLDS>": 1.0, "REPORTS_TO<": 3.0})
    assert not await refused(few, f"{{ {DEEP.replace('reports(first: 200)', 'reports(first: 50)')} }}")
    # Even so there is an end to what it could be.
    assert await refused(few, f"{{ {DEEP} }}") == "This may answer 8000000 rows, 2000000 at most are allowed"


async def test_lists_without_pages_count_with_what_is_usual(writer: Writer) -> None:
    document = "{ interactions(first: 200) { nodes { participants { party { interactions(first: 50) { nodes { id } } } } } } }"
    usual = {"TOOK_PART<": 3.0}
    assert not await refused(Measured(writer, usual), document)
    assert await refused(Measured(writer, usual | {"TOOK_PART<": 9.0}), document) == "This may answer 90000 rows, 50000 at most are allowed"


@pytest.mark.parametrize(("many", "said"), [(4, ""), (6, "This may answer 200200 rows, 200000 at most are allowed")])
async def test_all_lists_of_a_root_count_together(api: Api, many: int, said: str) -> None:
    lists = " ".join(f"p{number}: positions(first: 200) {{ totalCount nodes {{ id }} }}" for number in range(many))
    assert await refused(api, f"{{ people(first: 200) {{ nodes {{ {lists} }} }} }}") == said
