"""Pictures of proofs: which boxes are drawn, in which window, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from relucert.certify.search.formula_proof import Proved, search_formula
from relucert.cli import formula_plot
from relucert.cli.main import main
from relucert.cli.output import ExitCode, UserError
from tests.certify.check.real.claims import claim


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("G(t) >= 0", ("t in [0, pi]",)),
        ("sin(x)^2 + sin(y)^2 >= x*y/2", ("x in [-1, 1]", "y in [-1, 1]")),
        ("abs(x) <= 1 or x^2 > 1", ("x in [-3, 3]",)),
    ],
)
def test_the_boxes_fill_the_ranges(text: str, ranges: tuple[str, ...]) -> None:
    formula = claim(text, *ranges)
    outcome = search_formula(formula, time=20)
    assert isinstance(outcome, Proved)
    window = formula_plot._window(formula)
    pieces = list(formula_plot._pieces(json.loads(outcome.certificate), window))
    area = 0.0
    for piece in pieces:
        size = 1.0
        for low, high in piece.box:
            size *= high - low
        area += size
    whole = 1.0
    for low, high in window:
        whole *= high - low
    assert area == pytest.approx(whole)


def test_infinite_ranges_are_cut() -> None:
    assert formula_plot._window(claim("x > y", "x in [2, inf)", "y in (-inf, inf)")) == ((2.0, 12.0), (-10.0, 10.0))
    assert formula_plot._window(claim("x < 1", "x in (-inf, 0]")) == ((-10.0, 0.0),)


@pytest.mark.parametrize("kind", formula_plot.KINDS)
def test_a_picture_is_written_and_is_the_same_again(kind: str, tmp_path: Path) -> None:
    first, second = tmp_path / f"a{kind}", tmp_path / f"b{kind}"
    for path in (first, second):
        assert main(["prove", "x*y <= 1", "--for", "x in [0, 1]", "--for", "y in [0, 1]", "--plot", str(path)]) == 0
    assert first.stat().st_size > 1000
    if kind == ".png":
        assert first.read_bytes() == second.read_bytes()


def test_what_cannot_be_drawn_is_refused_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    three = claim("x + y + z >= 0", "x in [0, 1]", "y in [0, 1]", "z in [0, 1]")
    with pytest.raises(UserError, match="one or two variables"):
        formula_plot.require_plottable(three, Path("a.svg"))
    assert main(["prove", "x >= 0", "--for", "x in [0, 1]", "--plot", "a.gif"]) == ExitCode.INPUT_ERROR
    assert "unknown kind of picture" in capsys.readouterr().err
