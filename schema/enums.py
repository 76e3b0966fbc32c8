"""Every closed word list becomes a GraphQL enum, its values described in both languages. Imported before any type names one."""

from __future__ import annotations

from importlib import import_module

import strawberry

from graph import (
    account_team_memberships,
    acquaintances,
    changes,
    contact_points,
    customers,
    errors,
    interactions,
    organizations,
    ownerships,
    parties,
    partners,
    positions,
    referrals,
    suppliers,
)
from graph.analyses import ANALYSES, moves, rows, runs
from graph.terms import Term
from schema import interaction_scope, search

MODULES = (
    moves,
    rows,
    runs,
    search,
    account_team_memberships,
    acquaintances,
    changes,
    contact_points,
    customers,
    errors,
    interaction_scope,
    interactions,
    organizations,
    ownerships,
    parties,
    partners,
    positions,
    referrals,
    suppliers,
    # Whatever word lists the parameters of an analysis take.
    *(import_module(analysis.parameters.__module__) for analysis in ANALYSES.values()),
)

for module in MODULES:
    for cls in vars(module).values():
        if isinstance(cls, type) and issubclass(cls, Term) and cls is not Term and "__strawberry_definition__" not in vars(cls):
            strawberry.enum(cls, description=(cls.__doc__ or "").strip())
            for word in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]
                word.description = f"{cls[word.name].description}."
