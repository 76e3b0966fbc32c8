"""The nouns that files bring, in the order in which they must come: whoever is named before whoever names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graph.imports.batches import Kind
from graph.imports.kinds import ties
from graph.imports.kinds.interactions import INTERACTIONS
from graph.imports.kinds.orders import ORDER_LINES, ORDERS
from graph.imports.kinds.organizations import ORGANIZATIONS
from graph.imports.kinds.people import PEOPLE
from graph.imports.kinds.positions import POSITIONS
from graph.imports.kinds.products import PRODUCTS
from graph.imports.kinds.referrals import REFERRALS

_ORDER: tuple[Kind, ...] = (
    ORGANIZATIONS,
    PEOPLE,
    POSITIONS,
    ties.CUSTOMER_ROLES,
    ties.PARTNER_ROLES,
    ties.SUPPLIER_ROLES,
    ties.OWNERSHIPS,
    ties.PARTNERSHIPS,
    ties.SUPPLIES,
    ties.ACCOUNT_TEAMS,
    PRODUCTS,
    ORDERS,
    ORDER_LINES,
    INTERACTIONS,
    REFERRALS,
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ORDER})
