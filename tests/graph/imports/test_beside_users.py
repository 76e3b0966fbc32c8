"""What users did between two imports of a file: it stays, and what the source changes is set beside it."""

from __future__ import annotations

from typing import Any

import pytest

from graph import customers, orders, organizations, ownerships, products, referrals
from graph.fields import Ending, Reference
from graph.imports import Outcome
from graph.orders import OrderUpdate
from graph.ownerships import OwnershipStart
from graph.referrals import ReferralClose, ReferralQualify
from graph.writing import Writer
from tests.graph import given
from tests.graph.imports.conftest import Ask, Import, told
from tests.graph.imports.test_corrections_of_facts import WORLD, begun, file

OWNED = "key,name,owner_key\na,Daughter,%s\nb,Mother,\nc,Buyer,\n"
OWNERS = "MATCH (m)-[t:OWNS]->({name: 'Daughter'}) RETURN m.name, t.until, t.controlling, t.version ORDER BY m.name, coalesce(t.until, '~')"


async def own(writer: Writer, ask: Ask, owner: str, **fields: Any) -> str:
    by_name = dict(await ask("MATCH (o:Organization) RETURN o.name, o.id"))
    tie = {"owner": by_name[owner], "owned": by_name["Daughter"], "kind": "HOLDING", **fields}
    return (await ownerships.start(writer, OwnershipStart.parse(tie))).id


class TestOwners:
    async def test_an_owner_that_a_user_gave_is_not_given_twice(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(organizations=OWNED % "")
        await own(writer, ask, "Mother", share="0.5")
        await load(organizations=OWNED % "b")
        assert await ask(OWNERS) == [("Mother", None, False, 1)]

    async def test_a_new_owner_controls_unless_another_one_does(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(organizations=OWNED % "")
        await own(writer, ask, "Buyer", controlling=True)
        await load(organizations=OWNED % "b")
        assert await ask(OWNERS) == [("Buyer", None, True, 1), ("Mother", None, False, 1)]

    async def test_control_that_is_over_is_in_nobodys_way(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(organizations=OWNED % "")
        await own(writer, ask, "Buyer", controlling=True, until="2026-07-01")
        await load(organizations=OWNED % "b")
        assert await ask(OWNERS) == [("Buyer", "2026-07-01", True, 1), ("Mother", None, True, 1)]

    async def test_a_user_who_deletes_an_owner_is_not_overruled_until_the_source_changes(
        self, load: Import, writer: Writer, ask: Ask
    ) -> None:
        await load(organizations=OWNED % "b")
        (tie,) = await ask("MATCH ()-[t:OWNS]->() RETURN t.id")
        await ownerships.delete(writer, Reference(id=tie))
        there = OWNERS.replace("RETURN", "WHERE t.deleted_at IS NULL RETURN")
        assert (await load(organizations=OWNED % "b")).counts == {Outcome.UNCHANGED: 3}
        assert await ask(there) == []
        await load(organizations=OWNED % "c")
        assert await ask(there) == [("Buyer", None, True, 1)]
        await load(organizations=OWNED % "b")
        assert await ask(there) == [("Buyer", "2026-07-01", True, 2), ("Mother", None, True, 1)]

    async def test_a_deleted_tie_closes_no_circle(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(organizations="key,name,owner_key\na,A,\nb,B,a\n")
        (tie,) = await ask("MATCH ()-[t:OWNS]->() RETURN t.id")
        await ownerships.delete(writer, Reference(id=tie))
        report = await load(organizations="key,name,owner_key\na,A,b\n")
        assert (report.counts, report.parts[0].warnings) == ({Outcome.UPDATED: 1}, [])

    async def test_another_owner_is_told_in_the_log(self, load: Import, ask: Ask) -> None:
        await load(organizations=OWNED % "b")
        await load(organizations=OWNED % "c")
        by_name = dict(await ask("MATCH (o:Organization) RETURN o.name, o.id"))
        ((action, fields),) = await ask("MATCH (c:Change) RETURN c.action, c.fields ORDER BY c.number DESC LIMIT 1")
        assert action == "IMPORT"
        assert f'["{by_name["Daughter"]}.owner", "{by_name["Mother"]}", "{by_name["Buyer"]}"]' in fields


class TestOurOwnCompany:
    async def test_one_of_theirs_of_the_same_name_is_another(self, load: Import, ask: Ask) -> None:
        await load(organizations="key,name,own,city\nx,观海科技,,北京\ny,Ada,yes,\n")
        query = "MATCH (o:Organization) RETURN o.name, o.own, o.address_city ORDER BY o.own, o.name"
        assert await ask(query) == [("观海科技", False, "北京"), ("Ada", True, None), ("观海科技", True, None)]

    async def test_one_that_was_deleted_is_not_meant(self, load: Import, writer: Writer, ask: Ask) -> None:
        await given.organization(writer, "Other", own=True)
        gone = await given.organization(writer, "Ada", own=True)
        await organizations.delete(writer, Reference(id=gone))
        assert (await load(organizations="key,name,own\nx,Ada,yes\n")).counts == {Outcome.CREATED: 1}
        assert await ask("MATCH (o:Organization {name: 'Ada'}) WHERE o.deleted_at IS NULL RETURN o.id <> $gone", gone=gone) == [True]


LINES = "order_key,product_key,quantity\n"
PLACES = """MATCH (o:Order)-[l:CONTAINS]->(p) WHERE o.ordered_at STARTS WITH '2026-04-30'
RETURN p.name, l.place, l.quantity / 1000000 ORDER BY l.place"""


class TestLines:
    async def test_new_lines_stand_behind_those_there_are(self, load: Import, ask: Ask) -> None:
        await load(**WORLD, **{"products-2": "key,name,unit_price\nz,Zest,1\n"})
        await load(order_lines=f"{LINES}o,x,1\no,y,2\n")
        await load(order_lines=f"{LINES}o,z,3\n")
        assert await ask(PLACES) == [("Chai", 0, 1), ("Chang", 1, 2), ("Zest", 2, 3)]

    async def test_of_two_lines_of_one_product_the_one_that_was_imported_is_corrected(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(**WORLD)
        await load(order_lines=f"{LINES}o,y,1\no,x,1\n")
        ((order, version),) = await ask("MATCH (o:Order) WHERE o.ordered_at STARTS WITH '2026-04-30' RETURN o.id, o.version")
        x, y = await ask("MATCH (p:Product) RETURN p.id ORDER BY p.name")
        lines = [{"product": product, "quantity": quantity} for product, quantity in ((x, "9"), (x, "1"), (y, "1"))]
        await orders.update(writer, OrderUpdate.parse({"id": order, "version": version, "lines": lines}))
        await load(order_lines=f"{LINES}o,y,1\no,x,5\n")
        assert await ask(PLACES) == [("Chai", 0, 9), ("Chai", 1, 5), ("Chang", 2, 1)]

    @pytest.mark.parametrize("rows", ["o,x,1\np,x,2\n", "o,y,7\np,x,2\n"], ids=["a new line", "a changed line"])
    async def test_an_order_that_was_deleted_here_gets_no_lines(self, load: Import, writer: Writer, ask: Ask, rows: str) -> None:
        await load(**WORLD)
        await load(order_lines=f"{LINES}o,y,1\n")
        (gone,) = await ask("MATCH (o:Order) WHERE o.ordered_at STARTS WITH '2026-04-30' RETURN o.id")
        await orders.delete(writer, Reference(id=gone))
        report = await load(order_lines=LINES + rows)
        ((line, column, _),) = told(report)
        assert (line, column) in ((2, "order_key"), (2, ""))
        assert report.counts == {Outcome.REFUSED: 1, Outcome.CREATED: 1}
        assert await ask("MATCH (:Node {id: $id})-[l:CONTAINS]->() RETURN l.quantity", id=gone) == [1_000_000]

    async def test_a_product_that_was_deleted_here_is_in_no_new_line(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(**WORLD)
        (gone,) = await ask("MATCH (p:Product {name: 'Chai'}) RETURN p.id")
        await products.delete(writer, Reference(id=gone))
        report = await load(order_lines=f"{LINES}o,x,1\no,y,1\n")
        assert [(line, column) for line, column, _ in told(report)] == [(2, "product_key")]
        assert await ask(PLACES) == [("Chang", 0, 1)]


class TestReferrals:
    @pytest.mark.parametrize(("gone", "taken"), [("deleted", True), ("closed", True), ("qualified", False)])
    async def test_only_one_that_goes_on_is_in_the_way(self, load: Import, writer: Writer, ask: Ask, gone: str, taken: bool) -> None:
        await begun(load, "referrals")
        (id,) = await ask("MATCH (r:Referral) RETURN r.id")
        if gone == "deleted":
            await referrals.delete(writer, Reference(id=id))
        elif gone == "closed":
            await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "LOST"}))
        else:
            await referrals.qualify(writer, ReferralQualify(id=id))
        report = await load(**file("referrals", key="s", occurred_at="2026-05-09"))
        assert report.counts == {Outcome.CREATED if taken else Outcome.REFUSED: 1}

    @pytest.mark.parametrize("outcome", ["QUALIFIED", "WON"])
    async def test_a_course_that_a_user_took_further_stays(self, load: Import, writer: Writer, ask: Ask, outcome: str) -> None:
        await begun(load, "referrals")
        (id,) = await ask("MATCH (r:Referral) RETURN r.id")
        if outcome == "WON":
            await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "WON"}))
        else:
            await referrals.qualify(writer, ReferralQualify(id=id))
        assert (await load(**file("referrals"))).counts == {Outcome.UNCHANGED: 1}
        report = await load(**file("referrals", note="Other"))
        assert (told(report), report.counts) == ([], {Outcome.UPDATED: 1})
        assert await ask("MATCH (r:Referral) RETURN r.status, r.note") == [(outcome, "Other")]
        back = await load(**file("referrals", note="Other", status="lost"))
        assert (told(back) == []) is (outcome == "QUALIFIED")


class TestRoles:
    @pytest.mark.parametrize("until", ["2026-07-01", "2020-01-01"])
    async def test_a_role_that_a_user_has_ended_is_not_ended_again(self, load: Import, writer: Writer, ask: Ask, until: str) -> None:
        await load(organizations="key,name,roles\n1,Ada,customer\n")
        (tie,) = await ask("MATCH ()-[t:CUSTOMER_OF]->() RETURN t.id")
        await customers.end(writer, Ending.parse({"id": tie, "until": until}))
        await load(organizations="key,name,roles\n1,Ada,\n")
        assert await ask("MATCH ()-[t:CUSTOMER_OF]->() RETURN t.until, t.version") == [(until, 2)]

    async def test_a_role_that_is_taken_back_ends_with_each_company_of_ours(self, load: Import, writer: Writer, ask: Ask) -> None:
        await load(organizations="key,name,roles\n1,Ada,customer\n")
        (ada,) = await ask("MATCH (o {name: 'Ada'}) RETURN o.id")
        second, gone = await given.own(writer, "Second"), await given.own(writer, "Gone")
        for own_ in (second, gone):
            await customers.start(writer, customers.CustomerStart(party=ada, own=own_))
        await organizations.delete(writer, Reference(id=gone))
        await load(organizations="key,name,roles\n1,Ada,\n")
        query = "MATCH ()-[t:CUSTOMER_OF]->(o) RETURN o.name, t.until ORDER BY o.name"
        assert await ask(query) == [("Gone", None), ("Second", "2026-07-01"), ("观海科技", "2026-07-01")]
