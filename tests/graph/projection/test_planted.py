"""Bugs planted in the compiler: the comparison must find each, and must find nothing when nothing is planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graph.projection import matches, objects, orders, pages, predicates, select, shape, values
from graph.projection.pages import Window
from tests.graph.projection.comparison import Asking, Differs
from tests.graph.projection.documents import Document

Patch = pytest.MonkeyPatch
_PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } totalCount"


def _edited(patch: Patch, module: Any, name: str, edit: Callable[[Any], Any]) -> None:
    """Change what a function answers."""
    old = getattr(module, name)
    patch.setattr(module, name, lambda *args, **options: edit(old(*args, **options)))


def no_rules(patch: Patch) -> None:
    patch.setattr(matches, "rule", lambda c, kind, variable: [])


def deleted_is_read(patch: Patch) -> None:
    for module in (matches, objects, predicates):
        _edited(patch, module, "readable", lambda found: ["true", *found[1:]])


def unknown_stays_unknown(patch: Patch) -> None:
    _edited(patch, predicates, "_entry", lambda text: text.replace("NOT coalesce(", "NOT (").replace(", false)", ")"))


def cursor_from_the_other_side(patch: Patch) -> None:
    old = orders.beyond
    patch.setattr(pages, "beyond", lambda keys, found, backward: old(keys, found, not backward))


def backward_reads_forward(patch: Patch) -> None:
    old = orders.order_by
    patch.setattr(pages, "order_by", lambda keys, backward, split=False: old(keys, False, split=split))


def never_more(patch: Patch) -> None:
    old = pages.Page.read
    patch.setattr(pages.Page, "read", lambda page, value: old(page, (value[0][: page.window.size], value[1])))


def nulls_first(patch: Patch) -> None:
    old = orders.order_by
    patch.setattr(pages, "order_by", lambda keys, backward, split=False: old(keys, backward).replace("IS NULL", "IS NOT NULL"))


def directives_ignored(patch: Patch) -> None:
    patch.setattr(select, "included", lambda operation, node: True)


def every_tie_counts(patch: Patch) -> None:
    for module in (values, pages):
        patch.setattr(module, "counted", lambda match: f"COUNT {{ {match.text()} }}")


def every_tie_is_listed(patch: Patch) -> None:
    patch.setattr(matches, "_distinct", lambda pattern: False)


def days_ignored(patch: Patch) -> None:
    for module in (matches, objects, values):
        if hasattr(module, "valid"):
            patch.setattr(module, "valid", lambda variable, day: "true")


def hidden_fields_are_read(patch: Patch) -> None:
    patch.setattr("graph.projection.context.Compilation.check_field", lambda c, name: None)


def unknown_words_pass(patch: Patch) -> None:
    patch.setattr(shape, "leaf_check", lambda type_: None)


def one_too_few(patch: Patch) -> None:
    old = Window.of
    patch.setattr(Window, "of", classmethod(lambda cls, args: old({**args, "first": 2} if args.get("first") == 3 else args)))


def all_is_some(patch: Patch) -> None:
    old = predicates._exists
    patch.setattr(predicates, "_exists", lambda c, f, link, q, inner, scope: old(c, f, link, "some" if q == "all" else q, inner, scope))


PLANTED: list[tuple[Callable[[Patch], None], str]] = [
    (no_rules, "{ people { nodes { id } } }"),
    (no_rules, "{ organizations { nodes { positions { totalCount } } } }"),
    (deleted_is_read, "{ people { totalCount } }"),
    (deleted_is_read, '{ person(id: "p1") { acquaintances { totalCount } } people { nodes { acquaintances { totalCount } } } }'),
    (unknown_stays_unknown, '{ people(where: { not: { familyName: { eq: "Z" } } }) { nodes { id } } }'),
    (cursor_from_the_other_side, f"query($c: String) {{ people(first: 3, after: $c) {{ {_PAGE} }} }}"),
    (cursor_from_the_other_side, f"query($c: String) {{ people(last: 3, before: $c, orderBy: [{{familyName: DESC}}]) {{ {_PAGE} }} }}"),
    (backward_reads_forward, f"{{ people(last: 3) {{ {_PAGE} }} }}"),
    (never_more, f"{{ people(first: 2) {{ {_PAGE} }} }}"),
    (nulls_first, f"{{ people(first: 9, orderBy: [{{shortName: ASC}}, {{familyName: DESC}}]) {{ {_PAGE} }} }}"),
    (directives_ignored, "{ people { nodes { id name @skip(if: true) } } }"),
    (directives_ignored, "{ people { nodes { id ... @include(if: false) { name } } } }"),
    (every_tie_counts, "{ organizations { nodes { interactions { totalCount } } } }"),
    (every_tie_is_listed, "{ people { nodes { contactPoints { id } } } organizations { nodes { interactions { nodes { id } } } } }"),
    (days_ignored, '{ parties { nodes { roles(asOf: "2020-03-01") customer { id } } } }'),
    (hidden_fields_are_read, "{ people { nodes { email } } }"),
    (hidden_fields_are_read, '{ people(where: { position: { organization: { industry: { eq: "IT" } } } }) { totalCount } }'),
    (unknown_words_pass, "{ people(first: 200) { nodes { acquaintances { edges { tie { bases } } } } } }"),
    (one_too_few, "{ people(first: 3) { nodes { id } } }"),
    (all_is_some, '{ people(where: { positions: { all: { title: { eq: "CEO" } } } }) { totalCount } }'),
]


@pytest.fixture
def planted(monkeypatch: Patch) -> Iterator[Patch]:
    with monkeypatch.context() as patch:
        yield patch


async def _found(asking: list[Asking], document: str) -> bool:
    """Somebody gets other bytes than the oracle."""
    for viewer in asking:
        try:
            await viewer.compare(Document(document, {}, {"c": 5} if "$c" in document else {}))
        except Differs:
            return True
    return False


@pytest.mark.parametrize(("plant", "document"), PLANTED, ids=lambda value: getattr(value, "__name__", None))
async def test_a_planted_bug_is_found(asking: list[Asking], planted: Patch, plant: Callable[[Patch], None], document: str) -> None:
    assert not await _found(asking, document)
    plant(planted)
    assert await _found(asking, document)
