"""Every text of every input over HTTP: empty, too long, with characters that are none."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app import samples
from tests.app.samples import Place, mutate, put

MODELS = samples.models()
VERBS = ["Create", "Update", "Start", "Record", "End", "Delete", "Restore", "Qualify", "Close", "Cancel"]


def told(problems: list[dict[str, Any]], place: Place) -> list[str]:
    """The codes of what was found wrong at a place; each message names it."""
    here = [p for p in problems if p["path"] == list(place.path)]
    assert all(p["__typename"] in ("InvalidInput", "NotFound") and p["message"].startswith(".".join(place.path)) for p in here)
    return [p["code"] for p in here]


def test_there_are_texts_in_plenty() -> None:
    found = {place for model in MODELS.values() for place in samples.texts(model)}
    assert len(MODELS) > 45
    assert all(any(mutation.endswith(verb) for verb in VERBS) for mutation in MODELS)
    expected = {
        Place(("name",), 200, False),
        Place(("notes",), 2_000, True),
        Place(("summary",), 20_000, True),
        Place(("address", "postalCode"), 20, True),
        Place(("contactPoints", "0", "value"), 200, False),
        Place(("position", "title"), 200, True),
        Place(("tags", "0"), 50, False),
        Place(("website",), 1000, True),
        Place(("lines", "0", "product"), 200, False),
        Place(("idempotencyKey",), 200, True),
    }
    assert expected <= found


@pytest.mark.parametrize("verb", VERBS)
async def test_texts_that_cannot_be_are_refused_at_their_place(product: httpx.AsyncClient, verb: str) -> None:
    places = [(mutation, place) for mutation, model in MODELS.items() if mutation.endswith(verb) for place in samples.texts(model)]
    for mutation, place in places:
        model = MODELS[mutation]
        for value, code in (("", "" if place.optional else "REQUIRED"), ("a\0b", "INVALID"), ("长" * (place.longest + 1), "TOO_LONG")):
            codes = told(await mutate(product, mutation, put(model, place.path, value)), place)
            assert codes == [code] * bool(code), (mutation, place, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [(" \t\u3000\n", "REQUIRED"), ("\x9f", "INVALID"), ("\x1b[31m", "INVALID"), ("x" * 900_000, "TOO_LONG"), ("e\u0301" * 101, "")],
)
async def test_names_of_odd_letters(product: httpx.AsyncClient, value: str, code: str) -> None:
    """What counts is the length as it is stored: letters and their accents together."""
    problems = await mutate(product, "personCreate", {"name": value})
    assert [p["code"] for p in problems] == [code] * bool(code)


@pytest.mark.parametrize("mutation", ["personCreate", "organizationCreate", "productCreate", "interactionRecord"])
async def test_texts_of_the_greatest_length_are_not_too_long(product: httpx.AsyncClient, mutation: str) -> None:
    model = MODELS[mutation]
    for place in samples.texts(model):
        assert told(await mutate(product, mutation, put(model, place.path, "长" * place.longest)), place) in (
            [],
            ["INVALID"],
            ["NOT_FOUND"],
        )


async def test_all_that_is_wrong_is_told_at_once(product: httpx.AsyncClient) -> None:
    wrong = {
        "name": "",
        "tags": ["x" * 51, "ok"],
        "address": {"country": "CN", "postalCode": "1" * 21},
        "contactPoints": [{"kind": "EMAIL", "value": "x"}, {"kind": "EMAIL", "value": ""}],
    }
    problems = await mutate(product, "personCreate", wrong)
    assert {(p["code"], ".".join(p["path"])) for p in problems} == {
        ("REQUIRED", "name"),
        ("TOO_LONG", "tags.0"),
        ("TOO_LONG", "address.postalCode"),
        ("REQUIRED", "contactPoints.1.value"),
    }
