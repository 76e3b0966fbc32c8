"""Interactions and who took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.interactions import Channel, Direction, InteractionPurpose, ParticipantRole, Visibility
from graph.projection.declare import end, link, node, open_label, prop, tie
from schema.nodes import Node
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.parties import Party

# Addresses that belong to nobody yet take part as they are.
open_label("UnclaimedAddress")


@tie("TOOK_PART", lasting=False)
class Participant:
    """Somebody who took part, or an address that nobody has claimed yet (参与者)."""

    role: ParticipantRole = prop("In which role (角色).", filter=True)
    party: Party | None = end("Who; null for an address that belongs to nobody yet (关系方).", "start")
    address: str | None = prop("The address used, if one was (地址).", filter=True)


@node("Interaction")
class Interaction(Node):
    """Something said or done together, by whatever channel (互动)."""

    channel: Channel = prop("By which channel (渠道).", filter=True, order=True)
    direction: Direction = prop("Who turned to whom, seen from us (方向).", filter=True, order=True)
    occurred_at: DateTime = prop("When it began (发生时间).", filter=True, order=True)
    ended_at: DateTime | None = prop("When it ended (结束时间).", filter=True, order=True)
    subject: str | None = prop("Subject (主题).", filter=True, order=True)
    summary: str | None = prop("What was said (摘要).")
    sentiment: float | None = prop("From -1, bad, to 1, good (情感倾向).", filter=True, order=True)
    purpose: InteractionPurpose | None = prop("What for (目的).", filter=True, order=True)
    outcome: str | None = prop("What came of it (结果).")
    visibility: Visibility = prop("Who may read it (可见范围).", filter=True, order=True)
    participants: list[Participant] = link(
        "Who took part (参与者).",
        "(this)<-[tie:TOOK_PART]-(node:Party)",
        also="(this)<-[tie:TOOK_PART]-(node:UnclaimedAddress)",
        pick="tie.role, tie.address, node.id",
    )
    regarding: list[Node] = link(
        "What it was about, fixed when it was recorded (所涉对象).", "(this)-[:REGARDS]->(node:Node)", pick="node.id"
    )
    version: int = prop("Raised by every change (版本).")
