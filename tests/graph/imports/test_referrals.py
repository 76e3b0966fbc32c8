"""Referrals from files, those that are over too."""

from __future__ import annotations

from graph.imports import Outcome
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name\na,Ada\nb,Byron\nc,Charles\n"
HEADER = "key,referrer_key,referred_key,occurred_at,channel,status,qualified_at,closed_at,would_have_joined_anyway,reward,note\n"
STATE = "MATCH (a)-[:MADE]->(r:Referral)-[:LED_TO]->(b) RETURN a.name, b.name, r.status, r.closed_at, r.version ORDER BY r.occurred_at"


async def test_a_row_makes_a_referral(load: Import, ask: Ask) -> None:
    rows = ["1,a,b,2026-01-01,会议,won,2026-02-01,2026-03-01,no,500,Thanks", "2,b,c,2026-01-02,,,,,,,"]
    report = await load(organizations=COMPANIES, referrals=HEADER + "\n".join(rows))
    assert told(report) == []
    assert await ask(STATE) == [("Ada", "Byron", "WON", "2026-02-28T16:00:00.000000Z", 1), ("Byron", "Charles", "OPEN", None, 1)]
    query = "MATCH (r:Referral {status: 'WON'}) RETURN r.channel, r.would_have_joined_anyway, r.reward, r.reward_currency, r.note"
    assert await ask(query) == [("MEETING", False, 500_000_000, "CNY", "Thanks")]


async def test_what_cannot_be_is_refused(load: Import, ask: Ask) -> None:
    rows = [
        "1,a,a,2026-01-01,,,,,,,",
        "2,a,b,2026-01-01,,open,,,,,",
        "3,a,b,2026-01-02,,qualified,,,,,",
        "4,a,b,2026-01-03,,lost,,,,,",
        "5,a,x,2026-01-01,,,,,,,",
        "6,b,c,2026-03-01,,won,,2026-02-01,,,",
        "7,b,c,2028-01-01,,,,,,,",
        "8,b,c,2026-01-01,,maybe,,,,,",
    ]
    report = await load(organizations=COMPANIES, referrals=HEADER + "\n".join(rows))
    columns = {2: "referred_key", 4: "referred_key", 6: "referred_key", 7: "occurred_at", 8: "occurred_at", 9: "status"}
    assert {line: column for line, column, _ in told(report)} == columns
    assert [row[2] for row in await ask(STATE)] == ["OPEN", "LOST"]
    again = await load(referrals=f"{HEADER}9,a,b,2026-04-01,,,,,,,\n")
    assert [column for _, column, _ in told(again)] == ["referred_key"]


async def test_its_course_is_followed_and_does_not_go_back(load: Import, ask: Ask) -> None:
    await load(organizations=COMPANIES, referrals=f"{HEADER}1,a,b,2026-01-01,,,,,,,\n")
    await load(referrals=f"{HEADER}1,a,b,2026-01-01,,qualified,2026-02-01,,,,\n")
    report = await load(referrals=f"{HEADER}1,a,c,2026-01-01,EMAIL,won,2026-02-01,2026-03-01,,,\n")
    assert report.counts == {Outcome.UPDATED: 1}
    assert await ask(STATE) == [("Ada", "Charles", "WON", "2026-02-28T16:00:00.000000Z", 4)]
    report = await load(referrals=f"{HEADER}1,a,c,2026-01-01,EMAIL,open,,,,,\n")
    assert told(report) == [(2, "status", "a referral that has moved on is not opened again")]
