"""The claim about networks with one shared filter."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.certify.claim import ClaimError
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining, Sample, in_integers, output

HALF, ONE = Fraction(1, 2), Fraction(1)
SAMPLE = Sample((((0, ONE), (2, -HALF)), ()), Fraction(3, 4))
INSTANCE = NonOverlapInstance(2, 3, (SAMPLE, Sample(((), ()), Fraction(0))))


def test_output_and_misfit() -> None:
    assert output([ONE, ONE, -ONE], SAMPLE) == Fraction(3, 4)
    assert output([-ONE, ONE, ONE], SAMPLE) == 0
    assert INSTANCE.misfit([ONE, ONE, -ONE]) is None
    assert INSTANCE.misfit([ONE, ONE, ONE]) == 0
    with pytest.raises(ClaimError, match="2 numbers instead of 3"):
        INSTANCE.misfit([ONE, ONE])


def test_round_trip_and_hash() -> None:
    claim = NonOverlapTraining("unreachable", INSTANCE)
    assert NonOverlapTraining.from_json(claim.to_json()) == claim
    assert INSTANCE.to_json() == {"k": 2, "p": 3, "samples": [["3/4", [[0, "1"], [2, "-1/2"]], []], ["0", [], []]]}
    assert claim.sha256() != NonOverlapTraining("reachable", INSTANCE).sha256()
    assert claim.in_words().startswith("No filter of 3 real weights, applied to the 2 patches")
    assert claim.formula() == "for no w in R^3: (1/2) * sum_{s<2} relu(w.x_t[s]) = y_t for all t < 2"


def test_samples_in_integers() -> None:
    whole = in_integers(SAMPLE)
    assert (whole.patches, whole.label) == ((((0, 4), (2, -2)), ()), 3)
    assert in_integers(Sample(((),), Fraction(0))).label == 0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"k": 0, "p": 1, "samples": []}, "instance.k"),
        ({"k": True, "p": 1, "samples": []}, "instance.k"),
        ({"k": 1, "p": -1, "samples": []}, "instance.p"),
        ({"p": 1, "k": 1, "samples": []}, "in this order"),
        ({"k": 1, "p": 1, "samples": {}}, "must be an array"),
        ({"k": 1, "p": 1, "samples": [[]]}, "label"),
        ({"k": 2, "p": 1, "samples": [["1", []]]}, "1 patches instead of 2"),
        ({"k": 1, "p": 1, "samples": [["1", [[1, "1"]]]]}, "coordinates must increase"),
        ({"k": 1, "p": 2, "samples": [["1", [[1, "1"], [0, "1"]]]]}, "coordinates must increase"),
        ({"k": 1, "p": 2, "samples": [["1", [[0, "1"], [0, "1"]]]]}, "coordinates must increase"),
        ({"k": 1, "p": 1, "samples": [["1", [[0, "0"]]]]}, "values not 0"),
        ({"k": 1, "p": 1, "samples": [["1", [[0]]]]}, r"\[coordinate, value\]"),
        ({"k": 1, "p": 1, "samples": [["1", [["0", "1"]]]]}, r"\[coordinate, value\]"),
        ({"k": 1, "p": 1, "samples": [["0.5", []]]}, "not a rational"),
        ({"k": 1, "p": 1, "samples": [[1, []]]}, "not a rational"),
    ],
)
def test_what_is_no_instance(value: object, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        NonOverlapInstance.from_json(value)


def test_what_is_no_claim() -> None:
    for value in (None, {}, {"kind": "non-overlap-training"}, INSTANCE.to_json()):
        with pytest.raises(ClaimError):
            NonOverlapTraining.from_json(value)
    with pytest.raises(ClaimError, match="assertion"):
        NonOverlapTraining("maybe", INSTANCE)
