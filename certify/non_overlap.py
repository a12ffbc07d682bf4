"""What a decision certificate asserts: whether a convolutional ReLU network can fit its samples exactly.

One filter w in R^p is applied to the k patches of every sample, and the outputs are averaged.  Like
:mod:`relucert.certify.claim` this file belongs to the trusted base: standard library only, no float arithmetic.
Coordinates, slots and samples are counted from 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from relucert.certify.claim import ClaimError, Json, canonical_json, parse_rational, spell_rational

ASSERTIONS = ("reachable", "unreachable")
KIND = "non-overlap-training"
MAX_PATCHES, MAX_COORDINATES = 1_000_000, 100_000_000

Row = tuple[tuple[int, Fraction], ...]  # (coordinate, value): increasing coordinates, no value is 0


@dataclass(frozen=True)
class Sample:
    """k patches, each a sparse row of length p, and the label that the network must give."""

    patches: tuple[Row, ...]
    label: Fraction


@dataclass(frozen=True)
class IntSample:
    """A sample of whole numbers."""

    patches: tuple[tuple[tuple[int, int], ...], ...]
    label: int


def in_integers(sample: Sample) -> IntSample:
    """The sample times the least common denominator of its numbers.

    The same filters fit it, because relu(c a) = c relu(a) for c > 0.
    """
    entries = [value for patch in sample.patches for _, value in patch]
    scale = lcm(sample.label.denominator, *{value.denominator for value in entries})
    patches = [
        tuple([(i, value.numerator * (scale // value.denominator)) for i, value in patch]) for patch in sample.patches
    ]
    return IntSample(tuple(patches), sample.label.numerator * (scale // sample.label.denominator))


def output(filter: Sequence[Fraction], sample: Sample) -> Fraction:
    """(1/k) sum_s relu(w.x[s]), exactly; w has at least as many entries as the patches have coordinates."""
    total = Fraction(0)
    for patch in sample.patches:
        value = sum([filter[i] * entry for i, entry in patch], Fraction(0))
        if value > 0:
            total += value
    return total / len(sample.patches)


@dataclass(frozen=True)
class NonOverlapInstance:
    """k-Non-Overlap-Opt: is there a filter w in R^p with (1/k) sum_s relu(w.x_t[s]) = y_t for every sample t?

    Attributes
    ----------
    k : patches of every sample, at least 1.  p : length of the filter; 0 is allowed.
    samples : may be empty; then every filter fits.

    Raises ClaimError when a sample does not have k patches, or a patch is no sparse row of length p.
    """

    k: int
    p: int
    samples: tuple[Sample, ...]

    def __post_init__(self) -> None:
        _whole(self.k, 1, MAX_PATCHES, "instance.k")
        _whole(self.p, 0, MAX_COORDINATES, "instance.p")
        for t, sample in enumerate(self.samples):
            where = f"instance.samples[{t}]"
            if len(sample.patches) != self.k:
                raise ClaimError(f"{where}: has {len(sample.patches)} patches instead of {self.k}")
            for s, patch in enumerate(sample.patches):
                last = -1
                for i, value in patch:
                    if not (last < i < self.p) or value == 0:
                        raise ClaimError(
                            f"{where}, patch {s}: coordinates must increase from 0 to {self.p - 1}, with values not 0"
                        )
                    last = i

    def misfit(self, filter: Sequence[Fraction]) -> int | None:
        """The first sample at which a filter of p numbers does not give the label; ``None``: it fits all of them."""
        if len(filter) != self.p:
            raise ClaimError(f"the filter has {len(filter)} numbers instead of {self.p}")
        for t, sample in enumerate(self.samples):
            if output(filter, sample) != sample.label:
                return t
        return None

    def to_json(self) -> Json:
        """``samples`` holds [label, patch, .., patch] with patches [[coordinate, "p/q"], ..]."""
        samples = [
            [
                spell_rational(sample.label),
                *[[[i, spell_rational(value)] for i, value in patch] for patch in sample.patches],
            ]
            for sample in self.samples
        ]
        return {"k": self.k, "p": self.p, "samples": samples}

    @staticmethod
    def from_json(value: Json) -> NonOverlapInstance:
        if not isinstance(value, dict) or list(value) != ["k", "p", "samples"]:
            raise ClaimError("instance: must be an object with the fields k, p, samples in this order")
        samples = [
            _sample(entry, f"instance.samples[{t}]") for t, entry in enumerate(_list(value["samples"], "samples"))
        ]
        return NonOverlapInstance(value["k"], value["p"], tuple(samples))

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()


@dataclass(frozen=True)
class NonOverlapTraining:
    """ "reachable": some filter fits every sample of the instance; "unreachable": no filter does."""

    assertion: str
    instance: NonOverlapInstance

    def __post_init__(self) -> None:
        if self.assertion not in ASSERTIONS:
            raise ClaimError(f"claim.assertion: is not one of {', '.join(ASSERTIONS)}")

    def to_json(self) -> Json:
        return {"kind": KIND, "assertion": self.assertion, "instance": self.instance.to_json()}

    @staticmethod
    def from_json(value: Json) -> NonOverlapTraining:
        if not isinstance(value, dict) or list(value) != ["kind", "assertion", "instance"] or value["kind"] != KIND:
            raise ClaimError(f"claim: must be a {KIND} with the fields kind, assertion, instance in this order")
        return NonOverlapTraining(value["assertion"], NonOverlapInstance.from_json(value["instance"]))

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()

    def formula(self) -> str:
        """One line of plain-text mathematics."""
        instance = self.instance
        quantifier = "exists" if self.assertion == "reachable" else "for no"
        return (
            f"{quantifier} w in R^{instance.p}: (1/{instance.k}) * sum_{{s<{instance.k}}} relu(w.x_t[s]) = y_t "
            f"for all t < {len(instance.samples)}"
        )

    def in_words(self) -> str:
        """The same statement in words."""
        instance = self.instance
        return (
            f"{'Some' if self.assertion == 'reachable' else 'No'} filter of {instance.p} real weights, applied to the "
            f"{instance.k} patches of a sample, rectified and averaged, gives every one of the "
            f"{len(instance.samples)} samples its label exactly."
        )


def _whole(value: Any, low: int, high: int, field: str) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ClaimError(f"{field}: must be a whole number from {low} to {high}")


def _list(value: Json, field: str) -> list[Json]:
    if not isinstance(value, list):
        raise ClaimError(f"{field}: must be an array")
    return value


def _sample(value: Json, field: str) -> Sample:
    label, *patches = _list(value, field) or [None]
    return Sample(tuple([_row(patch, field) for patch in patches]), parse_rational(label, f"{field}, label"))


def _row(value: Json, field: str) -> Row:
    entries = _list(value, f"{field}, patch")
    if not all(isinstance(entry, list) and len(entry) == 2 and type(entry[0]) is int for entry in entries):
        raise ClaimError(f"{field}: a patch must be an array of [coordinate, value]")
    return tuple([(i, parse_rational(number, f"{field}, coordinate {i}")) for i, number in entries])
