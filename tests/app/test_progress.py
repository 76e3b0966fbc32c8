"""Progress away from a terminal: few lines, the last one always."""

from __future__ import annotations

import pytest

from app.commands import progress


def test_a_line_now_and_then_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = iter([0, 1, 5, 6, 7, 100])
    tell = progress.plain(lambda: next(seconds))
    for done in (0, 10, 20, 30, 100):
        tell("import", done, 100)
    tell("labels", 0, 0)
    written = capsys.readouterr()
    assert written.err.splitlines() == ["import: 20%", "import: 100%", "labels: done"]
    assert written.out == ""


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown(quiet=True) as tell:
        tell("import", 100, 100)
    assert capsys.readouterr().err == ""


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.shown() as tell:
        tell("import", 1, 2)
        tell("import", 2, 2)
    assert "100%" in capsys.readouterr().err
