"""What can be said of a position."""

from __future__ import annotations

from pydantic import Field

from graph.fields import ABSENT, REQUIRED, Create, Fields, Id, PartialDate, ShortText, Update
from graph.terms import Term


class PositionKind(Term):
    """What sort of position (职位类别)."""

    EMPLOYEE = "Employee", "员工"
    DIRECTOR = "Director of the board", "董事"
    OWNER = "Owner", "所有者"
    LEGAL_REPRESENTATIVE = "Legal representative", "法定代表人"
    ADVISER = "Adviser", "顾问"
    MEMBER = "Member", "成员"
    FAMILY = "Member of the family", "家庭成员"
    OTHER = "Other", "其他"


class Seniority(Term):
    """Rank in the organization, from the lowest to the highest (级别)."""

    ASSISTANT = "Assistant", "助理"
    STAFF = "Staff", "普通员工"
    SENIOR = "Senior", "资深"
    MANAGER = "Manager", "经理"
    DIRECTOR = "Director", "总监"
    EXECUTIVE = "Executive", "高管"
    TOP = "Top management", "最高层"


class PositionFields(Fields):
    """The fields of a position."""

    organization: Id = Field(default=ABSENT, description="Where it is (所在组织)")
    kind: PositionKind = Field(default=ABSENT, description="What sort of position (类别)")
    title: ShortText | None = Field(default=None, description="Title (职务)")
    department: ShortText | None = Field(default=None, description="Department (部门)")
    seniority: Seniority | None = Field(default=None, description="Rank in the organization (级别)")
    primary: bool = Field(
        default=ABSENT,
        description="The main one the person holds; it takes this from another current one. If absent, the first one is (是否主要职位)",
    )
    since: PartialDate | None = Field(default=None, description="The first day, month or year (起)")
    until: PartialDate | None = Field(default=None, description="The first day, month or year in which it is over (止，不含)")
    reports_to: Id | None = Field(default=None, description="The superior position (汇报对象)")


class HeldPosition(PositionFields):
    """The position of a person who is created with it (职位)."""

    organization: Id = REQUIRED
    kind: PositionKind = PositionKind.EMPLOYEE


class PositionStart(HeldPosition, Create):
    """A new position (职位)."""

    person: Id | None = Field(default=None, description="Who holds it; nobody if it is vacant or not known yet (任职者)")
    ends_position: Id | None = Field(
        default=None, description="A position of the same person that ends when this one starts: a move (同时结束的原职位)"
    )


class PositionUpdate(PositionFields, Update):
    """A change of a position (职位)."""

    person: Id | None = Field(default=None, description="Who holds it; null: nobody (任职者)")


class PositionEnding(Fields):
    """The end of a position (职位)."""

    id: Id = Field(description="Which one (对象标识)")
    until: PartialDate | None = Field(default=None, description="When it is over; today if absent (止，不含)")
