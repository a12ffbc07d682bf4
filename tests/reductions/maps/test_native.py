"""Set splitting to networks: every small family, degenerate ones included, and wrong variants of the construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import pytest

from relucert.certify.non_overlap import NonOverlapInstance, Sample
from relucert.reductions.maps.native import Native, coordinate
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.k_non_overlap import Filter, KNonOverlap
from relucert.reductions.problems.set_splitting import SetSplitting
from tests.reductions import brute
from tests.reductions.instances import larger_splittings, small_splittings
from tests.reductions.laws import require_laws


def test_every_family_over_two_elements() -> None:
    random = Random(1)
    answers = [require_laws(Native(), instance, random) for instance in small_splittings(2)]
    assert 5 < sum(answers) < len(answers) - 30


def test_some_larger_families() -> None:
    random = Random(2)
    answers = [require_laws(Native(), instance, random, fuzzed=2) for instance in larger_splittings()[:4]]
    assert any(answers)


@pytest.mark.slow
def test_families_over_three_elements() -> None:
    random = Random(3)
    instances = random.sample([i for i in small_splittings(3) if i.elements == 3], 120)
    answers = {require_laws(Native(), instance, random, fuzzed=1) for instance in instances}
    assert answers == {True, False}


def test_the_fano_plane_without_a_line() -> None:
    lines = ((1, 2, 3), (1, 4, 5), (1, 6, 7), (2, 4, 6), (2, 5, 7), (3, 4, 7))
    instance = SetSplitting(7, lines, 2)
    target = Native().apply(instance)
    assert dict(target.size()) == {"k": 2, "p": 14, "samples": 13, "nonzeros": 50, "largest": 2}
    for witness in brute.witnesses(instance):
        image = Native().forward(instance, witness)
        assert set(image) == {1, -2} and target.is_witness(image)


@dataclass(frozen=True)
class EmptySetLeftOut(Native):
    """An empty set gives the sample of zeros with label 0."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        zero = Fraction(0)
        return _mapped(instance, lambda s, t: s if any(s.patches) else replace(s, label=zero))


@dataclass(frozen=True)
class SingletonsLeftOut(Native):
    """Sets of one element give no sample."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        return super().apply(replace(instance, sets=tuple(s for s in instance.sets if len(s) != 1)))


@dataclass(frozen=True)
class LastColorMissing(Native):
    """Element samples have no patch for the last colour."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        return _mapped(instance, lambda s, t: replace(s, patches=(*s.patches[:-1], ())) if t < instance.elements else s)


@dataclass(frozen=True)
class FirstColorOnly(Native):
    """Set samples look at the first colour alone."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        return _mapped(
            instance,
            lambda s, t: replace(s, patches=(s.patches[0], *((),) * (instance.k - 1))) if t >= instance.elements else s,
        )


@dataclass(frozen=True)
class LastMemberMissing(Native):
    """Set samples leave one element out."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        return _mapped(
            instance,
            lambda s, t: replace(s, patches=tuple(p[:-1] for p in s.patches)) if t >= instance.elements else s,
        )


@dataclass(frozen=True)
class WrongLabel(Native):
    """Element samples have the label 1, forgetting the average."""

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        one = Fraction(1)
        return _mapped(instance, lambda s, t: replace(s, label=one) if s.label else s)


@dataclass(frozen=True)
class SmallWeights(Native):
    """Forward uses one step less than the largest set needs."""

    def forward(self, instance: SetSplitting, witness: Coloring) -> Filter:
        return tuple(entry if entry == 1 else entry + 1 for entry in super().forward(instance, witness))


@dataclass(frozen=True)
class PairsAssumed(Native):
    """Forward uses -1, which is enough for pairs only."""

    def forward(self, instance: SetSplitting, witness: Coloring) -> Filter:
        return tuple(max(entry, Fraction(-1)) for entry in super().forward(instance, witness))


@dataclass(frozen=True)
class ZeroCounts(Native):
    """Backward takes the least block that is not negative."""

    def backward(self, instance: SetSplitting, witness: Filter) -> Coloring:
        n = instance.elements
        return tuple(
            next(color for color in range(instance.k) if witness[coordinate(n, color, i)] >= 0) for i in range(1, n + 1)
        )


@dataclass(frozen=True)
class TwoColorsAssumed(Native):
    """Backward knows two colours."""

    def backward(self, instance: SetSplitting, witness: Filter) -> Coloring:
        n = instance.elements
        return tuple(0 if witness[coordinate(n, 0, i)] > 0 else min(1, instance.k - 1) for i in range(1, n + 1))


@dataclass(frozen=True)
class Transposed(Native):
    """Backward reads the filter element by element."""

    def backward(self, instance: SetSplitting, witness: Filter) -> Coloring:
        k = instance.k
        return tuple(
            next((color for color in range(k) if witness[i * k + color] > 0), 0) for i in range(instance.elements)
        )


@dataclass(frozen=True)
class LastPositive(Native):
    """Backward takes the last positive block: as right as the first one."""

    def backward(self, instance: SetSplitting, witness: Filter) -> Coloring:
        n, k = instance.elements, instance.k
        return tuple(
            next(color for color in reversed(range(k)) if witness[coordinate(n, color, i)] > 0) for i in range(1, n + 1)
        )


WRONG = (
    EmptySetLeftOut,
    SingletonsLeftOut,
    LastColorMissing,
    FirstColorOnly,
    LastMemberMissing,
    WrongLabel,
    SmallWeights,
    PairsAssumed,
    ZeroCounts,
    TwoColorsAssumed,
    Transposed,
)
PROBES = [
    *(i for i in small_splittings(2) if len(i.sets) <= 2),
    SetSplitting(3, ((1, 2, 3),), 2),
    SetSplitting(3, ((1, 2), (2, 3)), 2),
    SetSplitting(3, ((1, 2), (2, 3), (1, 3)), 3),
]

PAIR = SetSplitting(2, ((1, 2),), 3)


def survives(reduction: Native) -> bool:
    random = Random(5)
    try:
        for instance in PROBES:
            require_laws(reduction, instance, random, fuzzed=5)
        require_laws(
            reduction, PAIR, random, fuzzed=60
        )  # a block of zeros is not a colour: rare, but small to look for
    except (AssertionError, StopIteration, ProblemError):
        return False
    return True


@pytest.mark.parametrize("mutant", WRONG)
def test_every_wrong_variant_breaks_a_law(mutant: type[Native]) -> None:
    assert not survives(mutant())


@pytest.mark.parametrize("variant", [Native, LastPositive])
def test_right_variants_keep_the_laws(variant: type[Native]) -> None:
    assert survives(variant())


def test_there_are_eleven_wrong_variants() -> None:
    assert len(set(WRONG)) == 11


def _mapped(instance: SetSplitting, change: Callable[[Sample, int], Sample]) -> KNonOverlap:
    """The true image with its samples changed."""
    image = Native().apply(instance).instance
    samples = tuple(change(sample, t) for t, sample in enumerate(image.samples))
    return KNonOverlap(NonOverlapInstance(image.k, image.p, samples))
