"""Certificates of yes and of no; each side condition broken alone."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from relucert.certify.check.decision.kernel import check_decision
from tests.certify.check.decision.examples import ATOMS, BY_MAX, SAMPLES, STEPS, YES, Json, bytes_of, certificate


def verdict_of(value: Json) -> str:
    verdict = check_decision(bytes_of(value))
    return "VALID" if verdict.valid else verdict.reason


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (YES, {"witness": 1}),
        (certificate(), {"farkas": 4, "lrat": 2}),
        (BY_MAX, {"max": 1, "farkas": 2, "lrat": 1}),
        (certificate([], filter=["7/3"]), {"witness": 1}),
        (certificate([], filter=[], p=0), {"witness": 1}),
    ],
    ids=["yes", "no", "no by max", "no samples", "no coordinates"],
)
def test_valid(value: Json, rules: dict[str, int]) -> None:
    verdict = check_decision(bytes_of(value))
    assert verdict.valid, verdict.reason
    assert verdict.rules == rules
    assert check_decision(gzip.compress(bytes_of(value))).valid


ROWS: list[tuple[str, Json, Json]] = [
    (
        "negative label",
        [["-1/2", [[0, "1"]], []]],
        ["farkas", [], [["sum", 0, -1], ["relu", 0, 0, 1], ["relu", 0, 1, 1]]],
    ),
    ("zero patches", [["1", [], []]], ["farkas", [], [["sum", 0, 1], ["null", 0, 0, 1], ["null", 0, 1, 1]]]),
    ("fit", [["1", [[0, "1"]], []], ["0", [[0, "1"]], []]], ["farkas", [], [["fit", 0, 0, 1], ["below", 1, 0, 1]]]),
    (
        "fit twice",
        [["1", [[0, "1"]], []], ["2", [], [[0, "1"]]]],
        ["farkas", [], [["fit", 0, 0, -1], ["fit", 1, 1, 1]]],
    ),
    (
        "above",  # 4 w <= r_00 <= 2, but w = 12
        [["1", [[0, "4"]], []], ["6", [[0, "1"]], []]],
        ["farkas", [], [["sum", 0, -1], ["above", 0, 0, 1], ["relu", 0, 1, 1], ["fit", 1, 0, 4]]],
    ),
]


@pytest.mark.parametrize(("samples", "step"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_one_step_without_literals(samples: Json, step: Json) -> None:
    assert verdict_of(certificate(samples, [], [step])) == "VALID"


def edit(place: str, value: Json) -> Callable[[Json], None]:
    """Set the entry at a path such as ``steps.0.1``; ``del`` removes it."""

    def change(target: Json) -> None:
        *path, last = [int(part) if part.lstrip("-").isdigit() else part for part in place.split(".")]
        for part in path:
            target = target[part]
        if value == "del":
            del target[last]
        else:
            target[last] = value

    return change


REFUSED: list[tuple[str, Json, str]] = [
    ("claim.assertion", "reachable", "evidence, rule format, S9"),
    ("claim.assertion", "perhaps", "claim, rule format, S8"),
    ("claim.instance.k", 3, "claim, rule format, S8"),
    ("claim.instance.k", 0, "claim, rule format, S8"),
    ("claim.instance.p", 0, "claim, rule format, S8"),
    ("claim.instance.samples.0.0", "2/4", "claim, rule format, S8"),
    ("claim.instance.samples.0.1.0.1", "0", "claim, rule format, S8"),
    ("claim.instance.samples.0.1.0.0", True, "claim, rule format, S8"),
    ("evidence", {}, "evidence, rule format, S9"),
    ("evidence", {"atoms": [], "filter": []}, "evidence, rule format, S9"),
    ("evidence.atoms", {}, "evidence, rule atoms, S1"),
    ("evidence.atoms.1", ["off", 0, 0], "evidence, atom 2, rule atoms, S1"),
    ("evidence.atoms.1", ["on", 0], "evidence, atom 2, rule atoms, S1"),
    ("evidence.atoms.1", ["on", 3, 0], "evidence, atom 2, rule atoms, S2"),
    ("evidence.atoms.1", ["on", 0, 2], "evidence, atom 2, rule atoms, S2"),
    ("evidence.atoms.1", ["on", 0, -1], "evidence, atom 2, rule atoms, S2"),
    ("evidence.atoms.1", ["on", False, 0], "evidence, atom 2, rule atoms, S2"),
    ("evidence.atoms.1", ["max", 1, 0], "evidence, atom 2, rule atoms, S3"),
    ("evidence.atoms.1", ["on", 0, 0], "evidence, atom 2, rule atoms, S4"),
    ("steps.0", {}, "step 0, rule refutation, S1"),
    ("steps.0", [], "step 0, rule refutation, S1"),
    ("steps.0", ["drat", []], "step 0, rule refutation, S1"),
    ("steps", [], "steps, rule refutation, S2"),
    ("steps.5", "del", "steps, rule refutation, S2"),
    ("steps.0.1", {}, "step 0, rule farkas, S1"),
    ("steps.0.1.0", [1], "step 0, rule farkas, S1"),
    ("steps.0.1.0", ["1", 1], "step 0, rule farkas, S1"),
    ("steps.0.2.0", ["sum", 0, 0, 1], "step 0, rule farkas, S1"),
    ("steps.0.2.0", ["add", 0, 1], "step 0, rule farkas, S1"),
    ("steps.0.2.0", ["sum", 0, "1"], "step 0, rule farkas, S1"),
    ("steps.0.1.0.0", 0, "step 0, rule farkas, S2"),
    ("steps.0.1.0.0", 5, "step 0, rule farkas, S2"),
    ("steps.0.1.0.0", 2, "step 0, rule farkas, S2"),
    ("steps.0.1.0.0", -2, "step 0, rule farkas, S2"),
    ("steps.0.2.0.1", 3, "step 0, rule farkas, S3"),
    ("steps.0.2.0.1", -1, "step 0, rule farkas, S3"),
    ("steps.0.2.0.1", [[]], "step 0, rule farkas, S3"),
    ("steps.2.2.1", ["below", 0, 0, 2], "step 2, rule farkas, S3"),
    ("steps.2.2.1", ["null", 0, 0, 2], "step 2, rule farkas, S3"),
    ("steps.2.2.1", ["fit", 0, 0, 2], "step 2, rule farkas, S3"),
    ("steps.2.2.1", ["fit", 1, 0, 2], "step 2, rule farkas, S3"),
    ("steps.0.1.0.1", 0, "step 0, rule farkas, S4"),
    ("steps.0.1.0.1", -1, "step 0, rule farkas, S4"),
    ("steps.0.2.0.2", 0, "step 0, rule farkas, S4"),
    ("steps.2.2.1.3", -2, "step 2, rule farkas, S4"),
    ("steps.2.2.1.3", 1, "step 2, rule farkas, S5"),
    ("steps.0.1.0", "del", "step 0, rule farkas, S5"),
    ("steps.0.2.0.2", -1, "step 0, rule farkas, S5"),
    ("steps.0.2", [], "step 0, rule farkas, S5"),
    ("steps.0", ["farkas", [], []], "step 0, rule farkas, S6"),
    ("steps.0", ["farkas", [[1, 1]], [["above", 0, 0, 1]]], "step 0, rule farkas, S6"),
    ("steps.4.1", {}, "step 4, rule lrat, S1"),
    ("steps.4.2", [True, 3], "step 4, rule lrat, S1"),
    ("steps.4.1", [5], "step 4, rule lrat, S2"),
    ("steps.4.1", [0], "step 4, rule lrat, S2"),
    ("steps.4.1", [1, 1], "step 4, rule lrat, S2"),
    ("steps.4.1", [1, -1], "step 4, rule lrat, S2"),
    ("steps.4.2", [1, 4], "step 4, rule lrat, S3"),
    ("steps.4.2", [1, -1], "step 4, rule lrat, S3"),
    ("steps.4.1", [3], "step 4, rule lrat, S4"),
    ("steps.4.2", [1, 3, 3], "step 4, rule lrat, S4"),
    ("steps.4.2", [1, 1, 3], "step 4, rule lrat, S4"),
    ("steps.4.2", [0, 1, 3], "step 4, rule lrat, S4"),
    ("steps.4.2", [], "step 4, rule lrat, S5"),
    ("steps.4.2", [1], "step 4, rule lrat, S5"),
]


@pytest.mark.parametrize(("place", "value", "reason"), REFUSED, ids=lambda part: str(part)[:40])
def test_each_side_condition(place: str, value: Json, reason: str) -> None:
    changed = certificate()
    edit(place, value)(changed)
    assert verdict_of(changed).startswith(f"{reason}: ")


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("steps.0", ["max"], "step 0, rule max, S1"),
        ("steps.0", ["max", 3], "step 0, rule max, S1"),
        ("steps.0", ["max", 0, 0], "step 0, rule max, S1"),
        ("steps.0", ["max", 1], "step 0, rule max, S2"),
        ("evidence.atoms", ATOMS[:3], "step 0, rule max, S3"),
    ],
    ids=str,
)
def test_the_max_rule(place: str, value: Json, reason: str) -> None:
    changed = certificate(steps=BY_MAX["steps"])
    edit(place, value)(changed)
    assert verdict_of(changed).startswith(f"{reason}: ")


@pytest.mark.parametrize(
    ("filter", "reason"),
    [
        ([], "filter, rule witness, S1"),
        (["-1", "0"], "filter, rule witness, S1"),
        (["-2/2"], "filter, rule witness, S1"),
        ([-1], "filter, rule witness, S1"),
        (["1"], "filter, rule witness, S2"),
        (["-99999999999999999999/100000000000000000000"], "filter, rule witness, S2"),
    ],
    ids=str,
)
def test_the_witness(filter: Json, reason: str) -> None:
    assert verdict_of(certificate(SAMPLES[:2], filter=filter)).startswith(f"{reason}: ")
    assert verdict_of(YES | {"steps": [["max", 0]]}).startswith("steps, rule format, S9")


def test_text_after_the_end_and_other_forms() -> None:
    text = bytes_of(certificate())
    for data in (
        text + b"{}",
        text[:-1],
        text.replace(b'"steps"', b'"trees"'),
        b"",
        b"\x1f\x8b",
        text.replace(b"1/2", b"0.5"),
    ):
        assert not check_decision(data).valid


def test_nothing_is_valid_by_default() -> None:
    """A refutation without steps, or of steps that prove clauses but not the empty one."""
    for steps in ([], STEPS[:1], STEPS[:4], STEPS[:5], [*STEPS, STEPS[0]]):
        assert verdict_of(certificate(steps=steps)).startswith("steps, rule refutation, S2")


def test_a_refutation_of_another_network() -> None:
    """|w| = 1 and w <= 0 have the filter -1: the same steps must fail, and so must those that leave sample 2 out."""
    for samples in (SAMPLES[:2], [SAMPLES[0], SAMPLES[1], ["0", [], [[0, "1"]]]], [SAMPLES[0], SAMPLES[1], SAMPLES[1]]):
        assert verdict_of(certificate(samples)) != "VALID"
