"""The four cases: a GraphQL document, its variables, and what somebody would write by hand in Cypher for the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString


@dataclass(frozen=True)
class Case:
    name: str
    document: str
    variables: dict[str, Any]
    cypher: LiteralString


CASES = [
    Case(
        "A one person, position, organization",
        "query($id: ID!) { person(id: $id) { id name salutation influence { score } position { title organization { id name kind } } } }",
        {"id": "p00005"},
        """
        MATCH (p:Node {id: $id}) WHERE p:Person AND p.deleted_at IS NULL
        RETURN {id: p.id, name: p.name, salutation: p.salutation,
          influence: CASE WHEN p.influence_score IS NULL THEN null ELSE {score: p.influence_score} END,
          position: COLLECT {
            MATCH (p)-[:HOLDS]->(q:Position)-[:AT]->(o:Organization) WHERE q.deleted_at IS NULL AND o.deleted_at IS NULL
              AND (q.since IS NULL OR q.since <= $today) AND (q.until IS NULL OR q.until > $today)
            WITH * ORDER BY q.primary DESC, q.since DESC, q.id LIMIT 1
            RETURN {title: q.title, organization: {id: o.id, name: o.name, kind: o.kind}} }[0]} AS row
        """,
    ),
    Case(
        "B 50 people, positions, organizations",
        "{ people(first: 50) { nodes { id name salutation influence { score } "
        "positions(first: 20) { nodes { title since organization { name } } } } } }",
        {},
        """
        MATCH (p:Person) WHERE p.deleted_at IS NULL WITH p ORDER BY p.id LIMIT 50
        RETURN {id: p.id, name: p.name, salutation: p.salutation,
          influence: CASE WHEN p.influence_score IS NULL THEN null ELSE {score: p.influence_score} END,
          positions: {nodes: COLLECT {
            MATCH (p)-[:HOLDS]->(q:Position)-[:AT]->(o:Organization) WHERE q.deleted_at IS NULL AND o.deleted_at IS NULL
            WITH * ORDER BY q.id LIMIT 20 RETURN {title: q.title, since: q.since, organization: {name: o.name}} }}} AS row
        """,
    ),
    Case(
        "C 50 organizations, 10 people, 3 interactions",
        "{ organizations(first: 50) { nodes { id name positions(first: 10) { nodes { id title person { id name "
        "interactions(through: [SELF], first: 3) { nodes { id channel occurredAt subject } } } } } } } }",
        {},
        """
        MATCH (o:Organization) WHERE o.deleted_at IS NULL WITH o ORDER BY o.id LIMIT 50
        RETURN {id: o.id, name: o.name, positions: {nodes: COLLECT {
          MATCH (o)<-[:AT]-(q:Position) WHERE q.deleted_at IS NULL WITH * ORDER BY q.id LIMIT 10
          RETURN {id: q.id, title: q.title, person: COLLECT {
            MATCH (q)<-[:HOLDS]-(p:Person) WHERE p.deleted_at IS NULL
            RETURN {id: p.id, name: p.name, interactions: {nodes: COLLECT {
              MATCH (p)-[:TOOK_PART]->(i:Interaction) WHERE i.deleted_at IS NULL WITH DISTINCT i ORDER BY i.id LIMIT 3
              RETURN {id: i.id, channel: i.channel, occurredAt: i.occurred_at, subject: i.subject} }}} LIMIT 1 }[0]} }}} AS row
        """,
    ),
    Case(
        "D filter and total",
        'query($p: String!) { people(first: 50, where: { name: { startsWith: $p }, positions: { some: { title: { eq: "CEO" } } } }) '
        "{ totalCount nodes { id name salutation influence { score } } } }",
        {"p": "Ada"},
        """
        MATCH (p:Person) WHERE p.deleted_at IS NULL AND p.name STARTS WITH $p
          AND EXISTS { MATCH (p)-[:HOLDS]->(q:Position)-[:AT]->(o:Organization)
            WHERE q.deleted_at IS NULL AND o.deleted_at IS NULL AND q.title = 'CEO' }
        WITH p ORDER BY p.id WITH collect(p) AS found
        RETURN {totalCount: size(found), nodes: [p IN found[..50] | {id: p.id, name: p.name, salutation: p.salutation,
          influence: CASE WHEN p.influence_score IS NULL THEN null ELSE {score: p.influence_score} END}]} AS row
        """,
    ),
]
