"""The picture of a landscape."""

from __future__ import annotations

from fractions import Fraction
from math import pi
from pathlib import Path

import pytest

from relucert.certify.landscapes.theorem import Chart, CriticalPoint, Landscape
from relucert.certify.search.landscape import SettledLandscape, SettledPoint
from relucert.cli.landscape_plot import _place, _surface, draw

CHART = Chart("r^2/2 - r*cos(t)", "r", "t", 0.0, pi, mirrored=0.0)
CORNER = SettledPoint(CriticalPoint("one", "", "saddle", (), (("t", "pi"),)),
                      (("r", Fraction(1, 2), Fraction(3, 2)),), None, True)  # fmt: skip
PLAIN = SettledLandscape(Landscape("one", (), (), setting={"k": "2"}, charts=(CHART,)), (), (CORNER,))


def test_points_stand_where_they_are() -> None:
    assert _place(CORNER, CHART) == pytest.approx((-1.0, 0.0))


def test_the_loss_in_the_plane() -> None:
    x, y, loss = _surface(CHART)
    assert loss == pytest.approx((x**2 + y**2) / 2 - x)


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_kinds_of_files(name: str, start: bytes) -> None:
    picture = draw([PLAIN], Path(name))
    assert picture.startswith(start)
    if name == "a.svg":
        assert draw([PLAIN], Path(name)) == picture
        assert b"not proved" not in picture
