"""Write certify/language/descents.py: gradient descent in reduced coordinates, printed from the formulas in symbolic/.

    python tools/descent_vocabulary.py && ruff format certify/language/descents.py

A test compares the file with what this writes, and the maps with what symbolic/ says in its own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from sympy import Expr, Integer, Symbol, atan, cos, pi, sin, sqrt

from relucert.certify.language.from_sympy import from_sympy
from relucert.symbolic.expressions import G
from relucert.symbolic.landscapes.both_layers_spurious_minimum import spurious_s
from relucert.symbolic.models import both_layers as both
from relucert.symbolic.models import both_layers_descent as both_descent
from relucert.symbolic.models import non_overlapping_loss, symmetric_descent, symmetric_multi_neuron, two_layer_loss
from relucert.symbolic.models import non_overlapping_reduced as single
from relucert.symbolic.models import non_overlapping_reduced_descent as single_descent
from relucert.symbolic.models.non_overlapping_descent import mu

TARGET = Path(__file__).resolve().parents[1] / "certify" / "language" / "descents.py"
HEADER = '''"""Gradient descent in reduced coordinates, written by tools/descent_vocabulary.py from symbolic/."""

from __future__ import annotations

from typing import NamedTuple


class Coordinate(NamedTuple):
    """``range`` is where the reduction holds, ``after`` the coordinate after a step; ``centre``: at the optimum."""

    range: str
    meaning: str
    after: str
    centre: str


class NamedDescent(NamedTuple):
    """Texts of the language; ``definitions`` and all below may use the settings and ``step``.

    settings : name, meaning and default of the numbers that the map depends on; ``whole`` ones are whole numbers.
    where : what has to hold for the map to be the descent.  square : of the distance, which the radius bounds.
    converges : near the centre the map is a contraction; otherwise it stays nearby, as far as is proved.
    update : one step on the network itself.  source : a derivation (relucert derive).
    """

    settings: tuple[tuple[str, str, str], ...]
    whole: tuple[str, ...]
    definitions: tuple[str, ...]
    coordinates: tuple[Coordinate, ...]
    where: str
    square: str
    distance: str
    converges: bool
    update: str
    source: str


DESCENTS = {
'''
BOTH = (("k", "number of patches", "2"), ("S", "|w*| 1.a*", "1/5"), ("N", "|w*|^2 |a*|^2", "41/25"))
BOTH_UPDATE = (
    "v <- v - step*grad_v L, a <- a - step*grad_a L for L = 1/2 E (sum_j a_j relu(v.Z_j)/|v| - "
    "sum_j a*_j relu(w*.Z_j))^2, Z_j ~ N(0, I)"
)
SPHERE = "; after every step v is divided by its length"
LONG = 90  # characters of a string on one line
FIELDS = (
    "settings",
    "whole",
    "definitions",
    "coordinates",
    "where",
    "square",
    "distance",
    "converges",
    "update",
    "source",
)


def descents() -> Iterator[tuple[str, dict[str, object]]]:
    """Name and fields of all of them."""
    yield "non-overlapping", _non_overlapping()
    yield "both-layers", _both_layers(projected=False)
    yield "both-layers-on-sphere", _both_layers(projected=True)
    yield "both-layers-spurious", _both_layers_spurious()
    yield "symmetric", _symmetric()


def _non_overlapping() -> dict[str, object]:
    k, r, angle, C, step = non_overlapping_loss.k, single.r, non_overlapping_loss.theta, single.C, Symbol("step")
    p, q = single_descent.along, single_descent.across
    after = (sqrt(p**2 + q**2), angle - atan(q / p))
    return {
        "settings": (("k", "number of disjoint patches", "2"),),
        "whole": ("k",),
        "definitions": (
            _let(C, k - 1 + pi),
            _let(mu, step / (pi * k)),
            _let(p, single_descent.along_filter(r, angle, k, C, mu)),
            _let(q, single_descent.across_filter(angle, mu)),
        ),
        "coordinates": (
            ("r in (0, inf)", "|w|/|w*|", _text(after[0]), "1"),
            ("theta in [0, pi]", "angle of w and w*", _text(after[1]), "0"),
        ),
        "where": f"{p} > 0",
        "square": _text(r**2 - 2 * r * cos(angle) + 1),
        "distance": "|w - w*|/|w*|",
        "converges": True,
        "update": "w <- w - step*grad l for l = E ((1/k) sum_i relu(w.x_i) - (1/k) sum_i relu(w*.x_i))^2, without a "
        "factor 1/2, x_i ~ N(0, I)",
        "source": "non-overlapping-reduced-descent",
    }  # fmt: skip


def _renamed(formula: Expr) -> Expr:
    return formula.xreplace({both_descent.eta: Symbol("step")})


def _both_layers(*, projected: bool) -> dict[str, object]:
    angle, s, t, V, h = both.phi, both.s, both.t, both.V, both_descent.h
    after = [
        both_descent.next_angle(h),
        _renamed(both_descent.next_s(G(angle))),
        _renamed(both_descent.next_t(G(angle))),
    ]
    turn = _renamed(both_descent.turn())
    coordinates = [
        ("phi in [0, pi]", "angle of v and w*", _text(after[0]), "0"),
        ("s real", "|w*| a.a*", _text(after[1]), "N"),
        ("t real", "1.a", _text(after[2]), "S"),
    ]
    if not projected:
        coordinates.append(("V in (0, inf)", "|v|^2", _text(both_descent.next_square(h)), ""))
    return {
        "settings": BOTH,
        "whole": ("k",),
        "definitions": (_let(h, turn.xreplace({V: Integer(1)}) if projected else turn),),
        "coordinates": tuple(coordinates),
        "where": "",  # the angle is right wherever it is from 0 to pi
        "square": _text(angle**2 + (s - both.N) ** 2 + (t - both.S) ** 2),
        "distance": "|(phi, s - N, t - S)|",
        "converges": projected,
        "update": BOTH_UPDATE + SPHERE * projected,
        "source": "both-layers-descent",
    }


def _both_layers_spurious() -> dict[str, object]:
    """In the angle delta = pi - phi, so that zero is exact."""
    angle, s, t, h, delta = both.phi, both.s, both.t, both_descent.h, Symbol("delta")
    k, S = both.k, both.S
    height = G(angle).unfolded().subs(angle, pi - delta)
    turn = _renamed(both_descent.turn()).xreplace({both.V: Integer(1)}).subs(angle, pi - delta)
    centre = (spurious_s(), (k - 1) * S / (k + pi - 1))
    return {
        "settings": BOTH,
        "whole": ("k",),
        "definitions": (_let(h, turn), f"g = {from_sympy(height)}",
                        f"s_spurious = {_text(centre[0])}", f"t_spurious = {_text(centre[1])}"),
        "coordinates": (
            ("delta in [0, pi]", "angle of v and -w*", _text(delta + atan(h)), "0"),
            ("s real", "|w*| a.a*", _text(_renamed(both_descent.next_s(Symbol("g")))), "s_spurious"),
            ("t real", "1.a", _text(_renamed(both_descent.next_t(Symbol("g")))), "t_spurious"),
        ),
        "where": "",
        "square": _text(delta**2 + (s - Symbol("s_spurious")) ** 2 + (t - Symbol("t_spurious")) ** 2),
        "distance": "|(delta, s - s_spurious, t - t_spurious)|",
        "converges": False,
        "update": BOTH_UPDATE + SPHERE,
        "source": "both-layers-descent",
    }  # fmt: skip


def _symmetric() -> dict[str, object]:
    """With arcs that are exactly zero at the teacher: phi = pi/2 - b, phi_star = pi/2 - b_star."""
    m = symmetric_multi_neuron
    K, x, y = two_layer_loss.K, m.x, m.y
    arc, arc_star, cosine, theta = Symbol("b"), Symbol("b_star"), Symbol("c"), Symbol("theta")
    sines = {sin(m.phi): sqrt(1 - cosine**2), sin(m.phi_star): sqrt(1 - (m.alpha * y) ** 2),
             sin(m.theta): sqrt(K - 1) * m.alpha * y}  # fmt: skip
    angles = {m.phi: pi / 2 - arc, m.phi_star: pi / 2 - arc_star, m.theta: theta}
    renamed = {symmetric_descent.eta: Symbol("step"), **angles}
    return {
        "settings": (("K", "number of neurons", "2"),),
        "whole": ("K",),
        "definitions": (
            _let(m.alpha, m.DEFINITIONS[m.alpha]),
            _let(cosine, m.alpha**2 * (2 * x * y + (K - 2) * y**2)),
            _let(theta, atan(sqrt(K - 1) * y / x)),
            _let(arc, atan(cosine / sqrt(1 - cosine**2))),
            _let(arc_star, atan(m.alpha * y / sqrt(1 - (m.alpha * y) ** 2))),
            _let(m.Q, m.DEFINITIONS[m.Q].xreplace(sines)),
        ),
        "coordinates": (
            ("x in (0, 1]", "w_j.e_j", _text(symmetric_descent.next_own().xreplace(renamed)), "1"),
            ("y in [0, 1)", "w_j.e_i for the other i", _text(symmetric_descent.next_other().xreplace(renamed)), "0"),
        ),
        "where": "",
        "square": _text(K * ((x - 1) ** 2 + (K - 1) * y**2)),
        "distance": "|W - W*|",
        "converges": True,
        "update": "w_j <- w_j - step*grad_j J for J = 1/2 E (sum_j relu(w_j.z) - sum_j relu(e_j.z))^2, z ~ N(0, I), "
        "from w_j = x e_j + y sum_(i != j) e_i",
        "source": "symmetric-descent",
    }  # fmt: skip


def _text(formula: Expr) -> str:
    return from_sympy(formula, ("G",))


def _let(name: Symbol, formula: Expr) -> str:
    return f"{name} = {_text(formula)}"


def vocabulary() -> str:
    """The whole file."""
    entries = []
    for name, fields in descents():
        lines = [f'    "{name}": NamedDescent(']
        for field in FIELDS:
            value = fields[field]
            if field == "coordinates":
                parts = "\n".join(f"            Coordinate{part!r}," for part in value)  # type: ignore[attr-defined]
                lines.append(f"        (\n{parts}\n        ),")
            elif isinstance(value, str) and len(value) > LONG:
                parts = "\n".join(f"            {part!r}" for part in wrap(value, LONG, drop_whitespace=False))
                lines.append(f"        (\n{parts}\n        ),")
            else:
                lines.append(f"        {value!r},")
        entries.append("\n".join([*lines, "    ),"]))
    return HEADER + "\n".join(entries) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(vocabulary(), encoding="utf-8")
