import json

from graph.errors import ProblemCode
from graph.terms import Term


class Rank(Term):
    TOP = "Top management", "最高层"
    STAFF = "Staff", "普通员工"


def test_a_term_is_its_name_in_the_graph_and_in_json() -> None:
    assert Rank.TOP == "TOP"
    assert Rank.TOP.value == Rank.TOP.name == "TOP"
    assert Rank("STAFF") is Rank.STAFF
    assert json.dumps(Rank.TOP) == '"TOP"'
    assert [rank.value for rank in Rank] == ["TOP", "STAFF"]


def test_labels_are_for_people() -> None:
    assert Rank.TOP.description == "Top management (最高层)"
    assert Rank.TOP.label("zh-CN") == "最高层"
    assert Rank.TOP.label("en") == Rank.TOP.label("fr") == "Top management"


def test_every_problem_code_has_both_labels() -> None:
    assert all(code.en and "\u4e00" <= code.zh[0] <= "\u9fff" for code in ProblemCode)
