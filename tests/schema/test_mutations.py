"""Every mutation once through the API, and how problems look there."""

from __future__ import annotations

from typing import Any

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import ask, done
from tests.schema.conftest import Api


async def test_parties_live_and_come_back(api: Api, writer: Writer) -> None:
    organization = await done(api, "organizationCreate", {"name": "Acme", "kind": "COMPANY"}, "id version name")
    changed = {"id": organization["id"], "version": 1, "industry": "Steel", "address": {"country": "DE", "city": "Köln"}}
    assert await done(api, "organizationUpdate", changed, "version industry address { country city }") == {
        "version": 2,
        "industry": "Steel",
        "address": {"country": "DE", "city": "Köln"},
    }
    position = {"organization": organization["id"], "title": "CTO", "since": "2020-03"}
    contact = [{"kind": "EMAIL", "value": "Ann@Acme.example"}]
    person = await done(
        api, "personCreate", {"name": "Ann", "position": position, "contactPoints": contact}, "id email position { title since } tags"
    )
    assert person["email"] == "Ann@acme.example"
    assert person["position"] == {"title": "CTO", "since": "2020-03"}
    assert (await done(api, "personUpdate", {"id": person["id"], "version": 1, "salutation": "Dr", "tags": ["vip"]}, "salutation tags"))[
        "tags"
    ] == ["vip"]
    for noun, id_ in (("person", person["id"]), ("organization", organization["id"])):
        assert await done(api, f"{noun}Delete", {"id": id_}) is None
        assert (await api("query($id: ID!) { node(id: $id) { id } }", id=id_))["node"] is None
        assert (await done(api, f"{noun}Restore", {"id": id_}))["id"] == id_


async def test_a_job_move_is_one_request(api: Api, writer: Writer) -> None:
    old, new, ann = await given.organization(writer, "Old"), await given.organization(writer, "New"), await given.person(writer)
    first = await done(api, "positionStart", {"organization": old, "person": ann, "title": "Buyer", "since": "2020"}, "id current primary")
    assert first == {"id": first["id"], "current": True, "primary": True}
    move = {"organization": new, "person": ann, "title": "Head of purchasing", "since": "2026-02-01", "endsPosition": first["id"]}
    second = await done(
        api, "positionStart", move, "id person { position { title organization { name } } positions { nodes { title until current } } }"
    )
    assert second["person"]["position"] == {"title": "Head of purchasing", "organization": {"name": "New"}}
    assert {n["title"]: (n["until"], n["current"]) for n in second["person"]["positions"]["nodes"]} == {
        "Buyer": ("2026-02-01", False),
        "Head of purchasing": (None, True),
    }
    vacant = await done(api, "positionStart", {"organization": new, "title": "CEO"}, "id person { name }")
    assert vacant["person"] is None
    below = {"id": second["id"], "version": 1, "reportsTo": vacant["id"]}
    assert (await done(api, "positionUpdate", below, "reportsTo { title }"))["reportsTo"] == {"title": "CEO"}
    assert (await done(api, "positionEnd", {"id": second["id"], "until": "2026-06-01"}, "until"))["until"] == "2026-06-01"
    assert await done(api, "positionDelete", {"id": vacant["id"]}) is None


async def test_roles_and_ties(api: Api, writer: Writer) -> None:
    own, acme, bolt = await given.own(writer), await given.organization(writer, "Acme"), await given.organization(writer, "Bolt")
    ann, ours = await given.person(writer, "Ann"), await given.person(writer, "Eve")
    await given.position(writer, ours, own, since="2020")
    ties: list[tuple[str, dict[str, Any], str]] = [
        ("customer", {"party": acme, "stage": "GROWING", "segment": "B2B"}, "id version party { name } own { name }"),
        ("partner", {"party": acme, "kind": "RESELLER", "tier": "GOLD"}, "id version kind tier"),
        ("supplier", {"party": bolt, "category": "Screws", "criticality": "HIGH"}, "id version criticality"),
        (
            "ownership",
            {"owner": acme, "owned": bolt, "kind": "SUBSIDIARY", "share": "0.75", "controlling": True},
            "id version share owned { name }",
        ),
        ("partnership", {"parties": [acme, bolt], "kind": "TECHNOLOGY"}, "id version parties { name }"),
        ("supply", {"supplier": bolt, "buyer": acme, "category": "Screws"}, "id version supplier { name } buyer { name }"),
        ("accountTeamMembership", {"person": ours, "party": acme, "role": "OWNER"}, "id version person { name }"),
        ("acquaintance", {"parties": [ann, ours], "closeness": "GOOD", "bases": ["ALUMNI"]}, "id version strength closeness"),
    ]
    for noun, fields, selection in ties:
        since = "2024" if noun == "acquaintance" else "2024-01-01"
        made = await done(api, f"{noun}Start", {**fields, "since": since}, selection)
        assert made["version"] == 1, noun
        earlier = await done(api, f"{noun}Update", {"id": made["id"], "version": 1, "since": since[:3] + "3" + since[4:]}, "version")
        assert earlier["version"] == 2, noun
        assert (await api("query($id: ID!) { node(id: $id) { id } }", id=made["id"]))["node"] == {"id": made["id"]}, noun
        ended = await ask(api, f"{noun}End", {"id": made["id"], "until": "2026-01-01"})
        assert ended["problems"] == [], noun
        if ended["object"]:
            assert await done(api, f"{noun}Delete", {"id": made["id"]}) is None, noun
    strength = "organization(id: $id) { ownedBy { nodes { id } } partnerships { edges { node { name } tie { kind } } } }"
    assert (await api(f"query($id: ID!) {{ {strength} }}", id=bolt))["organization"] == {
        "ownedBy": {"nodes": []},
        "partnerships": {"edges": []},
    }


async def test_interactions_keep_acquaintance_in_step(api: Api, writer: Writer) -> None:
    own, acme = await given.own(writer), await given.organization(writer, "Acme")
    ann, eve = await given.person(writer, "Ann"), await given.person(writer, "Eve")
    await given.position(writer, ann, acme, since="2020")
    await given.position(writer, eve, own, since="2020")
    meal = {"channel": "MEAL", "occurredAt": "2026-06-30T10:00:00Z", "subject": "Dinner", "sentiment": 0.5}
    meal["participants"] = [
        {"party": ann, "role": "ATTENDEE"},
        {"party": eve, "role": "ATTENDEE"},
        {"address": "who@x.example", "role": "ATTENDEE"},
    ]
    selection = "id direction participants { role address party { name } } regarding { ... on Organization { name } } sentiment"
    made = await done(api, "interactionRecord", meal, selection)
    assert made["regarding"] == [{"name": "Acme"}]
    assert sorted(p["party"]["name"] if p["party"] else p["address"] for p in made["participants"]) == [
        "Ann",
        "Eve",
        "who@x.example",
    ]
    known = """query($id: ID!) { person(id: $id) { lastInteractionAt
        acquaintances { totalCount edges { node { name } tie { interactionCount strength } } } } }"""
    person = (await api(known, id=ann))["person"]
    assert person["acquaintances"]["edges"][0]["node"] == {"name": "Eve"}
    assert 0.6 < person["acquaintances"]["edges"][0]["tie"]["strength"] < 0.7
    assert person["lastInteractionAt"].startswith("2026-06-30T10")
    await done(
        api, "interactionUpdate", {"id": made["id"], "version": 1, "channel": "EMAIL", "participants": [{"party": ann, "role": "FROM"}]}
    )
    assert (await api(known, id=ann))["person"]["acquaintances"]["totalCount"] == 0
    assert await done(api, "interactionDelete", {"id": made["id"]}) is None
    assert (await api(known, id=ann))["person"]["lastInteractionAt"] is None


async def test_referrals_products_and_orders(api: Api, writer: Writer) -> None:
    await given.own(writer)
    acme, bolt = await given.organization(writer, "Acme"), await given.organization(writer, "Bolt")
    referral = {"referrer": acme, "referred": bolt, "occurredAt": "2026-01-05T00:00:00Z", "channel": "CALL"}
    made = await done(api, "referralRecord", referral, "id status referrer { name } referred { name }")
    assert made == {"id": made["id"], "status": "OPEN", "referrer": {"name": "Acme"}, "referred": {"name": "Bolt"}}
    assert (await done(api, "referralUpdate", {"id": made["id"], "version": 1, "note": "by phone"}, "note"))["note"] == "by phone"
    assert (await done(api, "referralQualify", {"id": made["id"]}, "status"))["status"] == "QUALIFIED"
    assert (await done(api, "referralClose", {"id": made["id"], "outcome": "WON"}, "status closedAt"))["status"] == "WON"
    product = {"name": "Screw", "supplier": acme, "unitPrice": "0.015", "currency": "CNY"}
    screw = await done(api, "productCreate", product, "id unitPrice { amount amountMinor } supplier { name }")
    assert screw["unitPrice"] == {"amount": "0.02", "amountMinor": "2"}
    await done(api, "productUpdate", {"id": screw["id"], "version": 1, "category": "Small parts"})
    order = {
        "buyer": bolt,
        "orderedAt": "2026-02-01T00:00:00Z",
        "lines": [{"product": screw["id"], "quantity": "1000", "discount": "0.1", "unitCost": "0.01"}],
    }
    bought = await done(
        api, "orderRecord", order, "id total { amount currency } margin { amount } lines { total { amount } product { name } }"
    )
    assert bought["total"] == {"amount": "13.50", "currency": "CNY"}
    assert bought["margin"] == {"amount": "3.50"}
    assert (await done(api, "orderUpdate", {"id": bought["id"], "version": 1, "number": "A-1"}, "number"))["number"] == "A-1"
    assert (await done(api, "orderCancel", {"id": bought["id"]}, "cancelledAt"))["cancelledAt"]
    for noun, id_ in (("order", bought["id"]), ("referral", made["id"]), ("product", screw["id"])):
        assert await done(api, f"{noun}Delete", {"id": id_}) is None
    assert (await done(api, "productRestore", {"id": screw["id"]}))["id"] == screw["id"]


async def test_analyses_start_and_are_cancelled(api: Api, writer: Writer) -> None:
    run = await done(
        api, "analysisStart", {"influence": {"alpha": 0.5}}, "id status progress analysis { name rows } parameters problem { code }"
    )
    assert run["status"] == "QUEUED"
    assert run["analysis"] == {"name": "influence", "rows": "NODE_SCORE"}
    assert run["parameters"]["alpha"] == 0.5
    assert (await done(api, "analysisCancel", {"id": run["id"]}, "status"))["status"] == "CANCELLED"
    wrong = await ask(api, "analysisStart", {"influence": {"alpha": 2}})
    ((problem),) = wrong["problems"]
    assert problem["path"] == ["influence", "alpha"]
    assert "0.99" in problem["message"]


async def test_problems_say_what_is_wrong_and_where(api: Api, writer: Writer) -> None:
    acme = await given.organization(writer, "Acme", identifiers=[{"system": "duns", "value": "1"}])
    wrong = await ask(api, "personCreate", {"name": " ", "position": {"organization": acme, "since": "2020", "title": "x" * 300}})
    assert {(p["code"], tuple(p["path"])) for p in wrong["problems"]} == {("REQUIRED", ("name",)), ("TOO_LONG", ("position", "title"))}
    stale = await ask(api, "organizationUpdate", {"id": acme, "version": 7, "name": "B"})
    assert stale["problems"][0]["__typename"] == "Stale"
    assert stale["problems"][0]["current"] == {"id": acme}
    double = await ask(api, "organizationCreate", {"name": "Acme", "identifiers": [{"system": "duns", "value": "1"}]})
    assert double["problems"][0]["existing"] == {"id": acme}
    missing = await ask(api, "positionStart", {"organization": "0190", "title": "CEO"})
    assert missing["problems"][0]["code"] == "NOT_FOUND", missing
    assert missing["problems"][0]["missingId"] == "0190"


async def test_a_key_does_the_work_once(api: Api, writer: Writer) -> None:
    first = await done(api, "personCreate", {"name": "Ann", "idempotencyKey": "k"})
    assert await done(api, "personCreate", {"name": "Ann", "idempotencyKey": "k"}) == first
    other = await ask(api, "personCreate", {"name": "Bob", "idempotencyKey": "k"})
    assert other["problems"][0]["code"] == "KEY_REUSED"
    assert (await api("{ people { totalCount } }"))["people"]["totalCount"] == 1


async def test_problems_speak_the_language_of_the_request(api: Api) -> None:
    api.language = "zh"
    wrong = await ask(api, "personCreate", {"name": ""})
    assert "name" in wrong["problems"][0]["message"]
    assert any("\u4e00" <= c <= "\u9fff" for c in wrong["problems"][0]["message"])


async def test_who_may_not_write_is_told_so_and_nothing_is_written(api: Api) -> None:
    api.viewer = Viewer("user:3", "Guest", hidden=frozenset({"Mutation.personCreate"}))
    refused = await ask(api, "personCreate", {"name": "Ann"})
    assert refused["problems"][0]["__typename"] == "NotAllowed"
    assert (await api("{ people { totalCount } }"))["people"]["totalCount"] == 0
