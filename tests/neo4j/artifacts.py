"""Jars of Neo4j and of what is plugged into it, out of a Maven repository, and a Java that runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.locks import FileLock

CACHE = Path(__file__).parents[2] / ".cache"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>guanxi</groupId><artifactId>neo4j</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{version}</version></dependency>
  </dependencies>
</project>
"""


@dataclass(frozen=True)
class Distribution:
    """What it takes to start one version of Neo4j: the folder of its jars and a Java."""

    version: str
    jars: Path
    java: Path

    @property
    def is_5(self) -> bool:
        return self.version.startswith("5.")


def resolved(version: str) -> Distribution:
    """The jars of `version`, fetched at the first time. RuntimeError without Maven or a fitting Java."""
    java = _java((17, 21) if version.startswith("5.") else (25, 21))
    return Distribution(version, fetched(f"neo4j-{version}", POM.format(version=version)), java)


def fetched(name: str, pom: str) -> Path:
    """The folder of the jars that a Maven file asks for, kept under `name`. RuntimeError without Maven."""
    home = CACHE / name
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        if not (home / "lib").exists():
            _fetch(home, pom)
    return home / "lib"


def _fetch(home: Path, pom: str) -> None:
    (home / "pom.xml").write_text(pom)
    maven = shutil.which("mvn")
    if not maven:
        raise RuntimeError("Neo4j's jars come through Maven: install mvn, or name a running server in GUANXI_TEST_NEO4J_URI.")
    part = home / "lib.part"
    shutil.rmtree(part, ignore_errors=True)
    subprocess.run(
        [maven, "-q", "-B", "-Dstyle.color=never", "dependency:copy-dependencies", f"-DoutputDirectory={part}"],
        cwd=home,
        check=True,
        timeout=900,
    )
    part.rename(home / "lib")


def _alone(home: Path) -> FileLock:
    while not (lock := FileLock.exclusive(home / "lock")):
        time.sleep(0.2)
    return lock


def _java(wanted: tuple[int, ...]) -> Path:
    found = {version: java for java in _candidates() if (version := _version(java))}
    for version in wanted:
        if version in found:
            return found[version]
    raise RuntimeError(f"This Neo4j needs Java {' or '.join(map(str, wanted))}; found {sorted(found) or 'none'}. Set JAVA_HOME.")


def _candidates() -> Iterator[Path]:
    homes = [*Path("/usr/lib/jvm").glob("*"), *Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home")]
    if home := os.environ.get("JAVA_HOME"):
        homes.append(Path(home))
    yield from (home / "bin/java" for home in homes if (home / "bin/java").is_file())
    if java := shutil.which("java"):
        yield Path(java).resolve()


def _version(java: Path) -> int | None:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    number = re.search(r'version "(\d+)', said)
    return int(number[1]) if number else None
