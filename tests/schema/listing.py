"""A connection as a client reads it: `await Listing(api, "people").rows("orderBy: [{ name: ASC }]")`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.schema.conftest import Api

Between = Callable[[], Awaitable[Any]]


async def _nothing() -> None:
    pass


@dataclass
class Listing:
    """The list `field` of the root, or of an object: `of='person(id: "…")'`, as a type `on`. `shows` is what is read of each element."""

    api: Api
    field: str
    shows: str = "name"
    of: str = ""
    on: str = ""

    async def rows(self, arguments: str = "") -> list[Any]:
        """What the elements show, whatever the order when none is given."""
        page = await self.page(arguments)
        shown = [_leaf(node) for node in page["nodes"]]
        assert [_leaf(edge["node"]) for edge in page["edges"]] == shown
        return shown if "orderBy" in arguments else sorted(shown, key=str)

    async def where(self, condition: str) -> list[Any]:
        """What the elements that match show, in order; as many are counted."""
        page = await self.page(f"where: {{ {condition} }}")
        assert page["totalCount"] == len(page["nodes"])
        return sorted((_leaf(node) for node in page["nodes"]), key=str)

    async def count(self, arguments: str = "") -> int:
        return int((await self.page(arguments or "first: 0"))["totalCount"])

    async def forward(self, arguments: str = "", size: int = 2, between: Between = _nothing) -> list[Any]:
        """All pages one after the other; `between` runs behind each."""
        return await self._walk(f"first: {size} {arguments}", ("after", "endCursor", "hasNextPage", "hasPreviousPage"), between)

    async def backward(self, arguments: str = "", size: int = 2, between: Between = _nothing) -> list[Any]:
        """All pages from the last to the first, put together in the order of the list."""
        return await self._walk(f"last: {size} {arguments}", ("before", "startCursor", "hasPreviousPage", "hasNextPage"), between)

    async def _walk(self, arguments: str, words: tuple[str, str, str, str], between: Between) -> list[Any]:
        argument, cursor, more, less = words
        found: list[Any] = []
        beyond = ""
        while True:
            page = await self.page(f"{arguments} {beyond}")
            shown = [_leaf(node) for node in page["nodes"]]
            assert page["pageInfo"][less] is bool(beyond)
            found = found + shown if argument == "after" else shown + found
            if not page["pageInfo"][more]:
                return found
            beyond = f'{argument}: "{page["pageInfo"][cursor]}"'
            await between()

    async def page(self, arguments: str = "") -> Any:
        selection = f"nodes {{ {self.shows} }} edges {{ cursor node {{ {self.shows} }} }} totalCount "
        selection += "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        field = f"list: {self.field}{f'({arguments})' if arguments else ''} {{ {selection} }}"
        field = f"... on {self.on} {{ {field} }}" if self.on else field
        data = await self.api(f"{{ of: {self.of} {{ {field} }} }}" if self.of else f"{{ {field} }}")
        page = data["of"]["list"] if self.of else data["list"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert [page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]] == ([cursors[0], cursors[-1]] if cursors else [None, None])
        return page


def _leaf(value: Any) -> Any:
    """The only value in nested objects: `{"person": {"name": "Ann"}}` is Ann."""
    while isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return value
