"""How well ground was searched: by layer of depth, by pass, and what is believed of it.

A pass finds an item of a layer with G (1 - e^(-W z)) (Koopman's law of random search): G is the
chance to find what is looked at there, z the ground swept over the ground there is, W how much of a
sweep counts. Over passes 1 - Π(1 - g); and of all items a share q₀ is missed by every pass alike (a
wrong depth, too little metal, soil): no repetition finds these.

What is believed of G is a Beta distribution. Before any test its mean is 0.6, the middle of what
detectors found in field trials (50 to 70 %), and not what brochures say. Blind seeds, laid by
others than those who search, move it. They do not move q₀: who lays the seeds chooses what can be
missed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FIELD_TRIALS = (6.0, 4.0)
"""What is believed of a detector before any seed: Beta(6, 4), mean 0.6, nine in ten of it within
0.35 to 0.83. Centred on field trials (science notes, 6.3); how wide is our judgement."""

COMMON_CAUSE = 0.02
"""q₀, the share that every pass misses alike, where nothing else is stated. Our judgement: no
measured figure is known to us. `ALLOWANCE` in ``residual`` covers more of it."""

_N_NODES = 512
_SUREST = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class DepthLayer:
    """A layer of ground and the share of all items that lie in it.

    Attributes:
        until_cm: its lower edge below the surface; None where it has none.
        share: of the items, 0 to 1; those of all layers add up to 1.
    """

    until_cm: int | None
    share: float


DEPTHS = (
    DepthLayer(0, 0.25),
    DepthLayer(10, 0.30),
    DepthLayer(20, 0.20),
    DepthLayer(50, 0.15),
    DepthLayer(100, 0.07),
    DepthLayer(None, 0.03),
)
"""Where items are taken to lie before anything is found. Our judgement, wide on purpose and of no
standard: what was found on the ground replaces it (``depths_of``)."""


@dataclass(frozen=True, slots=True)
class DepthFound:
    """How deep an item lay, and how deep was searched where it was found.

    Attributes:
        depth_cm: of the item.
        until_cm: down to which its ground was searched; unknown where None.
    """

    depth_cm: int
    until_cm: int | None


def depths_of(
    finds: Sequence[DepthFound], prior: Sequence[DepthLayer] = DEPTHS, weight: float = 20.0
) -> tuple[DepthLayer, ...]:
    """Returns the layers with their shares after some finds: their exact mean.

    A find says among which layers that were searched it lay, and nothing of what lies deeper:
    however many are found above, the share below the depth worked to stays. Layer by layer from
    below, the share of it among all down to it is Beta, of which the shares before are the mean (a
    generalised Dirichlet distribution; where all was searched, the Dirichlet one).

    Args:
        finds: each with the depth searched; a layer that was searched in part counts as not.
        prior: the shares before.
        weight: how many finds the prior counts for.
    """
    seen = Counter(
        (_layer_at(prior, each.depth_cm), _lowest_searched(prior, each)) for each in finds
    )
    shares, rest = [0.0] * len(prior), 1.0
    for at in range(len(prior) - 1, 0, -1):
        here = weight * prior[at].share + sum(n for (layer, _), n in seen.items() if layer == at)
        above = weight * sum(each.share for each in prior[:at])
        above += sum(n for (layer, lowest), n in seen.items() if layer < at <= lowest)
        part = here / (here + above) if here + above > 0 else 0.0
        shares[at], rest = rest * part, rest * (1 - part)
    shares[0] = rest
    return tuple(
        DepthLayer(layer.until_cm, share) for layer, share in zip(prior, shares, strict=True)
    )


def _lowest_searched(layers: Sequence[DepthLayer], find: DepthFound) -> int:
    """The lowest layer that was searched whole; that of the find where none below it was."""
    whole = sum(
        find.until_cm is not None and each.until_cm is not None and each.until_cm <= find.until_cm
        for each in layers
    )
    return max(whole - 1, _layer_at(layers, find.depth_cm))


def _layer_at(layers: Sequence[DepthLayer], depth_cm: int) -> int:
    return next(
        at for at, each in enumerate(layers) if each.until_cm is None or depth_cm <= each.until_cm
    )


def share_within(layers: Sequence[DepthLayer], depth_cm: int) -> float:
    """Returns the share of items that lie no deeper than a depth.

    A layer that the depth cuts counts with what lies above the cut, as if its items lay evenly; one
    without a lower edge does not count.
    """
    total, above_cm = 0.0, 0
    for layer in layers:
        if layer.until_cm is None:
            break
        if layer.until_cm <= depth_cm:
            total += layer.share
        elif depth_cm > above_cm:
            total += layer.share * (depth_cm - above_cm) / (layer.until_cm - above_cm)
        above_cm = layer.until_cm
    return min(total, 1.0)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over ground.

    Attributes:
        effort: ground swept over ground there is; None where lanes left none of it out.
        efficiency: how much of a sweep counts, above 0 to 1.
    """

    effort: float | None = None
    efficiency: float = 1.0

    @property
    def reached(self) -> float:
        """The chance that an item was passed over at all: 1 - e^(-W z)."""
        return 1.0 if self.effort is None else 1.0 - math.exp(-self.efficiency * self.effort)


ONCE = (Sweep(),)


@dataclass(frozen=True, slots=True)
class Belief:
    """A Beta distribution of a chance: that an item is found where it is looked for."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        """Its variance."""
        total = self.a + self.b
        return self.a * self.b / (total * total * (total + 1))

    def interval(self, share: float) -> tuple[float, float]:
        """Returns the bounds between which a share of it lies, as much below as above."""
        from scipy.special import betaincinv

        tail = (1.0 - share) / 2
        low, high = betaincinv(self.a, self.b, [tail, 1.0 - tail])
        return float(low), float(high)

    @classmethod
    def matching(cls, mean: float, variance: float) -> Self:
        """Returns the distribution of a mean and a variance.

        The mean is kept within 0 to 1 and the variance below that of a coin; both are ours to give.
        """
        mean = min(max(mean, 1e-9), _SUREST)
        most = mean * (1 - mean)
        total = most / min(max(variance, most * 1e-9), most * 0.99) - 1
        return cls(mean * total, (1 - mean) * total)

    def nodes(self) -> tuple[Floats, Floats]:
        """Returns chances over 0 to 1 and their weights, which add up to 1.

        The nodes are closest where the distribution is: quantiles of even steps, from SciPy.
        """
        at = _quantiles(self.a, self.b)
        return at, np.full(len(at), 1.0 / len(at))


@lru_cache(maxsize=256)
def _quantiles(a: float, b: float) -> Floats:
    """Quantiles of even steps of a Beta distribution; not to be written to."""
    from scipy.special import betaincinv

    steps = (np.arange(_N_NODES, dtype=np.float64) + 0.5) / _N_NODES
    at: Floats = np.clip(betaincinv(a, b, steps), 1e-9, _SUREST)
    at.flags.writeable = False
    return at


@dataclass(frozen=True, slots=True)
class Seeds:
    """A test with blind seeds: how many were laid, and how many of them found.

    ``depth_cm`` is how deep they lay; None where that is not said, and they speak of every layer.
    """

    laid: int
    found: int
    depth_cm: int | None = None


def seeded(tests: Sequence[Seeds], prior: tuple[float, float] = FIELD_TRIALS) -> Belief:
    """Returns what is believed of the chance to find after tests: Beta(a + found, b + missed)."""
    found, laid = sum(test.found for test in tests), sum(test.laid for test in tests)
    return Belief(prior[0] + found, prior[1] + laid - found)


def lowest_detection(seeds: Seeds, confidence: float) -> float:
    """Returns the lower bound of the chance to find that a test gives; 0 where none was found.

    Exact, one-sided (Clopper and Pearson): where all of m are found it is (1 - C)^(1/m).

    Args:
        seeds: laid and found.
        confidence: above 0, below 1.
    """
    if seeds.found == 0:
        return 0.0
    if seeds.found == seeds.laid:
        return math.pow(1.0 - confidence, 1.0 / seeds.laid)
    from scipy.special import betaincinv

    return float(betaincinv(seeds.found, seeds.laid - seeds.found + 1, 1.0 - confidence))


def seeds_needed(detection: float, confidence: float) -> int:
    """Returns how many seeds must all be found for the lower bound to be a chance: 59 for 0.95.

    Args:
        detection: the chance that is to be shown, above 0, below 1.
        confidence: above 0, below 1.
    """
    needed = math.ceil(math.log(1.0 - confidence) / math.log(detection) - 1e-9)
    return max(needed, 1)


def chance_over(
    chance: float | Floats, passes: Sequence[Sweep] = ONCE, common_cause: float = COMMON_CAUSE
) -> float | Floats:
    """Returns the chance that some passes find an item: (1 - q₀) (1 - Π(1 - G (1 - e^(-W z)))).

    Args:
        chance: G, the chance to find what is looked at; one or many.
        passes: each over all of the ground.
        common_cause: q₀, the share that all of them miss alike.
    """
    missed: float | Floats = 1.0
    for sweep in passes:
        missed = missed * (1.0 - chance * sweep.reached)
    return (1.0 - common_cause) * (1.0 - missed)


def detection(
    tests: Sequence[Seeds] = (),
    *,
    depth_cm: int,
    layers: Sequence[DepthLayer] = DEPTHS,
    passes: Sequence[Sweep] = ONCE,
    common_cause: float = COMMON_CAUSE,
    prior: tuple[float, float] = FIELD_TRIALS,
) -> Belief:
    """Returns what is believed of the chance that work to a depth found an item above that depth.

    The mean over the layers above the depth, each weighed with its share. What seeds of a stated
    depth say moves the mean of their layer alone; what others say holds for all. One detector
    searched all layers, so they are taken to be better or worse than believed together: the mean is
    exact, the variance never too small, and the distribution between them is taken to be Beta.

    Args:
        tests: with blind seeds.
        depth_cm: down to which the ground was worked.
        layers: where items lie.
        passes: over all of the ground.
        common_cause: the share that all passes miss alike.
        prior: Beta parameters of the chance before any test.
    """
    shares = _shares_above(layers, depth_cm)
    whole = sum(share for _, share in shares)
    # Layers that hold nothing here still have a detector.
    weights = [(at, share / whole) for at, share in shares] if whole > 0 else [(0, 1.0)]
    moments = [
        (weight, *_moments(_belief_at(tests, layers, at, prior), passes, common_cause))
        for at, weight in weights
    ]
    mean = sum(weight * each for weight, each, _ in moments)
    spread = sum(weight * math.sqrt(variance) for weight, _, variance in moments)
    return Belief.matching(mean, spread * spread)


def _shares_above(layers: Sequence[DepthLayer], depth_cm: int) -> list[tuple[int, float]]:
    found, above = [], 0.0
    for at, layer in enumerate(layers):
        if layer.until_cm is None:
            break
        within = share_within(layers, min(depth_cm, layer.until_cm))
        found.append((at, max(within - above, 0.0)))
        above = within
    return found


def _belief_at(
    tests: Sequence[Seeds], layers: Sequence[DepthLayer], at: int, prior: tuple[float, float]
) -> Belief:
    own = [
        test for test in tests if test.depth_cm is None or _layer_at(layers, test.depth_cm) == at
    ]
    return seeded(own, prior)


def _moments(belief: Belief, passes: Sequence[Sweep], common_cause: float) -> tuple[float, float]:
    at, weights = belief.nodes()
    chances = chance_over(at, passes, common_cause)
    mean = float((weights * chances).sum())
    return mean, float((weights * (chances - mean) ** 2).sum())
