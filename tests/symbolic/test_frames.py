"""Coordinates of names that a frame does not list itself."""

from __future__ import annotations

from dataclasses import fields

from sympy import Integer, Symbol, cos, sin

from relucert.symbolic.expressions import ONES, Angle, Dot, Entry, Mean, Norm, relu
from relucert.symbolic.frames import Frame
from relucert.symbolic.names import positive, real, vector

a = vector("a")
FRAME = Frame(vectors={a: (real("a_1"), real("a_2"))})


def test_the_vector_of_ones_has_the_dimension_of_its_context() -> None:
    """In a sum and in an inner product, on either side."""
    total = real("a_1") + real("a_2")
    assert FRAME.scalar(Dot(ONES, a)) == FRAME.scalar(Dot(a, ONES)) == total
    assert FRAME.resolve(2 * a + 3 * ONES) == {(0,): 2 * real("a_1") + 3, (1,): 2 * real("a_2") + 3}


def test_an_entry_of_a_vector_is_its_coordinate() -> None:
    """Numbered from 1, as the members of a family."""
    assert FRAME.scalar(Entry(a, Integer(2))) == real("a_2")
    fixed = Frame(vectors={a: (Integer(5), Integer(7))}, sizes={Symbol("j"): 1})
    assert fixed.scalar(Entry(a, Symbol("j"))) == 5


def test_norms_in_polar_coordinates_are_radii() -> None:
    """sin² + cos² = 1 under the root."""
    r, phi = positive("r"), positive("phi")
    polar = Frame(vectors={a: (r * cos(phi), r * sin(phi))})
    assert polar.scalar(Norm(a)) == r


def test_the_angle_of_a_vector_with_itself_is_zero() -> None:
    """Also where the coordinates are sums, so that the quotient in the arc cosine is not simplified to 1."""
    u, first, second = vector("u"), real("u_1"), real("u_2")
    sums = Frame(vectors={u: (first + second, first - second), a: (first + second, first - second)})
    assert sums.scalar(Angle(u, u)) == sums.scalar(Angle(u, a)) == 0


def test_worked_out_components_belong_to_one_frame_and_are_no_part_of_it() -> None:
    x, norm = vector("x"), Norm(a)
    frame = Frame(vectors={a: (Integer(3), Integer(4))}, dimensions={x: 1})
    fresh = Frame(vectors={a: (Integer(3), Integer(4))}, dimensions={x: 1})
    assert frame.scalar(norm) == 5
    assert frame.extended(vectors={a: (Integer(5), Integer(12))}).scalar(norm) == 13
    mean = Mean(relu(Dot(x, x)), x)
    assert frame.scalar(mean) == frame.scalar(mean)  # the same Gaussian, not another one of the same name
    assert frame == fresh
    assert repr(frame) == repr(fresh)
    assert not any(field.name.startswith("_") for field in fields(frame))
