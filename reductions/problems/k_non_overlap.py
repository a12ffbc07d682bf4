"""Exact fitting by a convolutional network with one filter and k patches that do not overlap (k-Non-Overlap-Opt).

The statement itself, and the arithmetic that decides whether a filter fits, are those of the trusted base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.claim import ClaimError
from relucert.certify.non_overlap import NonOverlapInstance, Row, Sample
from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.numbers import Vector, largest, require_vector, vector_from_json, vector_to_json
from relucert.reductions.text import MAX_COUNT, array, fields, rational, whole

Filter = Vector


@dataclass(frozen=True)
class KNonOverlap(Problem[Filter]):
    """Is there a filter w in R^p with (1/k) sum_s relu(w.x_t[s]) = y_t for every sample t?

    If there is a real one, there is a rational one of polynomial size: the filters that fit are a union of polyhedra,
    one for each choice of the patches that are active.
    """

    name = "k-non-overlap"
    question = "Is there a filter with which the average of k rectified patches is the label of every sample?"

    instance: NonOverlapInstance

    def size(self) -> Mapping[str, int]:
        """The patches k of a sample, the length p of the filter, the samples, the entries that are not zero, and the
        largest numerator or denominator of an entry or label."""
        samples = self.instance.samples
        entries = [value for sample in samples for patch in sample.patches for _, value in patch]
        return {
            "k": self.instance.k,
            "p": self.instance.p,
            "samples": len(samples),
            "nonzeros": len(entries),
            "largest": largest([*entries, *(sample.label for sample in samples)]),
        }

    def is_witness(self, candidate: Filter) -> bool:
        require_vector(candidate, self.instance.p, "filter")
        return self.instance.misfit(candidate) is None

    def to_json(self) -> Json:
        return {"problem": self.name, **self.instance.to_json()}

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> KNonOverlap:
        """Sparse, as the trusted base spells it, or dense: ``{"patches": N samples of k rows of p numbers, "labels": N
        numbers}``."""
        if isinstance(value, dict) and "patches" in value:
            given = fields(value, where, ("patches", "labels"))
            labels = vector_from_json(given["labels"], None, f"{where}, labels")
            patches = [
                [
                    vector_from_json(row, None, f"{where}, patches[{t}][{s}]")
                    for s, row in enumerate(array(sample, f"{where}, patches[{t}]"))
                ]
                for t, sample in enumerate(array(given["patches"], f"{where}, patches"))
            ]
            return dense(patches, labels, where)
        given = fields(value, where, ("k", "p", "samples"))
        return make_non_overlap(
            whole(given["k"], f"{where}, k", 1),
            whole(given["p"], f"{where}, p", 0, 10 * MAX_COUNT),
            [
                _sample_from_json(entry, f"{where}, samples[{t}]")
                for t, entry in enumerate(array(given["samples"], f"{where}, samples"))
            ],
            where,
        )

    def witness_to_json(self, witness: Filter) -> Json:
        return vector_to_json(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Filter:
        return vector_from_json(value, self.instance.p, where)


def make_non_overlap(k: int, p: int, samples: Sequence[Sample], where: str = "") -> KNonOverlap:
    """The instance; what the trusted base refuses is a ProblemError."""
    try:
        return KNonOverlap(NonOverlapInstance(k, p, tuple(samples)))
    except ClaimError as error:
        raise ProblemError(str(error), where, "correct the instance") from None


def dense(patches: Sequence[Sequence[Sequence[Fraction]]], labels: Sequence[Fraction], where: str) -> KNonOverlap:
    """An instance from N samples of k rows of p numbers, and N labels; without samples k is not known."""
    if not patches or not patches[0]:
        raise ProblemError("no samples" if not patches else "a sample without patches", where, "give at least one")
    if len(patches) != len(labels):
        raise ProblemError(f"{len(patches)} samples and {len(labels)} labels", where, "give one label per sample")
    k, p = len(patches[0]), len(patches[0][0])
    for t, sample in enumerate(patches):
        if len(sample) != k:
            raise ProblemError(
                f"{len(sample)} patches where sample 0 has {k}",
                f"{where}, patches[{t}]",
                "give every sample the same number",
            )
        for s, row in enumerate(sample):
            if len(row) != p:
                raise ProblemError(
                    f"{len(row)} numbers where the first patch has {p}",
                    f"{where}, patches[{t}][{s}]",
                    "give every patch the same length",
                )
    rows = [tuple(tuple((i, v) for i, v in enumerate(row) if v != 0) for row in sample) for sample in patches]
    return make_non_overlap(k, p, [Sample(row, label) for row, label in zip(rows, labels, strict=True)], where)


def _sample_from_json(value: Json, where: str) -> Sample:
    label, *patches = array(value, where) or [None]
    return Sample(tuple(_row_from_json(patch, where) for patch in patches), rational(label, f"{where}, label"))


def _row_from_json(value: Json, where: str) -> Row:
    pairs = [array(entry, where, 2) for entry in array(value, where)]
    row = [(whole(i, where), rational(number, where)) for i, number in pairs]
    return tuple((i, number) for i, number in row if number != 0)
