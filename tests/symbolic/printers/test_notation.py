"""How symbols are written."""

from __future__ import annotations

import pytest
from sympy import Symbol

from relucert.symbolic.expressions import ONES, Entry, ScalarFamily, Vector, VectorFamily
from relucert.symbolic.names import positive, real, vector
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.notation import NOTATIONS, Notation, NotationClash, UnknownNotation, notation
from relucert.symbolic.printers.prose import symbols
from tests.symbolic.printers.round_trip import library

WRITTEN = {
    "w": "w",
    "w_star": "w^{*}",
    "u_hat": r"\hat{u}",
    "theta": r"\theta",
    "a_star_2": "a^{*}_{2}",
    "u_1": "u_{1}",
    "v1": "v_{1}",
    "w_1_2": "w_{1,2}",
    "x_plus": "x_{+}",
    "kappa_alpha": r"\kappa_{\alpha}",
    "eps": r"\varepsilon",
    "r_best": r"r_{\mathrm{best}}",
    "loss": r"\mathrm{loss}",
    "theta_star_hat": r"\hat{\theta}^{*}",
}


@pytest.mark.parametrize(("name", "written"), WRITTEN.items())
def test_code_names_are_written_as_on_paper(name: str, written: str) -> None:
    assert latex(Symbol(name)) == written


def test_members_of_families() -> None:
    i = Symbol("i")
    assert latex(Entry(VectorFamily("w"), i)) == "w_{i}"
    assert latex(Entry(ScalarFamily("a_star"), 1)) == "a^{*}_{1}"
    assert latex(Entry(VectorFamily("w_s"), i + 1)) == "w_{s,i + 1}"


def test_a_paper_sets_vectors_in_bold_and_their_coordinates_not() -> None:
    du = notation("du")
    assert latex(vector("w_star"), du) == r"\mathbf{w}^{*}"
    assert latex(Vector("theta"), du) == r"\boldsymbol{\theta}"
    assert latex(Entry(Vector("a"), 1), du) == "a_{1}"
    assert latex(Entry(VectorFamily("Z"), 1), du) == r"\mathbf{Z}_{1}"
    assert latex(ONES, du) == latex(ONES) == r"\mathbf{1}"


def test_cho_and_saul_call_the_gaussian_weights_w() -> None:
    chosen = notation("cho-saul")
    assert [latex(vector(name), chosen) for name in "uvx"] == [r"\mathbf{x}", r"\mathbf{y}", r"\mathbf{w}"]


@pytest.mark.parametrize("name", NOTATIONS)
def test_no_two_symbols_of_a_derivation_are_written_alike(name: str) -> None:
    for derivation in library():
        table = NOTATIONS[name].table(symbols(derivation))
        assert len(table) == len({symbol.name for symbol in symbols(derivation)}), derivation.name


@pytest.mark.parametrize("name", NOTATIONS)
def test_letters_are_renamed_one_to_one(name: str) -> None:
    letters = [*"abcdefghijklmnopqrstuvwxyz", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "theta", "phi", "ell"]
    written = [str(NOTATIONS[name].spelling(Symbol(letter))) for letter in letters]
    assert len(set(written)) == len(letters)


def test_symbols_written_alike_are_refused() -> None:
    with pytest.raises(NotationClash, match=r"u1 .* and u_1 .* both written u_\{1\}"):
        NOTATIONS["relucert"].table([real("u_1"), real("u1")])
    with pytest.raises(NotationClash, match="a member of w"):
        NOTATIONS["relucert"].table([VectorFamily("w"), real("w_1")])
    with pytest.raises(NotationClash, match="something else"):
        NOTATIONS["relucert"].table([real("G")])
    not_injective = Notation("bad", "nobody", letters={"u": "v"})
    with pytest.raises(NotationClash):
        not_injective.table([vector("u"), vector("v")])


def test_a_number_may_have_more_assumptions_in_one_step() -> None:
    assert len(NOTATIONS["relucert"].table([real("t"), positive("t")])) == 1


def test_an_unknown_notation_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNotation, match="did you mean brutzkus-globerson"):
        notation("brutzkus")
    with pytest.raises(UnknownNotation, match="there are relucert"):
        notation("§§")
