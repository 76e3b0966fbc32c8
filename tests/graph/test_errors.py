import pytest

from graph.errors import Duplicate, Invalid, Message, NotFound, ProblemCode, Problems, Refused, Stale, WriteProblem, invalid, refused


def test_a_problem_speaks_both_languages() -> None:
    problem = invalid("name: too long", "name：过长", "name", code=ProblemCode.TOO_LONG)
    assert (problem.message(), problem.message("en-GB"), problem.message("zh-CN")) == ("name: too long", "name: too long", "name：过长")
    assert (problem.code, problem.path) == (ProblemCode.TOO_LONG, ("name",))


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Invalid(Message("a", "甲")), ProblemCode.INVALID),
        (NotFound("7", "organization"), ProblemCode.NOT_FOUND),
        (Stale("7", 3), ProblemCode.STALE),
        (Duplicate(Message("a", "甲"), existing_id="7"), ProblemCode.DUPLICATE),
        (Refused(Message("a", "甲")), ProblemCode.REFUSED),
        (refused("a", "甲", code=ProblemCode.CYCLE), ProblemCode.CYCLE),
    ],
)
def test_each_class_has_its_usual_code(problem: WriteProblem, code: ProblemCode) -> None:
    assert problem.code is code


def test_problems_carry_what_the_client_needs_next() -> None:
    assert NotFound("7", "position", "organization").path == ("position", "organization")
    assert "position.organization" in NotFound("7", "position", "organization").message()
    assert Stale("7", 3).current_id == "7"
    assert "3" in Stale("7", 3).message("zh")
    assert Duplicate(Message("a", "甲"), existing_id="8").existing_id == "8"


def test_what_a_client_gave_is_repeated_in_brief() -> None:
    assert "'" + "x" * 60 + "'" in NotFound("x" * 60, "party").message()
    long = NotFound("换行\n" * 3_000, "party")
    assert "'" + "换行\\n" * 20 + "…'; look it up" in long.message()
    assert "“" + "换行\n" * 20 + "…”" in long.message("zh")
    assert long.missing_id == "换行\n" * 3_000


def test_several_problems_travel_together() -> None:
    assert [problem.message() for problem in Problems([invalid("a", "甲"), invalid("b", "乙")]).problems] == ["a", "b"]
