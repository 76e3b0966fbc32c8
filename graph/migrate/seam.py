"""Schema statements on both engines: what the embedded one does not take in Cypher goes to it as SQL, with the same result."""

from __future__ import annotations

import json
import re
from typing import LiteralString

from graph import embedded
from graph.database import Database

# The one form of a full-text index that we use: one label, one property.
_FULLTEXT = re.compile(
    r"CREATE FULLTEXT INDEX (?P<name>\w+) IF NOT EXISTS FOR \(n:(?P<label>\w+)\) ON EACH \[n\.(?P<property>\w+)\]"
    r" OPTIONS \{indexConfig: \{`fulltext\.analyzer`: '(?P<analyzer>[\w-]+)'\}\}"
)
# Neo4j's names of analyzers. `cjk` is not among them: it drops English stop words, so that nobody finds Will.
_ANALYZERS = {
    "standard-no-stop-words": "org.apache.lucene.analysis.standard.StandardAnalyzer",
    "whitespace": "org.apache.lucene.analysis.core.WhitespaceAnalyzer",
}


async def change_schema(database: Database, statement: LiteralString, *, seconds: float) -> None:
    """One schema statement, in a transaction of its own."""
    index = _FULLTEXT.fullmatch(statement) if database.engine == "embedded" else None
    if index is None:
        await database.write(lambda transaction: transaction.run(statement), seconds=seconds)
        return
    metadata = json.dumps({"analyzer": _ANALYZERS[index["analyzer"]]})
    for command in (
        f"CREATE VERTEX TYPE {index['label']} IF NOT EXISTS",
        f"CREATE PROPERTY {index['label']}.{index['property']} IF NOT EXISTS STRING",
        f"CREATE INDEX {index['name']} IF NOT EXISTS ON {index['label']} ({index['property']}) FULL_TEXT METADATA {metadata}",
    ):
        await embedded.sql(database.target, command)


async def await_indexes(database: Database, *, seconds: float) -> None:
    """Returns once new indexes answer. The embedded engine builds them at once."""
    if database.engine == "neo4j":
        await database.read("CALL db.awaitIndexes(3600)", seconds=seconds)
