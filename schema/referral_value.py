"""Referral value, as the newest run of the analysis left it on the party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.declare import computed, part_of, prop, unfold
from schema.money import Money, shown
from schema.reasons import lists, unfold_reasons
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.reasons import Reason


@part_of
class ReferralValue:
    """What a party's referrals were worth to us (推荐价值)."""

    crv: Money = computed(
        "Customer referral value: its own referrals, discounted (客户推荐价值).",
        shown,
        "this.referral_crv",
        "this.referral_currency",
        order=True,
        by="this.referral_crv",
    )
    attributed: Money = computed(
        "The same value shared along the chains of referrals (归因价值).",
        shown,
        "this.referral_attributed",
        "this.referral_currency",
        order=True,
        by="this.referral_attributed",
    )
    direct: Money = computed("The part from its own referrals (直接).", shown, "this.referral_direct", "this.referral_currency")
    indirect: Money = computed("The part passed on by whom it referred (间接).", shown, "this.referral_indirect", "this.referral_currency")
    caused_count: int = prop(
        "Referred parties that would not have joined otherwise (推荐促成数).", name="referral_caused_count", filter=True, order=True
    )
    anyway_count: int = prop(
        "Referred parties that would have joined anyway (本会加入数).", name="referral_anyway_count", filter=True, order=True
    )
    as_of: DateTime = prop("When it was computed (截至时间).", name="referral_as_of", filter=True, order=True)
    formula: str = prop("Which formula, with its version (公式).", name="referral_formula")
    reasons: list[Reason] = unfold(
        "Which referrals it comes from (构成).",
        unfold_reasons,
        *lists("referral_"),
        reference="referral_reason_parties",
        unless="network_opt_out",
    )
