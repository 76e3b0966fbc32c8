"""Mutations as a client sends them: `done(api, "personCreate", {...})` gives the object, `ask` the whole payload."""

from __future__ import annotations

from typing import Any

from schema import WRITES
from tests.schema.conftest import Api

PROBLEMS = """problems { __typename code message path
    ... on Stale { current { id } } ... on Duplicate { existing { id } } ... on NotFound { missingId } }"""


async def ask(api: Api, name: str, input: dict[str, Any], selection: str = "id") -> Any:
    """The payload of one mutation; `selection` is what to read of its object."""
    kind = name[0].upper() + name[1:]
    payload = next(w for w in WRITES if w.input.__name__ == f"{kind}Input")
    noun = payload.noun.split("_")
    field = noun[0] + "".join(part.title() for part in noun[1:])
    document = (
        f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ object: {field} {{ {selection} }} {PROBLEMS} warnings {{ code }} }} }}"
    )
    return (await api(document, input=input))[name]


async def done(api: Api, name: str, input: dict[str, Any], selection: str = "id") -> Any:
    payload = await ask(api, name, input, selection)
    assert payload["problems"] == []
    return payload["object"]
