"""What a server prepares before it answers, and what each request gets of it."""

from __future__ import annotations

import asyncio

from app import contexts
from app.services import Call
from app.settings import Settings
from graph.database import Database

SETTINGS = Settings(_env_file=None, company="灯塔科技", currency="EUR", time_zone="UTC", region="DE")
OWN = "MATCH (o:Organization {own: true}) RETURN o.name"


async def test_there_is_one_company_of_ours_however_often_it_starts(database: Database) -> None:
    for settings in (SETTINGS, SETTINGS, Settings(_env_file=None, company="Another")):
        async with contexts.contexts(settings, database):
            assert [row[0] for row in await database.read(OWN)] == ["灯塔科技"]


async def test_a_call_brings_its_language_and_id_and_the_customs_of_the_company(database: Database) -> None:
    async with contexts.contexts(SETTINGS, database) as context:
        given = context(Call("request-1", "zh"))
    assert (given.request_id, given.language, given.currency, given.database) == ("request-1", "zh", "EUR", database)
    assert (given.writer.customs.region, given.writer.customs.time_zone) == ("DE", "UTC")
    assert given.writer.author.id == given.viewer.id


async def test_two_calls_share_nothing_that_changes(database: Database) -> None:
    async with contexts.contexts(SETTINGS, database) as context:
        one, other = context(Call("1", "en")), context(Call("2", "en"))
    one.warnings.append("of one")
    assert other.warnings == []


async def test_fanouts_are_measured_in_the_background(database: Database) -> None:
    await database.write(lambda transaction: transaction.run("CREATE (a:Node {id: 'a'})-[:HOLDS]->(:Node {id: 'b'})"))
    async with contexts.contexts(SETTINGS, database) as context, asyncio.timeout(20):
        while not (fanouts := context(Call("1", "en")).fanouts):
            await asyncio.sleep(0.02)
    assert fanouts["HOLDS>"] == 1.0
