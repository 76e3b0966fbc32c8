"""What an import did: counts for each file, and each row or cell that was not taken, by line, column and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from graph.errors import Message

_LISTED = 10_000


class Outcome(Enum):
    """What became of a row. SKIPPED: the mapping leaves it out."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"


def said(text: Message, language: str) -> str:
    """The sentence in `language`, a tag such as `zh-CN`; English when it is not Chinese."""
    return text.zh if language.lower().startswith("zh") else text.en


@dataclass(frozen=True)
class Finding:
    """Why a row was refused, or one cell of it left out. `line` counts from 1 with the header; `column` is empty for the whole row."""

    line: int
    column: str
    reason: Message

    def told(self, language: str) -> dict[str, Any]:
        return {"line": self.line, "column": self.column or None, "reason": said(self.reason, language)}


@dataclass
class Part:
    """One file read as one noun."""

    path: Path
    noun: str
    counts: Counter[Outcome] = field(default_factory=Counter)
    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    unlisted: int = 0

    def refuse(self, *findings: Finding) -> None:
        """One row, for these reasons."""
        self.counts[Outcome.REFUSED] += 1
        self._keep(self.refusals, findings)

    def warn(self, *findings: Finding) -> None:
        self._keep(self.warnings, findings)

    def add(self, other: Part) -> None:
        """What was found meanwhile about the same file and noun."""
        self.counts += other.counts
        self._keep(self.refusals, tuple(other.refusals))
        self._keep(self.warnings, tuple(other.warnings))
        self.unlisted += other.unlisted

    def _keep(self, kept: list[Finding], findings: tuple[Finding, ...]) -> None:
        # A million bad rows are one mistake: the first ten thousand show it.
        room = max(0, _LISTED - len(kept))
        kept.extend(findings[:room])
        self.unlisted += len(findings) - len(findings[:room])

    def told(self, language: str) -> dict[str, Any]:
        counts = {outcome.value: self.counts[outcome] for outcome in Outcome}
        refusals = [finding.told(language) for finding in sorted(self.refusals, key=lambda finding: finding.line)]
        warnings = [finding.told(language) for finding in sorted(self.warnings, key=lambda finding: finding.line)]
        return {"file": str(self.path), "noun": self.noun, **counts, "refusals": refusals, "warnings": warnings, "unlisted": self.unlisted}


@dataclass
class Report:
    """The whole import. `seconds` is how long it took; `unknown` are files that were passed over, as their names say nothing."""

    source: str
    dry_run: bool
    parts: list[Part] = field(default_factory=list)
    seconds: float = 0.0
    unknown: list[Path] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Outcome]:
        return sum((part.counts for part in self.parts), Counter[Outcome]())

    @property
    def refused(self) -> int:
        return self.counts[Outcome.REFUSED]

    def told(self, language: str = "en") -> dict[str, Any]:
        """As plain data, for `--json`."""
        counts = self.counts
        totals = {outcome.value: counts[outcome] for outcome in Outcome}
        parts = [part.told(language) for part in self.parts]
        whole = {"source": self.source, "dryRun": self.dry_run, "seconds": round(self.seconds, 3)}
        return {**whole, **totals, "files": parts, "unknown": [str(path) for path in self.unknown]}


@dataclass(frozen=True)
class Progress:
    """How far the import is: `done` of about `total` lines of one part."""

    part: Part
    done: int
    total: int


Watcher = Callable[[Progress], None]
