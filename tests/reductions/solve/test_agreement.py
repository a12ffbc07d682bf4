"""All ways to decide a network say the same; a yes was evaluated, a no was replayed."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.non_overlap import NonOverlapInstance, Sample
from relucert.reductions.solve import smt
from relucert.reductions.solve.cells import cells
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.hybrid import hybrid
from relucert.reductions.solve.linear import linear
from relucert.reductions.solve.structure import by_formula as decide_formula
from relucert.reductions.solve.transport import formula
from tests.reductions.solve.networks import FANO, cliques, direct, generic, native, progressions

pytest.importorskip("pysat")


def answer(instance: NonOverlapInstance, decision: Decision) -> str:
    """The answer, after the certificate has been shown to the checker with this instance."""
    assert decision.certificate is not None
    verdict = check_decision(decision.certificate)
    assert verdict.valid and verdict.claim is not None and verdict.claim.instance == instance
    assert verdict.claim.assertion == {"yes": "reachable", "no": "unreachable"}[decision.answer]
    if decision.answer == "yes":
        assert instance.misfit(decision.witness) is None
    return decision.answer


def by_formula(instance: NonOverlapInstance) -> str:
    found = formula(instance)
    assert found is not None
    return answer(instance, decide_formula(found))


def splits(n: int, sets: list[tuple[int, ...]], k: int) -> bool:
    return any(
        all(len({colors[i - 1] for i in members}) > 1 for members in sets) for colors in product(range(k), repeat=n)
    )


def test_random_set_splitting() -> None:
    random, seen = Random(0), set[bool]()
    for _ in range(25):
        n, k = random.randint(1, 5), random.randint(2, 3)
        sets = [
            tuple(random.sample(range(1, n + 1), random.randint(1, min(3, n)))) for _ in range(random.randint(0, 9))
        ]
        instance, expected = native(n, sets, k), splits(n, sets, k)
        seen.add(expected)
        assert by_formula(instance) == answer(instance, hybrid(instance)) == ("yes" if expected else "no")
    assert seen == {False, True}


def test_random_formulas() -> None:
    random, seen = Random(1), set[bool]()
    for _ in range(25):
        v = random.randint(1, 4)
        clauses = [
            [x * random.choice((1, -1)) for x in random.sample(range(1, v + 1), random.randint(1, min(3, v)))]
            for _ in range(random.randint(0, 10))
        ]
        expected = any(
            all(any((literal > 0) == values[abs(literal) - 1] for literal in clause) for clause in clauses)
            for values in product((False, True), repeat=v)
        )
        instance = direct(v, clauses, random.randint(2, 3))
        seen.add(expected)
        assert by_formula(instance) == answer(instance, hybrid(instance)) == ("yes" if expected else "no")
    assert seen == {False, True}


@pytest.mark.parametrize("seed", range(12))
def test_generic_networks(seed: int) -> None:
    """Networks of no reduction: the enumeration of cells is rational from beginning to end."""
    random = Random(seed)
    p, k = random.randint(1, 3), random.randint(1, 3)
    instance = generic(p, random.randint(1, 4), k, seed, fits=seed % 3 == 0, largest=2)
    said = {answer(instance, cells(instance)), answer(instance, hybrid(instance))}
    if k == 1:
        said.add(answer(instance, linear(instance)))
    assert len(said) == 1
    assert seed % 3 or said == {"yes"}


@pytest.mark.parametrize("solver", smt.installed())
def test_smt_solvers_agree(solver: str) -> None:
    for seed, fits in ((1, True), (2, False), (3, False)):
        instance = generic(4, 8, 2, seed, fits=fits)
        found, own = smt.by_smt(instance, solver), answer(instance, hybrid(instance))
        if own == "yes":
            assert answer(instance, found) == "yes"
        else:
            assert (found.answer, found.oracle, found.certificate) == ("undecided", f"{solver}: unsat", None)


def test_floats_are_the_dyadics_they_are() -> None:
    """0.1 is not 1/10: a network that fits to 17 digits only does not fit."""
    tenth = Fraction(0.1)
    rows = ((0, tenth),), ((0, -tenth),)
    for label, expected in ((tenth, "yes"), (Fraction(1, 10), "no")):
        instance = NonOverlapInstance(2, 1, (Sample(rows, tenth / 2), Sample((((0, tenth),), ()), label / 2)))
        assert answer(instance, hybrid(instance)) == answer(instance, cells(instance)) == expected


def test_numbers_of_all_sizes() -> None:
    for scale in (Fraction(10) ** -8, Fraction(10) ** 8):
        for fits in (True, False):
            instance = generic(3, 6, 2, 5, fits=fits)
            samples = [
                Sample(tuple(tuple((i, v * scale) for i, v in row) for row in sample.patches), sample.label * scale)
                for sample in instance.samples
            ]
            assert answer(
                NonOverlapInstance(2, 3, tuple(samples)), hybrid(NonOverlapInstance(2, 3, tuple(samples)))
            ) == ("yes" if fits else "no")


def test_named_theorems() -> None:
    for n, sets, k, expected in (
        (8, progressions(8, 3), 2, "yes"),
        (9, progressions(9, 3), 2, "no"),
        (7, FANO, 2, "no"),
        (7, FANO, 3, "yes"),
        (10, cliques(5, 3), 2, "yes"),
        (15, cliques(6, 3), 2, "no"),
    ):
        assert by_formula(native(n, sets, k)) == expected


@pytest.mark.slow
def test_van_der_waerden_35_and_27() -> None:
    assert by_formula(native(35, progressions(35, 4), 2)) == "no"
    assert by_formula(native(27, progressions(27, 3), 3)) == "no"
