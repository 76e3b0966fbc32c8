"""Analyses through the API: what there is, starting and watching runs, and what they leave on parties and give as rows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from graph.analyses import execution, lease, pruning
from graph.errors import Problems, WriteProblem
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import world
from tests.schema.asking import ask, done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, STALE, refuses
from tests.schema.test_products import money

RUN = """id status progress startedAt finishedAt asOf parameters analysis { name title } startedBy { id label }
    estimate { nodes edges } problem { __typename code message }"""
REASONS = "reasons { code label value weight share party { name } }"
ROWS = f"""rows(first: 50) {{ totalCount nodes {{ __typename {REASONS} ... on NodeScore {{ score rank party {{ name }} }}
    ... on PathRow {{ strength parties {{ name }} }} }} }}"""


async def run(api: Api, name: str, **parameters: Any) -> str:
    """Starts an analysis and carries it out, as a server does."""
    id = str((await done(api, "analysisStart", {name: parameters}))["id"])
    taken = await lease.take(api.writer)
    assert taken
    assert taken.id == id
    await execution.execute(api.writer, taken)
    return id


async def shown(api: Api, id: str, selection: str = RUN) -> Any:
    return (await api(f"query($id: ID!) {{ analysisRun(id: $id) {{ {selection} }} }}", id=id))["analysisRun"]


async def on_party(api: Api, id: str, selection: str) -> Any:
    return (await api(f"query($id: ID!) {{ party(by: {{ id: $id }}) {{ {selection} }} }}", id=id))["party"]


@pytest.fixture
async def circle(api: Api, writer: Writer) -> dict[str, str]:
    """Mia knows Ann, 李娜 and Spy; Spy is hidden from the strict."""
    ids = {name: await given.person(writer, name) for name in ("Ann", "李娜", "Mia")}
    ids["Spy"] = await given.person(writer, "Spy", notes="secret")
    for name, closeness in {"Ann": "GOOD", "李娜": "CLOSE", "Spy": "KNOWN"}.items():
        await done(api, "acquaintanceStart", {"parties": [ids["Mia"], ids[name]], "closeness": closeness})
    return ids


@pytest.mark.parametrize(("language", "title"), [("en", "Influence"), ("zh-CN", "影响力")])
async def test_what_can_be_computed_is_described(api: Api, language: str, title: str) -> None:
    api.language = language
    document = "{ analyses { name title purpose formula complexity rows parameters { name type default description } } }"
    found = {a["name"]: a for a in (await api(document))["analyses"]}
    assert {"influence", "referral_value", "introductions"} <= found.keys()
    assert found["influence"]["title"] == title
    parameters = {p["name"]: p for p in found["influence"]["parameters"]}
    assert (parameters["alpha"]["type"], parameters["alpha"]["default"]) == ("Float", "0.95")
    assert parameters["measure"]["default"] == '"KATZ"'
    assert all(a["purpose"] and a["formula"] and a["complexity"] and all(p["description"] for p in a["parameters"]) for a in found.values())


async def test_a_run_goes_from_queued_to_done(api: Api, circle: dict[str, str]) -> None:
    waiting = await done(api, "analysisStart", {"influence": {"level": "PEOPLE", "alpha": 0.5}}, RUN)
    assert waiting == {
        **waiting,
        "status": "QUEUED",
        "progress": 0,
        "startedAt": None,
        "finishedAt": None,
        "asOf": None,
        "analysis": {"name": "influence", "title": "Influence"},
        "startedBy": {"id": "user:1", "label": "USER:1"},
        "estimate": {"nodes": "4", "edges": "3"},
        "problem": None,
    }
    assert waiting["parameters"] | {"level": "PEOPLE", "alpha": 0.5, "damping": 0.85} == waiting["parameters"]
    taken = await lease.take(api.writer)
    assert taken
    assert (await shown(api, waiting["id"]))["status"] == "RUNNING"
    await execution.execute(api.writer, taken)
    now = "2026-07-01T08:00:00.000000Z"
    over = {"status": "DONE", "progress": 1, "startedAt": now, "finishedAt": now, "asOf": "2026-07-01"}
    assert await shown(api, waiting["id"]) == {**waiting, **over}
    await refuses(api, "analysisCancel", {"id": waiting["id"]}, "Refused REFUSED id", "the run is DONE and cannot be|该运行状态为 DONE")


async def test_a_run_tells_of_which_day_it_speaks(api: Api, circle: dict[str, str]) -> None:
    past = await run(api, "referralValue", asOf="2026-03-31")
    assert await shown(api, past, "asOf rows { totalCount }") == {"asOf": "2026-03-31", "rows": {"totalCount": 0}}
    waiting = await done(api, "analysisStart", {"introductions": {"to": circle["Ann"], "asOf": "2026-05-01"}}, "asOf")
    assert waiting == {"asOf": "2026-05-01"}


async def test_the_same_again_is_answered_at_once_in_the_language_of_the_request(api: Api, circle: dict[str, str]) -> None:
    id = await run(api, "influence", alpha=0.5)
    document = """mutation($alpha: Float) { analysisStart(input: { influence: { alpha: $alpha } }) {
        analysisRun { id status formula fingerprint } problems { code } warnings { code message path } } }"""
    for language, said in {"en": "it is answered again", "zh-CN": "直接返回已有结果"}.items():
        api.language = language
        answer = (await api(document, alpha=0.5))["analysisStart"]
        found = answer["analysisRun"]
        assert (found["id"], found["status"], answer["problems"]) == (id, "DONE", [])
        assert said in answer["warnings"][0]["message"]
        assert found["formula"].startswith("influence 1: katz α 0.5")
        assert found["fingerprint"].split()[1] == "2026-07-01"
    assert (await api(document, alpha=0.6))["analysisStart"]["warnings"] == []
    await given.person(api.writer)
    assert (await api(document, alpha=0.5))["analysisStart"]["warnings"] == []


async def test_who_may_not_read_the_run_of_before_gets_one_of_their_own(api: Api, circle: dict[str, str]) -> None:
    before = await run(api, "influence")
    api.viewer = Viewer("user:2", "Bob", rules={"AnalysisRun": "node.status <> 'DONE'"})
    answer = await ask(api, "analysisStart", {"influence": {}}, "id status")
    assert (answer["object"]["status"], answer["problems"], answer["warnings"]) == ("QUEUED", [], [])
    assert answer["object"]["id"] != before


async def test_the_run_of_before_shows_each_viewer_what_they_may_read(api: Api, circle: dict[str, str]) -> None:
    before = await run(api, "influence", level="PEOPLE")
    api.viewer = strict("Person")
    again = await done(api, "analysisStart", {"influence": {"level": "PEOPLE"}}, f"id {ROWS}")
    assert again["id"] == before
    assert "Spy" not in str(again)
    assert again["rows"]["totalCount"] == 3


async def test_a_party_that_is_hidden_is_no_parameter(api: Api, circle: dict[str, str]) -> None:
    await run(api, "introductions", to=circle["Spy"])
    api.viewer = strict("Person")
    await refuses(api, "analysisStart", {"introductions": {"to": circle["Spy"]}}, "NotFound NOT_FOUND introductions.to", NOT_FOUND)
    among = {"to": circle["Ann"], "from": [circle["Mia"], circle["Spy"]]}
    await refuses(api, "analysisStart", {"introductions": among}, "NotFound NOT_FOUND introductions.from.1", NOT_FOUND)


async def test_runs_are_listed_filtered_and_sorted(api: Api, circle: dict[str, str]) -> None:
    first = await run(api, "influence")
    second = (await done(api, "analysisStart", {"influence": {"alpha": 0.5}}))["id"]
    await refuses(api, "analysisCancel", {"id": second, "version": 9}, "Stale STALE version", STALE)
    await refuses(api, "analysisCancel", {"id": circle["Ann"]}, "NotFound NOT_FOUND id", NOT_FOUND)
    await done(api, "analysisCancel", {"id": second, "version": 1})
    found = Listing(api, "analysisRuns", "id")
    assert await found.where("status: { eq: CANCELLED }") == [second]
    assert await found.where("startedAt: { isNull: false }") == [first]
    assert (
        await found.rows("orderBy: [{ startedAt: DESC }]") == await found.backward("orderBy: [{ startedAt: DESC }]", 1) == [first, second]
    )
    assert await found.rows("orderBy: [{ status: ASC }]") == [first, second]


@pytest.mark.parametrize(
    ("input", "what", "said"),
    [
        ({"influence": {"alpha": 1}}, "InvalidInput OUT_OF_RANGE influence.alpha", "between 0 and 0.99|必须在 0 与 0.99 之间"),
        ({"influence": {"reporting": -0.1}}, "InvalidInput OUT_OF_RANGE influence.reporting", "between 0 and 10|必须在 0 与 10 之间"),
        ({"referral_value": {"periods": 121}}, "InvalidInput OUT_OF_RANGE referralValue.periods", "between 1 and 120|1 与 120"),
        ({"referral_value": {"rate": "1.01"}}, "InvalidInput OUT_OF_RANGE referralValue.rate", "between 0 and 1|必须在 0 与 1"),
        ({"introductions": {"to": ""}}, "InvalidInput REQUIRED introductions.to", "it is empty|内容为空"),
    ],
)
async def test_parameters_have_bounds(api: Api, input: dict[str, Any], what: str, said: str) -> None:
    ((name, parameters),) = input.items()
    camel = {"referral_value": "referralValue"}.get(name, name)
    await refuses(api, "analysisStart", {camel: parameters}, what, said)


async def test_a_run_that_fails_says_why_in_the_language_of_the_reader(api: Api, writer: Writer) -> None:
    ann = await given.person(writer)
    id = (await done(api, "analysisStart", {"introductions": {"to": ann}}))["id"]
    await done(api, "personDelete", {"id": ann})
    taken = await lease.take(writer)
    assert taken
    with pytest.raises((WriteProblem, Problems)):
        await execution.execute(writer, taken)
    failed = await shown(api, id)
    assert (failed["status"], failed["problem"]["__typename"], failed["problem"]["code"]) == ("FAILED", "Refused", "NOT_FOUND")
    assert failed["problem"]["message"] == f"to: nothing of this kind has the id {ann!r}; look it up again"
    api.language = "zh"
    assert (await shown(api, id))["problem"]["message"].startswith(f"to：没有 id 为“{ann}”")


async def test_influence_is_left_on_people_with_its_reasons_and_trail(api: Api, circle: dict[str, str]) -> None:
    await run(api, "influence", alpha=0.5)
    await run(api, "influence")
    part = f"influence {{ level score rank percentile asOf formula trail {{ asOf score rank }} {REASONS} }}"
    mia, li = (await on_party(api, circle["Mia"], part))["influence"], (await on_party(api, circle["李娜"], part))["influence"]
    assert (mia["level"], mia["score"], mia["rank"], mia["percentile"]) == ("PEOPLE", 100, 1, 100)
    assert (li["rank"], len(li["trail"]), li["trail"][-1]["score"]) == (2, 2, li["score"])
    assert "α 0.95" in mia["formula"]
    assert {r["party"]["name"] for r in mia["reasons"] if r["party"]} == {"Ann", "李娜", "Spy"}
    assert sum(r["share"] for r in mia["reasons"]) == pytest.approx(1)
    assert mia["reasons"][0]["party"] == {"name": "李娜"}
    people = Listing(api, "people")
    assert await people.rows("orderBy: [{ influence: DESC }]") == ["Mia", "李娜", "Ann", "Spy"]
    assert await people.where("influence: { rank: { lte: 2 } }") == ["Mia", "李娜"]
    first = await on_party(api, circle["Mia"], "influence { reasons(first: 1) { code } }")
    assert len(first["influence"]["reasons"]) == 1


async def test_reasons_that_may_not_be_read_are_folded_into_others(api: Api, circle: dict[str, str]) -> None:
    id = await run(api, "influence", level="PEOPLE")
    whole = (await on_party(api, circle["Mia"], f"influence {{ {REASONS} }}"))["influence"]["reasons"]
    api.viewer = strict("Person")
    seen = (await on_party(api, circle["Mia"], f"influence {{ {REASONS} }}"))["influence"]["reasons"]
    assert "Spy" not in str(seen)
    assert seen[-1]["code"] == "OTHERS"
    assert sum(r["value"] for r in seen) == pytest.approx(sum(r["value"] for r in whole))
    assert sum(r["share"] for r in seen) == pytest.approx(1)
    assert await Listing(api, "people").rows("orderBy: [{ influence: DESC }]") == ["Mia", "李娜", "Ann"]
    rows = (await shown(api, id, ROWS))["rows"]["nodes"]
    assert "Spy" not in str(rows)
    assert [row["party"] and row["party"]["name"] for row in rows] == ["Mia", "李娜", "Ann"]
    api.viewer = strict(hidden=("Person.influence",))
    for document in ("{ people { nodes { influence { score } } } }", "{ people(orderBy: [{ influence: DESC }]) { totalCount } }"):
        assert await api.errors(document) == [("You may not read Person.influence.", ["people"])]


async def test_seeds_may_be_chosen_for_a_budget(api: Api, circle: dict[str, str]) -> None:
    costs = [{"party": circle["Mia"], "cost": 5}, {"party": circle["李娜"], "cost": 2}]
    id = await run(api, "seeds", budget=3, costs=costs, chance=1)
    won = {row["party"]["name"] for row in (await shown(api, id, ROWS))["rows"]["nodes"]}
    assert "Mia" not in won
    assert len(won) == 2
    wrong = {"seeds": {"costs": costs}}
    message = "costs need a budget; give one|指定成本时须同时给出预算"
    await refuses(api, "analysisStart", wrong, "InvalidInput REQUIRED seeds.costs", message)


async def test_scores_stay_off_the_parties_where_they_are_not_wanted(api: Api, circle: dict[str, str]) -> None:
    id = await run(api, "influence", level="PEOPLE", write=False)
    assert (await on_party(api, circle["Mia"], "influence { score }"))["influence"] is None
    assert (await shown(api, id, ROWS))["rows"]["nodes"][0]["party"]["name"] == "Mia"
    assert (await shown(api, id, "parameters"))["parameters"]["write"] is False
    described = (await api("{ analyses { name parameters { name description default } } }"))["analyses"]
    having = {each["name"] for each in described if any(p["name"] == "write" and p["default"] == "true" for p in each["parameters"])}
    assert having == {"influence", "referral_value"}


async def test_referral_value_is_exact_and_left_on_parties(api: Api, writer: Writer) -> None:
    ids = [await given.organization(writer, name) for name in ("甲", "乙", "丙")]
    for one, other in ((0, 1), (1, 2)):
        fields = {"referrer": ids[one], "referred": ids[other], "occurredAt": f"2026-01-0{other}T00:00:00Z"}
        made = await done(api, "referralRecord", {**fields, "wouldHaveJoinedAnyway": False})
        await done(api, "referralClose", {"id": made["id"], "outcome": "WON"})
    product = (await done(api, "productCreate", {"name": "Tea"}))["id"]
    line = {"product": product, "quantity": "1", "unitPrice": "1000", "unitCost": "400"}
    await done(api, "orderRecord", {"buyer": ids[2], "orderedAt": "2026-01-15T00:00:00Z", "lines": [line]})
    await done(api, "orderRecord", {"buyer": ids[2], "orderedAt": "2026-01-16T00:00:00Z", "currency": "USD", "lines": [line]})
    id = await run(api, "referralValue", rate="0")
    (note,) = (await shown(api, id, "notes"))["notes"]
    assert note == "orders in USD were left out (1): what counts is CNY; give `currency` to choose another"
    api.language = "zh-CN"
    assert (await shown(api, id, "notes"))["notes"][0].startswith("1 笔以 USD 计价的订单未计入")
    api.language = "en"
    amounts = "{ amount amountMinor currency }"
    part = f"""referralValue {{ crv {amounts} attributed {amounts} direct {amounts} indirect {amounts} causedCount anywayCount formula
        {REASONS} }}"""
    first, second, third = [(await on_party(api, each, part))["referralValue"] for each in ids]
    assert third is None
    assert (second["crv"], second["attributed"]) == (money("600.00", "60000", "CNY"), money("300.00", "30000", "CNY"))
    assert (first["crv"], first["attributed"]) == (money("0.00", "0", "CNY"), money("300.00", "30000", "CNY"))
    assert (first["direct"]["amount"], first["indirect"]["amount"]) == ("0.00", "300.00")
    assert (second["causedCount"], second["anywayCount"]) == (1, 0)
    assert {r["party"]["name"] for r in second["reasons"] if r["party"]} == {"丙"}
    assert "rate 0" in second["formula"]
    orders = Listing(api, "organizations")
    assert (
        await orders.rows("orderBy: [{ referralValue: DESC }], first: 2") == (await orders.rows("orderBy: [{ referralValue: DESC }]"))[:2]
    )
    assert (await orders.rows("orderBy: [{ referralValue: DESC }]"))[2] == "丙"
    assert (await shown(api, id, "rows { totalCount }"))["rows"]["totalCount"] >= 2


async def test_introductions_as_an_analysis_give_paths(api: Api, writer: Writer, circle: dict[str, str]) -> None:
    own = await given.own(writer)
    await given.position(writer, circle["Ann"], own, since="2020")
    id = await run(api, "introductions", to=circle["李娜"])
    (row,) = (await shown(api, id, ROWS))["rows"]["nodes"]
    assert (row["strength"], [p["name"] for p in row["parties"]]) == (pytest.approx(0.48), ["Ann", "Mia", "李娜"])
    id = await run(api, "introductions", to=circle["Spy"])
    api.viewer = strict("Person")
    assert "Spy" not in str(await shown(api, id, ROWS))


async def test_a_run_that_is_kept_no_more_is_gone_and_its_log_tells_nobody_what_they_might_not_read(
    api: Api, circle: dict[str, str]
) -> None:
    gone, left = await run(api, "introductions", to=circle["Ann"]), await run(api, "introductions", to=circle["Mia"])
    mine = await run(api, "influence")
    await pruning.prune(api.writer, "introductions", 1)
    assert await shown(api, gone) is None
    assert (await shown(api, left))["status"] == "DONE"
    document = "{ changes(last: 6, orderBy: [{ number: ASC }]) { nodes { subject { id } fields { name after } } } }"
    assert circle["Ann"] in _parameters((await api(document))["changes"]["nodes"])
    api.viewer = Viewer("user:2", "Bob", rules={"AnalysisRun": "node.analysis = 'influence'"})
    seen = (await api(document))["changes"]["nodes"]
    assert circle["Ann"] not in _parameters(seen)
    assert [change["subject"] for change in seen][-2:] == [{"id": mine}] * 2


def _parameters(changes: list[Any]) -> str:
    return str([field["after"] for change in changes for field in change["fields"] if field["name"] == "parameters"])


async def test_rows_are_there_once_the_run_is_done(api: Api, circle: dict[str, str]) -> None:
    id = await run(api, "influence", level="PEOPLE")
    assert (await shown(api, id, ROWS))["rows"]["totalCount"] == 4
    for status in ("RUNNING", "QUEUED", "CANCELLED", "FAILED"):
        await given.run(api.writer.database, "MATCH (run:Node {id: $id}) SET run.status = $status", id=id, status=status)
        assert (await shown(api, id, ROWS))["rows"] == {"totalCount": 0, "nodes": []}
        assert await Listing(api, "analysisRuns", "id").where("rows: { some: {} }") == []


async def test_one_analysis_at_a_time(api: Api) -> None:
    for input in ({}, {"influence": {}, "introductions": {"to": "x"}}, {"influence": None}):
        with pytest.raises(AssertionError, match="AnalysisStartInput|[Oo]ne"):
            await ask(api, "analysisStart", input)


def _naming(parameters: Any, circle: dict[str, str], spy: str) -> Any:
    if isinstance(parameters, dict):
        return {name: _naming(value, circle, spy) for name, value in parameters.items()}
    if isinstance(parameters, list):
        return [_naming(value, circle, spy) for value in parameters]
    return {**circle, "Spy": spy}.get(parameters, parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "path"),
    [
        ("introductions", {"to": "Spy"}, "to"),
        ("introductions", {"to": "Ann", "from": ["Mia", "Spy"]}, "from.1"),
        ("reach", {"from": ["Spy"]}, "from.0"),
        ("similarParties", {"party": "Spy"}, "party"),
        ("seeds", {"excluded": ["Spy"]}, "excluded.0"),
        ("seeds", {"budget": 2, "costs": [{"party": "Mia", "cost": 1}, {"party": "Spy", "cost": 2}]}, "costs.1.party"),
    ],
)
async def test_who_may_not_read_a_party_reads_nothing_of_what_names_it(
    api: Api, circle: dict[str, str], name: str, parameters: dict[str, Any], path: str
) -> None:
    named = {name: _naming(parameters, circle, circle["Spy"])}
    other = await run(api, "influence")
    schedule = await done(api, "analysisScheduleCreate", {"analysis": named, "cron": "0 6 * * *"})
    one = await done(api, "analysisStart", named)
    document = (
        "{ analysisRuns { totalCount nodes { id parameters } } analysisSchedules { totalCount nodes { parameters } }"
        " changes(last: 20) { nodes { subjects fields { after } } } }"
    )
    assert str(await api(document)).count(circle["Spy"]) >= 3
    api.viewer = strict("Person")
    seen = await api(document)
    assert ([each["id"] for each in seen["analysisRuns"]["nodes"]], seen["analysisRuns"]["totalCount"]) == ([other], 1)
    assert seen["analysisSchedules"] == {"totalCount": 0, "nodes": []}
    assert not [id for id in (circle["Spy"], one["id"], schedule["id"]) if id in str(seen)]
    await refuses(api, "analysisCancel", {"id": one["id"]}, "NotFound NOT_FOUND id", NOT_FOUND)
    await refuses(api, "analysisScheduleDelete", {"id": schedule["id"]}, "NotFound NOT_FOUND id", NOT_FOUND)
    # Nobody can tell whether such a party is there.
    for id in (circle["Spy"], "01890000-0000-7000-8000-000000000000"):
        wrong = {name: _naming(parameters, circle, id)}
        assert (await refuses(api, "analysisStart", wrong, f"NotFound NOT_FOUND {name}.{path}", NOT_FOUND))["missingId"] == id
        scheduled = {"analysis": wrong, "cron": "0 6 * * *"}
        await refuses(api, "analysisScheduleCreate", scheduled, f"NotFound NOT_FOUND analysis.{name}.{path}", NOT_FOUND)


async def test_a_day_to_come_is_refused_at_once(api: Api) -> None:
    tomorrow = {"influence": {"asOf": "2026-07-02"}}
    said = "asOf: 2026-07-02 lies in the future|asOf：2026-07-02 在未来"
    await refuses(api, "analysisStart", tomorrow, "InvalidInput OUT_OF_RANGE influence.asOf", said)
    scheduled = {"analysis": tomorrow, "cron": "0 6 * * *"}
    await refuses(api, "analysisScheduleCreate", scheduled, "InvalidInput OUT_OF_RANGE analysis.influence.asOf", said)


async def test_the_first_day_of_all_can_be_analysed(api: Api, circle: dict[str, str]) -> None:
    id = await run(api, "influence", asOf="0001-01-01", level="PEOPLE")
    assert len((await shown(api, id, ROWS))["rows"]["nodes"]) == 4


async def test_who_opts_out_is_in_no_result_at_once(api: Api, writer: Writer, circle: dict[str, str]) -> None:
    own = await given.own(writer)
    await given.position(writer, circle["Ann"], own, since="2020")
    ids = {
        "influence": await run(api, "influence", level="PEOPLE"),
        "introductions": await run(api, "introductions", to=circle["李娜"]),
        "communities": await run(api, "communities"),
    }
    score = "... on NodeScore { party { name } reasons { code share party { name } } }"
    group = "... on NodeGroup { size members { totalCount nodes { name } } }"
    document = (
        "query($ids: [ID!]!) { analysisRuns(where: { id: { in: $ids } }) { nodes { rows { totalCount nodes {"
        f" {score} {group} ... on PathRow {{ parties {{ name }} }} }} }} }} }}"
        " people { nodes { name influence { reasons { share party { name } } } } } }"
    )
    before = await api(document, ids=list(ids.values()))
    assert str(before["analysisRuns"]).count("Mia") > 3
    size = max(row.get("size", 0) for run in before["analysisRuns"]["nodes"] for row in run["rows"]["nodes"])
    version = (await api("query($id: ID!) { person(id: $id) { version } }", id=circle["Mia"]))["person"]["version"]
    await done(api, "personUpdate", {"id": circle["Mia"], "version": version, "networkOptOut": True})
    after = await api(document, ids=list(ids.values()))
    assert "Mia" not in str(after["analysisRuns"])
    rows = [row for run in after["analysisRuns"]["nodes"] for row in run["rows"]["nodes"]]
    assert not [row for row in rows if "parties" in row]
    assert [(row["size"], row["members"]["totalCount"]) for row in rows if "size" in row] == [(size - 1, size - 1)]
    for person in after["people"]["nodes"]:
        reasons = person["influence"]["reasons"] if person["influence"] else []
        assert "Mia" not in str(reasons)
        assert not reasons or sum(reason["share"] for reason in reasons) == pytest.approx(1)


async def test_a_run_of_what_this_version_does_not_have_is_shown_all_the_same(api: Api) -> None:
    id = await run(api, "influence")
    await given.run(api.writer.database, "MATCH (run:Node {id: $id}) SET run.analysis = 'alchemy'", id=id)
    document = (
        "query($id: ID!) { analysisRun(id: $id) { analysis { name title purpose formula rows parameters { name } } rows { totalCount } } }"
    )
    found = (await api(document, id=id))["analysisRun"]["analysis"]
    assert (found["name"], found["title"], found["parameters"]) == ("alchemy", "alchemy", [])
    assert "does not have it any more" in found["purpose"]


async def test_a_community_is_called_by_whom_and_what_is_telling(api: Api, writer: Writer, circle: dict[str, str]) -> None:
    acme = await given.organization(writer, "Acme")
    for name in ("Ann", "Mia", "Spy"):
        await given.position(writer, circle[name], acme, since="2020")
    id = await run(api, "communities")
    document = "query($id: ID!) { analysisRun(id: $id) { rows { nodes { ... on NodeGroup { label reasons { code party { name } } } } } } }"

    async def label() -> tuple[str, list[str]]:
        (row,) = (await api(document, id=id))["analysisRun"]["rows"]["nodes"]
        return row["label"], [reason["party"]["name"] for reason in row["reasons"] if reason["code"] == "MEMBER" and reason["party"]]

    said, members = await label()
    assert said == f"Community 1: {members[0]}, {members[1]} (Acme)"
    api.language = "zh-CN"
    assert (await label())[0] == f"社群 1：{members[0]}、{members[1]}（Acme）"
    api.language, api.viewer = "en", strict("Person", "Organization")
    seen = [name for name in members if name != "Spy"]
    assert await label() == (f"Community 1: {seen[0]}, {seen[1]} (Acme)", seen)
    for field in ("Person.name", "Party.name"):
        api.viewer = Viewer("user:2", "Bob", hidden=frozenset({field}))
        (row,) = (await api(document.replace("party { name }", "party { id }"), id=id))["analysisRun"]["rows"]["nodes"]
        assert row["label"] == "Community 1"


async def test_a_community_of_organizations_is_called_by_the_industry_of_most(api: Api, writer: Writer) -> None:
    ids = {}
    for name, industry in (("Ore", "Mining"), ("Spy", "Mining"), ("Ton", "Trade")):
        ids[name] = await given.organization(writer, name, industry=industry, notes="secret" if name == "Spy" else None)
    for a, b in (("Ore", "Spy"), ("Spy", "Ton"), ("Ton", "Ore")):
        await world.tie(writer, "SUPPLIES", ids[a], ids[b])
    id = await run(api, "communities", level="ORGANIZATIONS")

    async def label() -> str:
        found = await api("query($id: ID!) { analysisRun(id: $id) { rows { nodes { ... on NodeGroup { label } } } } }", id=id)
        return str(found["analysisRun"]["rows"]["nodes"][0]["label"])

    said = await label()
    assert re.fullmatch(r"Community 1: \w+, \w+ \(Mining\)", said)
    api.viewer = Viewer("user:2", "Bob", hidden=frozenset({"Organization.industry"}))
    assert await label() == said.removesuffix(" (Mining)")
    api.viewer = Viewer("user:3", "Eve", hidden=frozenset({"Organization.name"}))
    assert await label() == "Community 1: (Mining)"
    # Of the two that are left no industry is that of most.
    api.viewer = strict("Organization")
    assert await label() in {"Community 1: Ore, Ton", "Community 1: Ton, Ore"}


async def test_members_come_in_the_order_of_their_ties_inside(api: Api, writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "cid", "eve", "kim")
    await world.knows(writer, "kim eve", "kim cid", "kim bob", "kim ann", "eve cid", "eve bob", "bob cid", closeness="CLOSE")
    id = await run(api, "communities", resolution=0.1)
    order, cursor = ["kim", "bob", "cid", "eve", "ann"], ""

    async def members(page: str) -> list[str]:
        group = f"... on NodeGroup {{ members{page} {{ totalCount nodes {{ id }} pageInfo {{ endCursor }} }} }}"
        document = f"query($id: ID!) {{ analysisRun(id: $id) {{ rows {{ nodes {{ {group} }} }} }} }}"
        nonlocal cursor
        found = (await api(document, id=id))["analysisRun"]["rows"]["nodes"][0]["members"]
        cursor = found["pageInfo"]["endCursor"]
        return [node["id"] for node in found["nodes"]]

    assert await members("") == order
    plain = "query($id: ID!) { analysisRun(id: $id) { rows { nodes { ... on NodeGroup { members(where: %s) { nodes { id } } } } } } }"

    async def shown_of(where: str) -> list[str]:
        (row,) = (await api(plain % where, id=id))["analysisRun"]["rows"]["nodes"]
        return [node["id"] for node in row["members"]["nodes"]]

    assert await shown_of("{}") == order
    assert await shown_of('{ id: { in: ["ann", "cid", "kim"] } }') == ["kim", "cid", "ann"]
    await world.change(writer, "bob", network_opt_out=True)
    await world.change(writer, "eve", notes="secret")
    api.viewer = strict("Person")
    assert await shown_of("{}") == ["kim", "cid", "ann"]
    await world.change(writer, "bob", network_opt_out=False)
    await world.change(writer, "eve", notes="")
    assert await members("(last: 2)") == order[-2:]
    assert await members("(orderBy: [{ id: DESC }])") == sorted(order, reverse=True)
    assert await members("(first: 2)") == order[:2]
    assert await members(f'(first: 2, after: "{cursor}")') == order[2:4]
    assert await members(f'(first: 2, after: "{cursor}")') == order[4:]


async def test_runs_are_found_by_the_name_of_their_analysis(api: Api, writer: Writer) -> None:
    ids = [await run(api, name) for name in ("brokers", "keyPeople")]
    found = await api('{ analysisRuns(where: { analysisName: { eq: "key_people" } }) { nodes { id analysisName } } }')
    assert found["analysisRuns"]["nodes"] == [{"id": ids[1], "analysisName": "key_people"}]
