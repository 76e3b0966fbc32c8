"""Interactions from files: keys and addresses, direction, acquaintance; and that a batch ends as single records do."""

from __future__ import annotations

import random

import pytest

from graph import imports, interactions, rebuild
from graph.imports import Outcome
from graph.interactions import InteractionRecord, InteractionUpdate
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name,own\nus,观海科技,true\na,Ada Ltd,\n"
PEOPLE = "key,name,organization_key,email\n1,Wei,us,wei@us.example\n2,Ada,a,ada@ada.example\n3,Bob,a,bob@ada.example\n"
COLUMNS = "key,channel,occurred_at,direction,subject,summary,sentiment,from,to,cc,purpose,outcome"
KNOWS = "MATCH (a)-[k:KNOWS]->(b) RETURN a.name, b.name, k.count, k.first_at, k.last_at ORDER BY a.name, b.name"


async def test_a_row_makes_an_interaction_and_those_in_it_acquainted(load: Import, ask: Ask) -> None:
    row = "7,电子邮件,2026-05-01 09:00,,Offer,Long text,0.5,wei@us.example,2;new@nowhere.example,3,Negotiate,Agreed"
    report = await load(organizations=COMPANIES, people=PEOPLE, interactions=f"{COLUMNS}\n{row}\n")
    assert told(report) == []
    query = """
    MATCH (i:Interaction)
    RETURN i.channel, i.occurred_at, i.direction, i.subject, i.summary, i.sentiment, i.purpose, i.outcome, i.visibility
    """
    expected = ("EMAIL", "2026-05-01T01:00:00.000000Z", "OUTBOUND", "Offer", "Long text", 0.5, "NEGOTIATE", "Agreed", "EVERYONE")
    assert await ask(query) == [expected]
    query = """
    MATCH (x)-[t:TOOK_PART]->(:Interaction)
    WITH coalesce(x.name, x.value) AS who, t RETURN who, t.role, t.address ORDER BY t.role, who
    """
    assert await ask(query) == [
        ("Bob", "CC", None),
        ("Wei", "FROM", "wei@us.example"),
        ("Ada", "TO", None),
        ("new@nowhere.example", "TO", "new@nowhere.example"),
    ]
    assert await ask("MATCH (:Interaction)-[:REGARDS]->(o) RETURN o.name") == ["Ada Ltd"]
    at = "2026-05-01T01:00:00.000000Z"
    assert sorted((*sorted(row[:2]), *row[2:]) for row in await ask(KNOWS)) == [("Ada", "Wei", 1, at, at), ("Bob", "Wei", 1, at, at)]
    assert set(await ask("MATCH (p:Party) WHERE p.own IS NULL OR NOT p.own RETURN p.last_interaction_at")) == {at}


def rows(count: int) -> list[tuple[str, str, str, str, str]]:
    dice = random.Random(3)
    people = ["1", "2", "3", "4", "x@stranger.example"]
    found = []
    for number in range(count):
        sender, *others = dice.sample(people, 3)
        day = f"2026-{dice.randint(1, 6):02}-{dice.randint(1, 28):02}T08:00:{number % 60:02}Z"
        found.append((dice.choice(["EMAIL", "MEETING", "WECHAT", "MEAL"]), day, sender, others[0], others[1]))
    return found


async def test_a_file_ends_as_single_records_do(load: Import, writer: Writer, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.imports.taking.SIZE", 7)
    people = PEOPLE + "4,Eve,a,eve@ada.example\n"
    table = [f"{number},{','.join(row)}" for number, row in enumerate(rows(25))]
    await load(organizations=COMPANIES, people=people, interactions="key,channel,occurred_at,from,to,cc\n" + "\n".join(table))
    values = "k.count, k.first_at, k.last_at, round(k.out * 1000000), round(k.`in` * 1000000)"
    query = f"MATCH (a)-[k:KNOWS]->(b) RETURN a.name + b.name, {values} ORDER BY a.name + b.name"
    facts = (
        "MATCH (x)-[t:TOOK_PART]->(i:Interaction) RETURN i.occurred_at, coalesce(x.name, x.value), t.role, t.address, i.direction, i.crowd"
    )
    regards = "MATCH (i:Interaction)-[:REGARDS]->(o) RETURN i.occurred_at, o.name"
    last = "MATCH (p:Party) RETURN p.name, p.last_interaction_at ORDER BY p.name"
    from_file = [sorted(await ask(each), key=str) for each in (query, facts, regards, last)]

    ids = dict(await ask("MATCH (p:Person)-[:IDENTIFIED_BY]->(i) RETURN i.value, p.id"))
    await writer.database.write(lambda tx: tx.run("MATCH (n) WHERE n:Interaction OR n:UnclaimedAddress OR n:Imported DETACH DELETE n"))
    await writer.database.write(lambda tx: tx.run("MATCH ()-[k:KNOWS]->() DELETE k"))
    await writer.database.write(lambda tx: tx.run("MATCH (p:Party) REMOVE p.last_interaction_at"))
    for channel, at, *who in rows(25):
        guests = [
            {"role": role, **({"party": ids[key]} if key in ids else {"address": key})}
            for role, key in zip(("FROM", "TO", "CC"), who, strict=True)
        ]
        await interactions.record(writer, InteractionRecord.parse({"channel": channel, "occurredAt": at, "participants": guests}))
    assert [sorted(await ask(each), key=str) for each in (query, facts, regards, last)] == from_file


async def test_corrections_leave_acquaintance_as_rebuilt(load: Import, writer: Writer, ask: Ask) -> None:
    before = ["1,EMAIL,2026-05-01,1,2,", "2,MEAL,2026-05-02,1,2,3", "3,EMAIL,2026-05-03,2,1,"]
    after = ["1,EMAIL,2026-05-01,1,3,", "2,MEETING,2026-05-05,1,2,", "3,EMAIL,2026-05-03,2,1,"]
    header = "key,channel,occurred_at,from,to,cc\n"
    await load(organizations=COMPANIES, people=PEOPLE, interactions=header + "\n".join(before))
    report = await load(interactions=header + "\n".join(after))
    assert report.counts == {Outcome.UPDATED: 2, Outcome.UNCHANGED: 1}
    assert (await rebuild.rebuild(writer)).acquaintances == 0
    assert sorted((*sorted(row[:2]), row[2]) for row in await ask(KNOWS)) == [("Ada", "Wei", 2), ("Bob", "Wei", 1)]


async def test_users_corrections_stay(load: Import, writer: Writer, ask: Ask) -> None:
    header = "key,channel,occurred_at,subject,outcome,from,to\n"
    await load(organizations=COMPANIES, people=PEOPLE, interactions=f"{header}1,EMAIL,2026-05-01,Offer,Open,1,2\n")
    found = (await ask("MATCH (i:Interaction) RETURN i.id"))[0]
    await interactions.update(writer, InteractionUpdate.parse({"id": found, "version": 1, "subject": "Our offer"}))
    await load(interactions=f"{header}1,EMAIL,2026-05-01,Offer,Won,1,2\n")
    assert await ask("MATCH (i:Interaction) RETURN i.subject, i.outcome, i.version") == [("Our offer", "Won", 3)]


async def test_wrong_rows_are_refused_and_the_rest_is_taken(load: Import, ask: Ask) -> None:
    wrong = [
        ("PIGEON,2026-05-01,1,2,", "channel"),
        ("EMAIL,2026-13-01,1,2,", "occurred_at"),
        ("EMAIL,2027-01-01,1,2,", "occurred_at"),
        ("EMAIL,2026-05-01,1,2,,2026-04-30", "ended_at"),
        ("EMAIL,2026-05-01,9,2,", "from"),
        ("EMAIL,2026-05-01,1,2;9;1,", "to"),
        ("EMAIL,2026-05-01,,2,", "from"),
        ("EMAIL,2026-05-01,1,,", "to"),
        ("EMAIL,2026-05-01,1,2,1.5", "sentiment"),
        ("EMAIL,2026-05-01,1,2,nan", "sentiment"),
    ]
    table = [f"{number},{row}{'' if row.count(',') > 4 else ','}" for number, (row, _) in enumerate(wrong)]
    table.append("99,EMAIL,2026-05-01,1,+86 138 0000 0009,,")
    header = "key,channel,occurred_at,from,to,sentiment,ended_at\n"
    report = await load(organizations=COMPANIES, people=PEOPLE, interactions=header + "\n".join(table))
    assert {line: column for line, column, _ in told(report)} == {number + 2: column for number, (_, column) in enumerate(wrong)}
    assert await ask("MATCH (x)-[:TOOK_PART {role: 'TO'}]->() RETURN x.match") == ["PHONE|+8613800000009"]


async def test_a_formula_is_just_text(load: Import, ask: Ask) -> None:
    formula = "=cmd|' /C calc'!A0"
    await load(
        organizations=COMPANIES, people=PEOPLE, interactions=f"key,channel,occurred_at,subject,from,to\n1,EMAIL,2026-05-01,{formula},1,2\n"
    )
    assert await ask("MATCH (i:Interaction) RETURN i.subject") == [formula]


async def test_many_rows_come_in_batches_each_with_one_change(load: Import, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports.taking, "SIZE", 10)
    await load(organizations=COMPANIES, people=PEOPLE)
    before = (await ask("MATCH (c:Counter) RETURN c.value"))[0]
    table = [f"{number},EMAIL,2026-05-01,1,2" for number in range(25)]
    await load(interactions="key,channel,occurred_at,from,to\n" + "\n".join(table))
    query = """
    MATCH (c:Change) WHERE c.number > $before
    RETURN c.number - $before, c.action, c.actor, c.actor_label, size(c.subjects), c.fields ORDER BY c.number
    """
    fields = '[["file", null, "interactions.csv"], ["interactions", null, "%s"]]'
    assert await ask(query, before=before) == [
        (number, "IMPORT", "import:crm", "crm", size, fields % size) for number, size in ((1, 10), (2, 10), (3, 5))
    ]
    assert (await ask("MATCH ()-[k:KNOWS]->() RETURN k.count"))[0] == 25
