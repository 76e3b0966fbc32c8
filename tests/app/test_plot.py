"""`guanxi plot`: a community as a picture."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest

from app import findings, pictures
from app.commands import analyse, plot
from app.pictures import Member, Tie
from graph.analyses import execution
from graph.analyses.communities import CommunitiesParameters
from graph.analyses.rows import NodeGroup
from graph.clock import FixedClock
from graph.database import Database
from graph.errors import Message
from graph.ids import SeededIds
from tests.app.test_cli import guanxi
from tests.graph import given
from tests.graph.analyses import world

SVG = "{http://www.w3.org/2000/svg}"
THREE = [Member("a", "Ann <&> Söhne", 0.5, "Acme"), Member("b", "张伟", 0.3, "Acme"), Member("c", "Eve", 0.2)]
TIES = [Tie("a", "b", 1.0), Tie("a", "c", 0.1)]


def parts(picture: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}{name}"))


class TestDrawn:
    def test_everybody_is_a_circle_and_every_tie_a_line(self) -> None:
        picture = pictures.drawn("Community 1", THREE, TIES)
        circles = [circle for circle in parts(picture, "circle") if circle.find(f"{SVG}title") is not None]
        assert (len(circles), len(parts(picture, "line"))) == (3, 2)

    def test_names_are_text_whatever_they_hold(self) -> None:
        picture = pictures.drawn("<Community> 1", THREE, TIES)
        assert "Ann &lt;&amp;&gt; Söhne" in picture
        assert {"Ann <&> Söhne", "张伟", "Eve", "<Community> 1", "Acme"} == {text.text for text in parts(picture, "text")}

    def test_who_matters_more_is_larger_and_who_is_closer_has_a_thicker_line(self) -> None:
        picture = pictures.drawn("Community 1", THREE, TIES)
        radii = [float(circle.attrib["r"]) for circle in parts(picture, "circle")[:3]]
        widths = [float(line.attrib["stroke-width"]) for line in parts(picture, "line")]
        assert radii == sorted(radii, reverse=True)
        assert len(set(radii)) == 3
        assert widths == sorted(widths, reverse=True)
        assert len(set(widths)) == 2

    def test_those_who_work_at_one_place_have_its_colour_and_the_others_none(self) -> None:
        fills = [circle.attrib["fill"] for circle in parts(pictures.drawn("Community 1", THREE, TIES), "circle")[:3]]
        assert fills[0] == fills[1] != fills[2]

    def test_it_is_the_same_each_time(self) -> None:
        assert pictures.drawn("1", THREE, TIES) == pictures.drawn("1", THREE, TIES)

    def test_everybody_stands_inside_it(self) -> None:
        many = [Member(str(i), f"Person {i}", 1 / 80) for i in range(80)]
        picture = pictures.drawn("1", many, [Tie(str(i), str(i + 1), 0.5) for i in range(79)])
        at = [float(circle.attrib[axis]) for circle in parts(picture, "circle") for axis in ("cx", "cy")]
        assert 0 < min(at) < max(at) < pictures.SIZE
        assert len(parts(picture, "text")) == 61

    def test_one_alone_is_a_picture_too(self) -> None:
        assert len(parts(pictures.drawn("1", THREE[:1], []), "circle")) == 1


async def test_a_community_of_the_graph(database: Database, clock: FixedClock, ids: SeededIds) -> None:
    writer = given.writer(database, clock, ids)
    await world.people(writer, "ann", "bob", "cid", "eve")
    acme = await given.organization(writer, "Acme")
    for person in ("ann", "bob"):
        await given.position(writer, person, acme, title="Buyer", since="2026-05-01")
    await world.knows(writer, "ann bob", closeness="CLOSE")
    await world.knows(writer, "bob cid", "ann cid", closeness="KNOWN")
    found = await execution.run(writer, "communities", {})
    group = plot.chosen(found.outcome.rows, 1)
    ties = await plot.tied(writer, CommunitiesParameters(), group)
    members = await plot.members_of(writer, writer.today(), group, ties)
    assert {(tie.a, tie.b): tie.strength == 1 for tie in ties} == {("ann", "bob"): True, ("ann", "cid"): False, ("bob", "cid"): False}
    assert {(member.id, member.group) for member in members} == {("ann", "Acme"), ("bob", "Acme"), ("cid", "")}
    assert sum(member.share for member in members) == pytest.approx(1)
    assert {member.group for member in await plot.members_of(writer, "2026-04-30", group, ties)} == {""}
    known = await analyse.known(database, findings.named([group]))
    assert findings.title(group, known) == "Community 1: ann, bob (Acme)"
    assert findings.title(group, known, "zh-CN") == "社群 1：ann、bob（Acme）"


def test_a_community_that_is_not_there_is_said_to_be_none() -> None:
    one = NodeGroup(Message("Community 1", "社群 1"), ("a", "b", "c"))
    assert plot.chosen([one], 1) is one
    with pytest.raises(click.ClickException, match="no community 2: 1 were found"):
        plot.chosen([one], 2)


def test_as_a_shell_runs_it(tmp_path: Path) -> None:
    (tmp_path / "there.svg").write_text("mine")
    for out, said in (("picture.png", "let the name end with .svg"), (str(tmp_path / "there.svg"), "--force overwrites it")):
        wrong = guanxi("plot", "1", "--out", out, folder=tmp_path)
        assert (wrong.returncode, said in wrong.stderr) == (2, True)
    assert (tmp_path / "there.svg").read_text() == "mine"
    wrong = guanxi("plot", "0", folder=tmp_path)
    assert (wrong.returncode, "x>=1" in wrong.stderr) == (2, True)
    wrong = guanxi("plot", "1", "--param", "level=NOBODY", folder=tmp_path)
    assert wrong.returncode == 2
    assert re.search("--param level", wrong.stderr)
