"""The GraphQL API: one file a noun, put together here."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

import graph.account_team_memberships
import graph.acquaintances
import graph.analysis_schedules
import graph.customers
import graph.interactions
import graph.orders
import graph.organizations
import graph.ownerships
import graph.partners
import graph.partnerships
import graph.people
import graph.positions
import graph.products
import graph.referrals
import graph.suppliers
import graph.supplies
from graph.projection.connections import Names
from graph.projection.declare import KINDS, VALUES
from graph.projection.read import install, prepare
from schema import (
    account_team_memberships,
    acquaintances,
    customers,
    influence,
    mutations,
    ownerships,
    partners,
    partnerships,
    problems,
    query,
    reasons,
    referral_value,
    suppliers,
    supplies,
)
from schema.analysis_start import analysis_writes
from schema.interaction_scope import InteractionScope
from schema.mutations import mutation_type, writes
from schema.scalars import NAMES, SCALARS

# Types that roots reach only through other types have to be imported all the same.
NOUNS = (
    account_team_memberships,
    acquaintances,
    customers,
    influence,
    ownerships,
    partners,
    partnerships,
    reasons,
    referral_value,
    suppliers,
    supplies,
)


WRITES = [
    *writes(graph.people, "person", "Person", "create update delete restore"),
    *writes(graph.organizations, "organization", "Organization", "create update delete restore"),
    *writes(graph.products, "product", "Product", "create update delete restore"),
    *writes(graph.positions, "position", "Position", "start update end delete"),
    *writes(graph.customers, "customer", "Customer", "start update end delete"),
    *writes(graph.partners, "partner", "Partner", "start update end delete"),
    *writes(graph.suppliers, "supplier", "Supplier", "start update end delete"),
    *writes(graph.ownerships, "ownership", "Ownership", "start update end delete"),
    *writes(graph.partnerships, "partnership", "Partnership", "start update end delete"),
    *writes(graph.supplies, "supply", "Supply", "start update end delete"),
    *writes(graph.account_team_memberships, "account_team_membership", "AccountTeamMembership", "start update end delete"),
    *writes(graph.acquaintances, "acquaintance", "Acquaintance", "start update end delete"),
    *writes(graph.interactions, "interaction", "Interaction", "record update delete"),
    *writes(graph.referrals, "referral", "Referral", "record update delete qualify close"),
    *analysis_writes(),
    *writes(graph.analysis_schedules, "analysis_schedule", "AnalysisSchedule", "create update delete"),
    *writes(graph.orders, "order", "Order", "record update delete cancel"),
]


def _build() -> strawberry.Schema:
    prepare(**NAMES, InteractionScope=InteractionScope)
    types = [kind.cls for kind in KINDS.values() if kind.cls is not query.Query and not kind.abstract]
    config = StrawberryConfig(scalar_map=SCALARS, name_converter=Names())
    problem_types = [cls for cls in VALUES.values() if cls is not problems.Problem and issubclass(cls, problems.Problem)]
    made = strawberry.Schema(query.Query, mutation_type(WRITES), types=[*types, *problem_types], config=config)
    return mutations.install(install(made))


schema = _build()


def sdl() -> str:
    """The schema as text, as `schema/schema.graphql` holds it."""
    return schema.as_str() + "\n"
