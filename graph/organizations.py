"""Organizations: companies, authorities, associations, households; our own companies too."""

from __future__ import annotations

from pydantic import Field

from graph import parties, positions
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import refused
from graph.fields import ABSENT, REQUIRED, Create, Domains, Name, Reference, ShortText, Update, Url
from graph.parties import PartyFields
from graph.terms import Term
from graph.writing import Draft, Writer, Written, locked, write

__all__ = [
    "OrganizationCreate",
    "OrganizationFields",
    "OrganizationKind",
    "OrganizationUpdate",
    "create",
    "delete",
    "ensure_own",
    "restore",
    "update",
]


class OrganizationKind(Term):
    """What sort of body (组织类别)."""

    COMPANY = "Company", "企业"
    GOVERNMENT = "Government", "政府机构"
    ASSOCIATION = "Association", "协会"
    SCHOOL = "School", "学校"
    HOSPITAL = "Hospital", "医院"
    FUND = "Fund", "基金"
    HOUSEHOLD = "Household", "家庭"
    OTHER = "Other", "其他"


class OrganizationFields(PartyFields):
    """The fields of an organization."""

    legal_name: ShortText | None = Field(default=None, description="Registered name (法定名称)")
    kind: OrganizationKind = Field(default=ABSENT, description="What sort of body (类别)")
    own: bool = Field(default=ABSENT, description="One of our own companies (是否我方公司)")
    industry: ShortText | None = Field(default=None, description="Industry (行业)")
    website: Url | None = Field(default=None, description="Website (网站)")
    domains: Domains = Field(default=ABSENT, description="Its e-mail and web domains; the whole list (域名)")


class OrganizationCreate(OrganizationFields, Create):
    """A new organization (组织)."""

    name: Name = REQUIRED
    kind: OrganizationKind = OrganizationKind.COMPANY
    own: bool = False


class OrganizationUpdate(OrganizationFields, Update):
    """A change of an organization (组织)."""


_CREATE = "CREATE (organization:Node:Party:Organization {domains: []}) SET organization += $properties"

_LOCK = """
MATCH (organization:Node {id: $id}) SET organization._lock = true REMOVE organization._lock
WITH organization WHERE organization.deleted_at IS NULL AND organization:Organization
RETURN properties(organization)
"""

_LOCK_DELETED = """
MATCH (organization:Node {id: $id}) SET organization._lock = true REMOVE organization._lock
WITH organization WHERE organization:Organization
RETURN properties(organization)
"""

_OWN = """
MATCH (organization:Organization {own: true}) WHERE organization.deleted_at IS NULL
RETURN organization.id AS id ORDER BY organization.created_at, organization.id
"""

_LOCK_OWN = """
MATCH (organization:Organization {own: true}) WITH organization ORDER BY organization.id
SET organization._lock = true REMOVE organization._lock
"""

_PEOPLE = """
MATCH (:Node {id: $id})<-[:AT]-(position:Position)<-[:HOLDS]-(person:Person) WHERE position.deleted_at IS NULL
RETURN DISTINCT person.id AS id
"""


async def create(writer: Writer, input: OrganizationCreate) -> Written:
    """Create an organization (新建组织)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        return await parties.add(transaction, writer, draft, input, _CREATE, person=False)

    return await write(writer, ChangeAction.CREATE, work, given=input)


async def update(writer: Writer, input: OrganizationUpdate) -> Written:
    """Change an organization (修改组织)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        own = input.given().get("own", before["own"])
        if before["own"] and not own:
            await _check_other_own(transaction, input.id, "own")
        await parties.change(transaction, writer, draft, input, before, person=False)
        if own != before["own"]:
            await _label_people(transaction, writer, input.id)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete an organization; it can be restored (删除组织)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        if before["own"]:
            await _check_other_own(transaction, input.id, "id")
        await parties.remove(transaction, writer, draft, before)
        await _label_people(transaction, writer, input.id)
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def restore(writer: Writer, input: Reference) -> Written:
    """Restore an organization that was deleted, with all ties (恢复组织)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK_DELETED, input.id, version=input.version)
        await parties.bring_back(transaction, writer, draft, before)
        await _label_people(transaction, writer, input.id)
        return input.id

    return await write(writer, ChangeAction.RESTORE, work, given=input)


async def ensure_own(writer: Writer) -> str:
    """The id of our first own company. If there is none it is made, with the name that the writer's customs give."""
    if rows := await writer.database.read(_OWN):
        return str(rows[0]["id"])
    # The key lets several that start at once make one company between them.
    first = OrganizationCreate(name=writer.customs.company, own=True, idempotency_key="first own company")
    return (await create(writer, first)).id


async def _check_other_own(transaction: Transaction, id: str, *path: str) -> None:
    # All of them are locked: two that are given up at once must not both count on the other.
    await transaction.run(_LOCK_OWN)
    if not [row["id"] for row in await transaction.run(_OWN) if row["id"] != id]:
        name = ".".join(path)
        en = f"{name}: this is our only own company, and roles need one; create another one first"
        raise refused(en, f"{name}：这是唯一的我方公司，角色依赖于它，请先新建另一个", *path)


async def _label_people(transaction: Transaction, writer: Writer, id: str) -> None:
    await positions.label(transaction, writer, [row["id"] for row in await transaction.run(_PEOPLE, {"id": id})])
