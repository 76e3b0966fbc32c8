"""People: ours and theirs. Who holds a position with us is an employee, the others are contacts."""

from __future__ import annotations

from typing import LiteralString

from pydantic import Field

from graph import parties, positions
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.fields import ABSENT, REQUIRED, Create, Name, Reference, ShortText, Update
from graph.parties import PartyFields
from graph.positions import HeldPosition
from graph.writing import Draft, Writer, Written, locked, write

__all__ = ["PersonCreate", "PersonFields", "PersonUpdate", "create", "delete", "restore", "update"]


class PersonFields(PartyFields):
    """The fields of a person."""

    family_name: ShortText | None = Field(default=None, description="Family name (姓)")
    given_name: ShortText | None = Field(default=None, description="Given name (名)")
    salutation: ShortText | None = Field(default=None, description="How to address them, as in 王总 (称呼)")
    network_opt_out: bool = Field(default=ABSENT, description="Asked to be left out of paths and rankings (是否退出人脉网络)")


class PersonCreate(PersonFields, Create):
    """A new person (人)."""

    name: Name = REQUIRED
    network_opt_out: bool = False
    position: HeldPosition | None = Field(default=None, description="The position they hold (职位)")


class PersonUpdate(PersonFields, Update):
    """A change of a person (人)."""


_CREATE: dict[frozenset[str], LiteralString] = {
    frozenset({"Contact"}): "CREATE (person:Node:Party:Person:Contact) SET person = $properties",
    frozenset({"Employee"}): "CREATE (person:Node:Party:Person:Employee) SET person = $properties",
    frozenset({"Contact", "Employee"}): "CREATE (person:Node:Party:Person:Contact:Employee) SET person = $properties",
}

_LOCK = """
MATCH (person:Node {id: $id}) SET person._lock = true REMOVE person._lock
WITH person WHERE person.deleted_at IS NULL AND person:Person
RETURN properties(person)
"""

_LOCK_DELETED = """
MATCH (person:Node {id: $id}) SET person._lock = true REMOVE person._lock
WITH person WHERE person:Person
RETURN properties(person)
"""

# Who opts out leaves the rankings at once, not with the next run.
_LEAVE = """
MATCH (person:Node {id: $id})
REMOVE person.influence_level, person.influence_score, person.influence_rank, person.influence_percentile, person.influence_as_of,
  person.influence_formula, person.influence_trail_at, person.influence_trail_scores, person.influence_trail_ranks,
  person.influence_reason_codes, person.influence_reason_parties, person.influence_reason_values, person.influence_reason_weights,
  person.influence_reason_shares, person.influence_run,
  person.referral_crv, person.referral_attributed, person.referral_direct, person.referral_indirect, person.referral_currency,
  person.referral_caused_count, person.referral_anyway_count, person.referral_as_of, person.referral_formula, person.referral_run,
  person.referral_reason_codes, person.referral_reason_parties, person.referral_reason_values, person.referral_reason_weights,
  person.referral_reason_shares
"""


async def create(writer: Writer, input: PersonCreate) -> Written:
    """Create a person, with the position they hold (新建人员)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        labels = await positions.labels_with(transaction, writer, input.position)
        id = await parties.add(transaction, writer, draft, input, _CREATE[labels], person=True)
        if input.position:
            draft.subject(await positions.begin(transaction, writer, draft, input.position, id, "position"))
        return id

    return await write(writer, ChangeAction.CREATE, work, given=input)


async def update(writer: Writer, input: PersonUpdate) -> Written:
    """Change a person (修改人员)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        await parties.change(transaction, writer, draft, input, before, person=True)
        if input.network_opt_out:
            await transaction.run(_LEAVE, {"id": input.id})
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a person; it can be restored (删除人员)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        await parties.remove(transaction, writer, draft, before)
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def restore(writer: Writer, input: Reference) -> Written:
    """Restore a person that was deleted, with all ties (恢复人员)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK_DELETED, input.id, version=input.version)
        await parties.bring_back(transaction, writer, draft, before)
        return input.id

    return await write(writer, ChangeAction.RESTORE, work, given=input)
