import pytest

from graph.database import Database
from tests import neo4j
from tests.neo4j import artifacts


async def test_a_database_without_the_marker_is_not_for_tests(database: Database) -> None:
    before = await database.read("MATCH (marker:GuanxiTest) RETURN count(marker)")
    await database.write(lambda transaction: transaction.run("MATCH (marker:GuanxiTest) DELETE marker"))
    try:
        with pytest.raises(RuntimeError, match=r"CREATE \(:GuanxiTest\)"):
            await neo4j.check_marker(database)
        await database.write(lambda transaction: transaction.run("CREATE (:GuanxiTest)"))
        await neo4j.check_marker(database)
    finally:
        if not before[0][0]:
            await database.write(lambda transaction: transaction.run("MATCH (marker:GuanxiTest) DELETE marker"))


def test_an_existing_server_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUANXI_TEST_NEO4J_URI", raising=False)
    assert not neo4j.given()
    for name, value in {"URI": "neo4j+ssc://db:7687", "USER": "u", "PASSWORD": "p", "DATABASE": "d"}.items():
        monkeypatch.setenv(f"GUANXI_TEST_NEO4J_{name}", value)
    assert neo4j.given()
    target = neo4j.existing()
    assert (target.uri, target.user, target.password, target.database, target.engine) == ("neo4j+ssc://db:7687", "u", "p", "d", "neo4j")


def test_a_missing_java_is_named() -> None:
    with pytest.raises(RuntimeError, match="needs Java 3 or 4; found"):
        artifacts._java((3, 4))
