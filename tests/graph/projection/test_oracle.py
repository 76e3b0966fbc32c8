"""Generated documents, answered three times: 300 in the suite, GUANXI_TEST_FUZZ of them in `make fuzz`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.graph.projection import world
from tests.graph.projection.comparison import Asking
from tests.graph.projection.documents import Document, Vocabulary, documents

MANY = int(os.environ.get("GUANXI_TEST_FUZZ", "300"))
DOCUMENTS = documents(Vocabulary.of(world.made()))


@pytest.mark.fuzz
@settings(
    max_examples=MANY,
    deadline=None,
    database=None,
    derandomize="GUANXI_TEST_FUZZ" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(document=DOCUMENTS)
async def test_all_answers_are_the_same(asking: list[Asking], document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    done = sum(a.compared + a.invalid for a in asking)
    await asking[done % len(asking)].compare(document)
    if done % 500 == 499:
        with capsys.disabled():
            sys.stderr.write(f"{done + 1:,} of {MANY:,} documents, {time.process_time():,.0f} s of our processor time\n")


def test_almost_every_document_is_compared_and_most_are_shaped(
    asking: list[Asking], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Else the test above would prove little."""
    compared, failed = sum(a.compared for a in asking), sum(a.failed for a in asking)
    if compared < 100:
        pytest.skip("the documents were not generated in this run")
    assert sum(a.invalid for a in asking) < 0.1 * compared
    assert sum(a.shaped for a in asking) > 0.9 * (compared - failed)
    assert failed < 0.3 * compared
    record_testsuite_property("documents", f"{compared} compared, {sum(a.shaped for a in asking)} shaped, {failed} failed alike")
