"""Through whom an interaction concerns a party."""

from __future__ import annotations

from graph.terms import Term


class InteractionScope(Term):
    """Through whom an interaction concerns a party (互动范围)."""

    SELF = "Took part itself", "本身参与"
    PEOPLE = "Regarded the organization when it was recorded, through its people", "通过其人员（记录时所涉组织）"
    SUBSIDIARIES = "Concerned an organization that it owns, at any depth", "通过其下属企业"
