"""What has an id."""

from __future__ import annotations

import strawberry

import schema.enums  # noqa: F401 - enums are registered before any type names one
from graph.projection.declare import interface, prop


@interface("Node")
class Node:
    """Anything that has an identity: things, ties, roles, contact points (节点)."""

    id: strawberry.ID = prop("Its id, a UUIDv7; it never dies (编号).", filter=True, order=True)
