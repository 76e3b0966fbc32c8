"""What a client is told when nothing was written: `await refuses(api, "personUpdate", input, "Stale STALE version", en, zh)`."""

from __future__ import annotations

from typing import Any

from tests.schema.asking import ask
from tests.schema.conftest import Api

REQUIRED = "it is required; give it a value|为必填项，请填写"
EMPTY = "it is empty; give it a value|内容为空，请填写"
NOT_FOUND = "nothing of this kind has the id|没有 id 为"
STALE = "read the object again and repeat|请重新读取后再提交"


def too_long(most: int) -> str:
    return f"at most {most} are stored|最多 {most} "


async def refuses(api: Api, name: str, input: dict[str, Any], what: str, said: str) -> Any:
    """The one problem of a mutation that did nothing.

    `what` is its type, code and path, as in `Duplicate DUPLICATE identifiers.0`; `said` is in its message, English|Chinese.
    """
    (problem,) = await problems(api, name, input)
    (chinese,) = await problems(api, name, input, "zh-CN")
    (en, zh), path = said.split("|"), ".".join(problem["path"] or [])
    assert f"{problem['__typename']} {problem['code']} {path}".strip() == what
    assert en in problem["message"]
    assert zh in chinese["message"]
    assert (problem["message"].startswith(f"{path}: "), chinese["message"].startswith(f"{path}：")) == (bool(path), bool(path))
    assert chinese | {"message": ""} == problem | {"message": ""}
    return problem


async def problems(api: Api, name: str, input: dict[str, Any], language: str = "en") -> list[Any]:
    """All problems of a mutation, which must have done nothing."""
    before = await _changes(api)
    api.language = language
    payload = await ask(api, name, input)
    api.language = "en"
    assert payload["object"] is None
    assert payload["problems"]
    assert await _changes(api) == before
    return list(payload["problems"])


async def _changes(api: Api) -> Any:
    return (await api("{ changes { totalCount } }"))["changes"]["totalCount"]
