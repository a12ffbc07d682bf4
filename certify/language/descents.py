"""Gradient descent in reduced coordinates, written by tools/descent_vocabulary.py from symbolic/."""

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
    "non-overlapping": NamedDescent(
        (("k", "number of disjoint patches", "2"),),
        ("k",),
        (
            "C = k - 1 + pi",
            "mu = step/(pi*k)",
            "p = mu*(k + G(theta) - 1) + r*(-C*mu + 1)",
            "q = mu*(pi - theta)*sin(theta)",
        ),
        (
            Coordinate("r in (0, inf)", "|w|/|w*|", "sqrt(p^2 + q^2)", "1"),
            Coordinate("theta in [0, pi]", "angle of w and w*", "theta - atan(q/p)", "0"),
        ),
        "p > 0",
        "r^2 - 2*r*cos(theta) + 1",
        "|w - w*|/|w*|",
        True,
        (
            "w <- w - step*grad l for l = E ((1/k) sum_i relu(w.x_i) - (1/k) sum_i relu(w*.x_i))^2, "
            "without a factor 1/2, x_i ~ N(0, I)"
        ),
        "non-overlapping-reduced-descent",
    ),
    "both-layers": NamedDescent(
        (("k", "number of patches", "2"), ("S", "|w*| 1.a*", "1/5"), ("N", "|w*|^2 |a*|^2", "41/25")),
        ("k",),
        ("h = s*step*(pi - phi)*sin(phi)/(2*pi*V)",),
        (
            Coordinate("phi in [0, pi]", "angle of v and w*", "phi - atan(h)", "0"),
            Coordinate(
                "s real", "|w*| a.a*", "s*(-step*(-1 + pi)/(2*pi) + 1) + step*(N*(G(phi) - 1) + S*(S - t))/(2*pi)", "N"
            ),
            Coordinate("t real", "1.a", "S*step*(k + G(phi) - 1)/(2*pi) + t*(-step*(k - 1 + pi)/(2*pi) + 1)", "S"),
            Coordinate("V in (0, inf)", "|v|^2", "V*(h^2 + 1)", ""),
        ),
        "",
        "phi^2 + (-N + s)^2 + (-S + t)^2",
        "|(phi, s - N, t - S)|",
        False,
        (
            "v <- v - step*grad_v L, a <- a - step*grad_a L for L = 1/2 E (sum_j a_j relu(v.Z_j)/|v| - "
            "sum_j a*_j relu(w*.Z_j))^2, Z_j ~ N(0, I)"
        ),
        "both-layers-descent",
    ),
    "both-layers-on-sphere": NamedDescent(
        (("k", "number of patches", "2"), ("S", "|w*| 1.a*", "1/5"), ("N", "|w*|^2 |a*|^2", "41/25")),
        ("k",),
        ("h = s*step*(pi - phi)*sin(phi)/(2*pi)",),
        (
            Coordinate("phi in [0, pi]", "angle of v and w*", "phi - atan(h)", "0"),
            Coordinate(
                "s real", "|w*| a.a*", "s*(-step*(-1 + pi)/(2*pi) + 1) + step*(N*(G(phi) - 1) + S*(S - t))/(2*pi)", "N"
            ),
            Coordinate("t real", "1.a", "S*step*(k + G(phi) - 1)/(2*pi) + t*(-step*(k - 1 + pi)/(2*pi) + 1)", "S"),
        ),
        "",
        "phi^2 + (-N + s)^2 + (-S + t)^2",
        "|(phi, s - N, t - S)|",
        True,
        (
            "v <- v - step*grad_v L, a <- a - step*grad_a L for L = 1/2 E (sum_j a_j relu(v.Z_j)/|v| - "
            "sum_j a*_j relu(w*.Z_j))^2, Z_j ~ N(0, I); after every step v is divided by its length"
        ),
        "both-layers-descent",
    ),
    "both-layers-spurious": NamedDescent(
        (("k", "number of patches", "2"), ("S", "|w*| 1.a*", "1/5"), ("N", "|w*|^2 |a*|^2", "41/25")),
        ("k",),
        (
            "h = delta*s*step*sin(delta)/(2*pi)",
            "g = -delta*cos(delta) + sin(delta)",
            "s_spurious = (-N + pi*S^2/(k - 1 + pi))/(-1 + pi)",
            "t_spurious = S*(k - 1)/(k - 1 + pi)",
        ),
        (
            Coordinate("delta in [0, pi]", "angle of v and -w*", "delta + atan(h)", "0"),
            Coordinate(
                "s real",
                "|w*| a.a*",
                "s*(-step*(-1 + pi)/(2*pi) + 1) + step*(N*(g - 1) + S*(S - t))/(2*pi)",
                "s_spurious",
            ),
            Coordinate("t real", "1.a", "S*step*(g + k - 1)/(2*pi) + t*(-step*(k - 1 + pi)/(2*pi) + 1)", "t_spurious"),
        ),
        "",
        "delta^2 + (s - s_spurious)^2 + (t - t_spurious)^2",
        "|(delta, s - s_spurious, t - t_spurious)|",
        False,
        (
            "v <- v - step*grad_v L, a <- a - step*grad_a L for L = 1/2 E (sum_j a_j relu(v.Z_j)/|v| - "
            "sum_j a*_j relu(w*.Z_j))^2, Z_j ~ N(0, I); after every step v is divided by its length"
        ),
        "both-layers-descent",
    ),
    "symmetric": NamedDescent(
        (("K", "number of neurons", "2"),),
        ("K",),
        (
            "alpha = 1/sqrt(x^2 + y^2*(K - 1))",
            "c = alpha^2*(2*x*y + y^2*(K - 2))",
            "theta = atan(y*sqrt(K - 1)/x)",
            "b = atan(c/sqrt(1 - c^2))",
            "b_star = atan(alpha*y/sqrt(-alpha^2*y^2 + 1))",
            "Q = alpha^2*y*sqrt(K - 1) + (K - 1)*(alpha*sqrt(-alpha^2*y^2 + 1) - sqrt(1 - c^2))",
        ),
        (
            Coordinate(
                "x in (0, 1]",
                "w_j.e_j",
                "-step*(-Q*x + theta + (-b + pi/2)*(x - 1) + (b + pi/2)*(x + y*(K - 1) - 1))/(2*pi) + x",
                "1",
            ),
            Coordinate(
                "y in [0, 1)",
                "w_j.e_i for the other i",
                "-step*(-Q*y + b - b_star + y*(-b + pi/2) + (b + pi/2)*(x + y*(K - 1) - 1))/(2*pi) + y",
                "0",
            ),
        ),
        "",
        "K*(y^2*(K - 1) + (x - 1)^2)",
        "|W - W*|",
        True,
        (
            "w_j <- w_j - step*grad_j J for J = 1/2 E (sum_j relu(w_j.z) - sum_j relu(e_j.z))^2, z ~ "
            "N(0, I), from w_j = x e_j + y sum_(i != j) e_i"
        ),
        "symmetric-descent",
    ),
}
