"""Prose with formulas between backticks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Eq, Interval, Rational, Symbol, Tuple, pi
from sympy.core.symbol import Str

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.expressions import Norm
from relucert.symbolic.library import load
from relucert.symbolic.names import vector
from relucert.symbolic.printers.prose import Formula, ProseError, Words, formula, namespace, pieces, texts
from tests.symbolic.printers.round_trip import library


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    return load("relu-kernel")


def test_every_sentence_of_the_library_can_be_read() -> None:
    count = 0
    for derivation in library():
        names = namespace(derivation)
        for text in texts(derivation):
            count += sum(isinstance(piece, Formula) for piece in pieces(text, names, of=derivation.name))
    assert count > 50


def test_words_and_formulas_in_turn(derivation: Derivation) -> None:
    names = namespace(derivation)
    theta = names["theta"]
    assert pieces("the angle `theta`, in `[0, pi]`", names) == [
        Words("the angle "),
        Formula(theta, "theta"),
        Words(", in "),
        Formula(Interval(0, pi), "[0, pi]"),
    ]


def test_names_are_the_symbols_of_the_derivation(derivation: Derivation) -> None:
    assert formula("Norm(u)/2", namespace(derivation)) == Norm(vector("u")) / 2


def test_relations_are_not_evaluated(derivation: Derivation) -> None:
    names = namespace(derivation)
    assert str(formula("theta > 0", names)) == "theta > 0"
    assert formula("Eq(1, 1)", names) == Eq(1, 1, evaluate=False)
    assert formula("(1, 1/2)", names) == Tuple(1, Rational(1, 2))


def test_a_function_may_be_named(derivation: Derivation) -> None:
    assert formula("relu", namespace(derivation)) == Str("relu")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("`Nrm(u)`", r"derivation relu-kernel: unknown name `Nrm` \(did you mean Norm\?\) in '`Nrm\(u\)`'"),
        ("`qqq` there", "unknown name `qqq`"),
        ("`u.name`", "not allowed"),
        ("`theta.__class__`", "not allowed"),
        ("`[u for u in v]`", "not allowed"),
        ("`lambda: 1`", "not allowed"),
        ("`__import__(1)`", "unknown name"),
        ("`0 < theta < pi`", "as two formulas"),
        ("`theta(1)`", "no function"),
        ("`theta =`", "no formula"),
        ("`'theta'`", "not allowed"),
        ("`Norm`", "no formula"),
        ("`theta", "no partner"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_name_and_text(derivation: Derivation, text: str, problem: str) -> None:
    with pytest.raises(ProseError, match=problem):
        pieces(text, namespace(derivation), of=derivation.name)


def test_one_name_for_two_kinds_of_symbol_is_an_error(derivation: Derivation) -> None:
    clash = replace(derivation, meanings={**derivation.meanings, Symbol("u"): "a number"})
    with pytest.raises(ProseError, match="two different symbols are called u"):
        namespace(clash)
