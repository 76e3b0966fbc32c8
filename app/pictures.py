"""A community as a picture: who is tied to whom, how strongly, and where they work. SVG, so that Chinese names need no fonts of ours."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import networkx as nx

__all__ = ["Member", "Tie", "drawn"]

SIZE = 960
_MARGIN, _LEGEND = 80, 24
_NAMED = 60
_FONTS = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
# Okabe and Ito's colours, which colour-blind people tell apart; grey for those in no larger group.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
_OTHERS = "#9A9A9A"


@dataclass(frozen=True)
class Member:
    """Who is drawn: the larger the share, the larger the circle. Members of a group have its colour."""

    id: str
    name: str
    share: float
    group: str = ""


@dataclass(frozen=True)
class Tie:
    """Two members, by id, and how strongly they are tied, in (0, 1]."""

    a: str
    b: str
    strength: float


def drawn(title: str, members: Sequence[Member], ties: Sequence[Tie]) -> str:
    """The picture as SVG text, the same for the same members and ties. The first 60 members are named, all of them when pointed at.

    O(members² · rounds) for their places.
    """
    colours = _colours(members)
    picture = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {SIZE} {SIZE}", role="img")
    SubElement(picture, "title").text = title
    SubElement(picture, "rect", width="100%", height="100%", fill="#FFFFFF")
    places = _places(members, ties)
    for tie in ties:
        _line(picture, places[tie.a], places[tie.b], tie.strength)
    for member in members:
        _circle(picture, places[member.id], member, colours.get(member.group, _OTHERS))
    texts = SubElement(picture, "g", {"font-family": _FONTS, "font-size": "13", "fill": "#1A1A1A"})
    for member in members[:_NAMED]:
        x, y = places[member.id]
        _text(texts, member.name, x, y - _radius(member) - 4, **{"text-anchor": "middle"})
    _text(texts, title, _LEGEND, _LEGEND + 4, **{"font-size": "18"})
    for number, (group, colour) in enumerate(colours.items()):
        y = SIZE - _LEGEND * (len(colours) - number)
        SubElement(picture, "circle", cx=str(_LEGEND), cy=str(y), r="6", fill=colour)
        _text(texts, group, _LEGEND + 14, y + 4)
    ElementTree.indent(picture)
    return ElementTree.tostring(picture, encoding="unicode") + "\n"


def _colours(members: Sequence[Member]) -> dict[str, str]:
    """The greatest groups of more than one, each with a colour."""
    counted = Counter(member.group for member in members if member.group)
    greatest = sorted((-count, group) for group, count in counted.items() if count > 1)
    return dict(zip((group for _, group in greatest), _COLOURS, strict=False))


def _places(members: Sequence[Member], ties: Sequence[Tie]) -> Mapping[str, tuple[float, float]]:
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(member.id for member in members)
    network.add_weighted_edges_from((tie.a, tie.b, tie.strength) for tie in ties)
    around = nx.spring_layout(network, seed=1, iterations=200, center=(SIZE / 2, SIZE / 2), scale=SIZE / 2 - _MARGIN)
    return {id: (round(float(x), 1), round(float(y), 1)) for id, (x, y) in around.items()}


def _radius(member: Member) -> float:
    return round(5 + 40 * math.sqrt(member.share), 1)


def _line(picture: Element, a: tuple[float, float], b: tuple[float, float], strength: float) -> None:
    style = {"stroke": "#5B6770", "stroke-width": f"{0.5 + 3 * strength:.1f}", "stroke-opacity": f"{0.15 + 0.45 * strength:.2f}"}
    SubElement(picture, "line", {"x1": str(a[0]), "y1": str(a[1]), "x2": str(b[0]), "y2": str(b[1]), **style})


def _circle(picture: Element, place: tuple[float, float], member: Member, colour: str) -> None:
    style = {"fill": colour, "stroke": "#FFFFFF", "stroke-width": "1.5"}
    circle = SubElement(picture, "circle", {"cx": str(place[0]), "cy": str(place[1]), "r": str(_radius(member)), **style})
    SubElement(circle, "title").text = f"{member.name}, {member.group}" if member.group else member.name


def _text(texts: Element, text: str, x: float, y: float, **style: str) -> None:
    SubElement(texts, "text", {"x": str(x), "y": str(round(y, 1)), **style}).text = text
