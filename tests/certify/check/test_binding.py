"""A certificate about other numbers than the caller's is recognised, number by number."""

from __future__ import annotations

import pytest

from relucert.certify.check.binding import difference, read_problem
from relucert.certify.claim import ClaimError, TrainingGap
from tests.certify.check.build import Json, edited, text_of
from tests.certify.check.catalogue import CATALOGUE

BASE = CATALOGUE["free_bias_split_exact"]
CLAIM = TrainingGap.from_json(BASE["claim"])
FILE = {"problem": BASE["claim"]["problem"], "network": BASE["claim"]["network"]}

CHANGES = [
    ("problem.loss", "mean"),
    ("problem.penalty", "sum-of-squares"),
    ("problem.hidden_bias", "penalised"),
    ("problem.X.0.0", "0x1p-1074"),
    ("problem.Y.2.0", "0x1.0000000000001p+1"),
    ("network.hidden_weights.0.0", "-0x1p+0"),
    ("network.hidden_bias.1", "0x0p+0"),
    ("network.output_weights.0.0", "0x1p+0"),
    ("network.output_bias.0", "0x1.8p+0"),
]


def test_the_same_numbers() -> None:
    assert difference(CLAIM, read_problem(text_of(FILE).encode())) is None


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_one_other_number(path: str, value: str) -> None:
    wanted = read_problem(text_of(edited(FILE, (path, value))).encode())
    assert difference(CLAIM, wanted) == ".".join(path.split(".")[:2])


def test_decays_and_the_presence_of_a_bias() -> None:
    both = edited(FILE, ("problem.hidden_weight_decay", "1/3"), ("problem.output_weight_decay", "1/3"))
    assert difference(CLAIM, read_problem(text_of(both).encode())) == "problem.hidden_weight_decay"
    none = edited(FILE, ("problem.output_bias", "none"), ("network.output_bias", None))
    assert difference(CLAIM, read_problem(text_of(none).encode())) == "problem.output_bias"


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"network": FILE["network"], "problem": FILE["problem"]},
        FILE | {"note": 1},
        {"problem": FILE["problem"]},
        edited(FILE, ("network.output_bias", None)),
        edited(FILE, ("problem.X", [])),
    ],
    ids=lambda value: text_of(value)[:30],
)
def test_a_file_of_another_shape(value: Json) -> None:
    with pytest.raises(ClaimError):
        read_problem(text_of(value).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\x1f\x8b", b"\xff", b"[" * 5000, text_of(FILE).encode() + b"{}", b"NaN"])
def test_a_file_that_is_not_json(data: bytes) -> None:
    with pytest.raises(ClaimError):
        read_problem(data)
