"""Referrals (推荐): a party recommends us to another one, and what becomes of it."""

from graph.referrals.fields import (
    ReferralClose,
    ReferralFields,
    ReferralOutcome,
    ReferralQualify,
    ReferralRecord,
    ReferralStatus,
    ReferralUpdate,
)
from graph.referrals.writes import close, delete, qualify, record, update

__all__ = [
    "ReferralClose",
    "ReferralFields",
    "ReferralOutcome",
    "ReferralQualify",
    "ReferralRecord",
    "ReferralStatus",
    "ReferralUpdate",
    "close",
    "delete",
    "qualify",
    "record",
    "update",
]
