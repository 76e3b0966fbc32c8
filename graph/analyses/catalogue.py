"""The documentation of all analyses, from the registry: `docs/analyses.md`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_origin

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from graph.analyses.registry import ANALYSES, Analysis
from graph.fields.model import parts

__all__ = ["markdown"]

_HEAD = """\
# Analyses 网络分析

Generated from the registry by `make generate`; do not edit. An analysis is started by `analysisStart` in GraphQL or by
`guanxi analyse NAME --param name=value`. Each run is kept with its parameters, the 10,000 best rows of each of its rankings or
the 20,000 first of others. A row, and a score on a party, has ten reasons at most; where there are more the tenth is all others together.

A list is written with commas, one of objects as JSON, such as `'costs=[{"party": "…", "cost": 3}]'`. Where a parameter names people or
organizations it takes their ids, as any query gives them, such as
`{ people(where: { name: { eq: "Greta Thornquist" } }) { nodes { id } } }`:

```
guanxi analyse influence --param level=PEOPLE --param measure=PAGERANK --param write=false --rows 5
guanxi analyse introductions --param to=019f17f8-a900-7eed-b48f-58b5023ca4f6 --param first=2
```

`influence` and `referral_value` put their scores on the parties, in the place of those that were there: everybody sees them in lists,
orders and reasons. `write=false`, for what is only tried out, leaves the parties as they are, and so does a past day (`asOf`); the scores
are then rows of the run alone, as many as are kept of them. The last line of `guanxi analyse` says of how many parties scores were written.

## Runs 运行

**The same again.** A run keeps a fingerprint of what it was computed from: the number of the last change that it saw (analyses themselves
do not count), the day, and how it computes. The same analysis with the same parameters and the same fingerprint is not computed again:
the run of before is answered, and `warnings`, or a note of `guanxi analyse`, say so. Where its scores have been replaced on the parties
by those of another run since, and where a viewer may not read that run, it is computed all the same. A run is of the whole graph; of its
rows everybody sees those that they may read. `guanxi analyse` computes anew where only the best of its rows were kept.

**How long it is kept.** Of each analysis the newest `GUANXI_KEPT_RUNS` (20) that ended, and those whose scores parties carry; older ones
go with their rows when another one ends. The log of all writes stays.

**By itself.** `analysisScheduleCreate` takes a cron expression: minute, hour, day, month, weekday, where the company is
(`GUANXI_TIME_ZONE`). The server process that sees first that it is due starts a run, as whoever made the schedule; times that were missed
while no server ran are caught up once. What would be the same again is not computed again.

**Who computes it.** Any server process of the database takes the next run that waits: of whoever has the fewest running and was served
longest ago. `GUANXI_HEAVY_RUNS` (1) run at once over all of them; `introductions` waits for no other analysis. `guanxi analyse` computes
in its own process, at once; it counts as one that runs. One that would take more memory than `GUANXI_NETWORK_MEMORY` allows fails before it
reads anything, with both numbers; one that has not read and computed within `GUANXI_RUN_SECONDS` (600) fails then.

**When that process dies.** It gives a sign every second. When it ended, or was silent for two minutes, another process begins the run
anew, once; the second time it fails with its reason. A run has rows only when it is done. Scores are put on parties by one run of an
analysis at a time, some at once, and each tells its run, formula and time: while that goes on some parties have the new scores and some
those of before. What fails in the midst of it, such as a database that goes away, puts the run back in the queue, once. Who takes over
writes all of them again; from the first one on, and when it is put back, too, the run cannot be cancelled. Where it cannot end all the
same, all scores of its level are taken from the parties, and its notes say so: they are of one run, or none.
"""


def markdown() -> str:
    """All analyses with their parameters, as Markdown."""
    return "\n".join([_HEAD, *(line for name in sorted(ANALYSES) for line in _section(ANALYSES[name]))])


def _section(analysis: Analysis[Any, Any]) -> Iterator[str]:
    yield f"## `{analysis.name}`: {analysis.title.en} {analysis.title.zh}\n"
    yield f"{analysis.purpose.en}\n"
    yield f"{analysis.purpose.zh}\n"
    yield f"{inspect.getdoc(analysis.compute)}\n"
    yield f"- Formula: {analysis.formula.en}"
    yield f"- 公式：{analysis.formula.zh}"
    yield f"- Complexity: {analysis.complexity.en}"
    yield f"- 复杂度：{analysis.complexity.zh}"
    yield f"- Rows: {analysis.rows.value} ({analysis.rows.en.lower()})\n"
    yield "| parameter | type | default | what it does |"
    yield "|---|---|---|---|"
    for name, field in analysis.parameters.model_fields.items():
        yield f"| `{field.alias or to_camel(name)}` | {_type(field)} | {_default(field)} | {field.description} |"
    yield ""


def _type(field: FieldInfo) -> str:
    kinds = [part for part in parts(field) if isinstance(part, type) and part is not type(None)]
    kind = kinds[0]
    if issubclass(kind, Enum):
        return " \\| ".join(f"`{member.value}`" for member in kind)
    name = {"str": "text", "int": "whole number", "float": "number", "Decimal": "exact number"}.get(kind.__name__, kind.__name__)
    return f"list of {name}" if any(get_origin(part) is list for part in parts(field)) else name


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = to_jsonable_python(field.get_default(call_default_factory=True))
    return "" if value is None else f"`{value if isinstance(value, str) else json.dumps(value)}`"
