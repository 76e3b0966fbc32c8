"""Partners through the API; what every role has in common is in `test_roles.py`."""

from __future__ import annotations

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import refuses, too_long

KINDS = "REFERRAL RESELLER TECHNOLOGY SERVICES CHANNEL DISTRIBUTOR INVESTOR OTHER".split()
FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "kind": "RESELLER", "tier": "金牌"}


async def partners(api: Api, writer: Writer) -> None:
    """Three partners, and one that is not any more."""
    await given.own(writer)
    periods = {
        "Acme": {"kind": "RESELLER", "tier": "gold"},
        "Bolt": {"kind": "CHANNEL", "tier": "Silver"},
        "联合": {},
        "Gone": {"kind": "RESELLER", "until": "2020-01-01"},
    }
    for name, fields in periods.items():
        await done(api, "partnerStart", {"party": await given.organization(writer, name), **fields})


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    own, acme = await given.own(writer), await given.organization(writer, "联想")
    shown = "id version since until kind tier party { name } own { name }"
    made = await done(api, "partnerStart", {"party": acme, "own": own, **FIELDS}, shown)
    assert made == {**FIELDS, "id": made["id"], "version": 1, "party": {"name": "联想"}, "own": {"name": "We 我们"}}
    for version, field in enumerate(FIELDS, 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "partnerUpdate", {"id": made["id"], "version": version, field: None}, shown) == made


async def test_a_partner_is_of_any_kind(api: Api, writer: Writer) -> None:
    await given.own(writer)
    for kind in KINDS:
        made = await done(api, "partnerStart", {"party": await given.organization(writer, kind), "kind": kind}, "kind")
        assert made == {"kind": kind}
        assert await Listing(api, "partners").where(f"partner: {{ kind: {{ eq: {kind} }} }}") == [kind]
    by_kind = "orderBy: [{ partner: { kind: ASC } }]"
    assert await Listing(api, "partners").forward(by_kind, 3) == await Listing(api, "partners").backward(by_kind, 3) == KINDS


async def test_a_tier_has_a_greatest_length(api: Api, writer: Writer) -> None:
    await given.own(writer)
    acme = await given.organization(writer)
    made = await done(api, "partnerStart", {"party": acme, "tier": "级" * 200}, "id tier")
    assert made["tier"] == "级" * 200
    what, said = "InvalidInput TOO_LONG tier", too_long(200)
    await refuses(api, "partnerStart", {"party": acme, "tier": "x" * 201}, what, said)
    await refuses(api, "partnerUpdate", {"id": made["id"], "version": 1, "tier": "x" * 201}, what, said)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("kind: { in: [RESELLER, OTHER] }", "Acme"),
        ("kind: { ne: RESELLER }", "Bolt"),
        ("kind: { isNull: true }", "联合"),
        ('tier: { eq: "GOLD", mode: INSENSITIVE }', "Acme"),
        ('tier: { gt: "Silver" }', "Acme"),
        ('tier: { notIn: ["gold"] }', "Bolt"),
        ("tier: { isNull: false }", "Acme Bolt"),
        ('party: { name: { in: ["Acme", "Gone"] } }', "Acme"),
    ],
)
async def test_partners_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    await partners(api, writer)
    assert await Listing(api, "partners").where(f"partner: {{ {condition} }}") == found.split()
    assert await Listing(api, "organizations").where(f"partner: {{ {condition} }}") == found.split()


async def test_partners_without_a_tier_come_last_either_way(api: Api, writer: Writer) -> None:
    await partners(api, writer)
    listing = Listing(api, "partners")
    for way, names in (("ASC", ["Bolt", "Acme", "联合"]), ("DESC", ["Acme", "Bolt", "联合"])):
        order = f"orderBy: [{{ partner: {{ tier: {way} }} }}]"
        assert await listing.rows(order) == await listing.forward(order) == await listing.backward(order) == names
