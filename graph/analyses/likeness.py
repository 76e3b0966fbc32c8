"""Pairs of parties by whom they have in common, each with those common ones as its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from pydantic import Field

from graph.analyses.networks import Weights
from graph.analyses.reasons import Reason, ReasonCode, folded
from graph.analyses.registry import between
from graph.analyses.rows import PairScore
from graph.network import Network
from graph.network.similarity import Measure
from graph.terms import Term

__all__ = ["Likeness", "LikenessMeasure", "pair"]


class LikenessMeasure(Term):
    """How much two parties have in common (相似度算法)."""

    JACCARD = "Jaccard: the share of all neighbours that both have", "Jaccard 系数"
    ADAMIC_ADAR = "Adamic-Adar: common neighbours, those with few ties count more", "Adamic-Adar 指数"
    RESOURCE_ALLOCATION = "Resource allocation: the same, and still more so", "资源分配指数"
    COMMON_NEIGHBOURS = "The number of common neighbours", "共同邻居数"

    @property
    def kernel(self) -> Measure:
        """Its name among the kernels."""
        name: Measure = self.value.lower()  # type: ignore[assignment]
        return name


class Likeness(Weights):
    """How many pairs."""

    first: Annotated[int, between(1, 10_000)] = Field(default=100, description="How many pairs (条数)")


def pair(network: Network, a: int, b: int, score: float, measure: LikenessMeasure) -> PairScore:
    """One row: those whom both have in common are its reasons, by what they give."""
    common = np.intersect1d(network.neighbours(a), network.neighbours(b))
    return PairScore(network.ids[a], network.ids[b], score, folded(_reasons(network, common.tolist(), measure)))


def _reasons(network: Network, common: Iterable[int], measure: LikenessMeasure) -> list[Reason]:
    given = {node: _worth(int(network.degree[node]), measure) for node in common}
    whole = sum(given.values())
    return [Reason(ReasonCode.COMMON, worth, None, worth / whole, network.ids[node]) for node, worth in given.items()]


def _worth(degree: int, measure: LikenessMeasure) -> float:
    match measure:
        case LikenessMeasure.ADAMIC_ADAR:
            return float(1 / np.log(degree))
        case LikenessMeasure.RESOURCE_ALLOCATION:
            return 1 / degree
        case _:
            return 1.0
