"""What the contracts of import-linter cannot say: the projection knows no noun, metrics and kernels are pure, no folder is unseen."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
CODE = ("app", "schema", "graph", "migrations", "tests", "tools")
# What a layer may know of the rest of `graph`, and of the world.
FOUNDATIONS = {"graph", "graph.clock", "graph.database", "graph.errors", "graph.ids", "graph.money", "graph.terms", "graph.text"}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("graph", include_external_packages=True, cache_dir=None)


def known_to(package: str, imports: grimp.ImportGraph) -> set[str]:
    """Modules of ours that `package` imports, its own aside."""
    inside = {package} | imports.find_descendants(package)
    return {
        found for module in inside for found in imports.find_modules_directly_imported_by(module) if found.startswith("graph.")
    } - inside


def test_the_projection_knows_no_noun(imports: grimp.ImportGraph) -> None:
    assert known_to("graph.projection", imports) <= FOUNDATIONS


@pytest.mark.parametrize("package", ["graph.metrics", "graph.network"])
def test_metrics_and_kernels_are_pure(package: str, imports: grimp.ImportGraph) -> None:
    inside = {package} | imports.find_descendants(package)
    known = {found for module in inside for found in imports.find_modules_directly_imported_by(module)}
    assert not known & {"neo4j", "strawberry", "graphql", "fastapi", "graph.database", "asyncio"}
    assert known_to(package, imports) <= {"graph.errors", "graph.money", "graph.terms", "graph.metrics", "graph.network"}


def test_every_folder_with_code_is_a_package() -> None:
    """A folder without `__init__.py` works, but the checks of layers do not see it."""
    folders = {file.parent for name in CODE for file in (ROOT / name).rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
