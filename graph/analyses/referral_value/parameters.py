"""What referral value is computed from besides the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from graph.analyses.registry import between
from graph.analyses.rows import Scored
from graph.fields import CurrencyCode
from graph.metrics.referral_value import FORMULA

Part = Annotated[Decimal, between(0, 1)]
Cost = Annotated[Decimal, between(0, 10**9)]


class ReferralValueParameters(Scored):
    """What referral value is computed from."""

    rate: Part = Field(default=Decimal("0.01"), description="By how much value is less worth a period later (每期折现率)")
    periods: Annotated[int, between(1, 120)] = Field(default=24, description="How many periods count, from the referral on (期数)")
    months: Annotated[int, between(1, 12)] = Field(default=1, description="How many months a period has (每期月数)")
    margin: Part = Field(default=Decimal("0.3"), description="Gross margin of orders whose unit costs are not all known (默认毛利率)")
    caused: Part = Field(
        default=Decimal("0.5"), description="How likely a referral caused the joining where nobody has said so (未知时的促成概率)"
    )
    passed_on: Part = Field(default=Decimal("0.5"), description="What part a referrer passes on to who referred it (传递比例)")
    depth: Annotated[int, between(1, 5)] = Field(
        default=5, description="How many referrers share in one value at most, one above another (链深)"
    )
    retention_cost: Cost = Field(default=Decimal(0), description="What keeping a referred party takes a period (每期维系成本)")
    saving: Cost = Field(default=Decimal(0), description="What winning a party takes without a referral (节省的获客成本)")
    currency: CurrencyCode | None = Field(default=None, description="Only orders in this currency count; the company's if absent (币种)")

    @property
    def formula(self) -> str:
        """What a score says it was computed by: version and parameters."""
        given = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"as_of", "write"})
        return f"{FORMULA}: {', '.join(f'{name} {setting}' for name, setting in given.items())}"
