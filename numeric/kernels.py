"""Means over x ~ N(0, I_d) of ReLU neurons in closed form, batched over leading axes.

Written by hand and without the formulas that `relucert derive` prints, as a second opinion on them; `relucert
crosscheck` compares the two.  All functions broadcast over the leading axes of (..., d) arrays, in float64 or float32.

Near opposite directions the angular function G is of third order in the supplement pi - theta, so the supplement, not
the angle, is what is computed here: 2 atan2(|û + v̂|, |û - v̂|) is accurate to the last digits at both ends.
"""

from __future__ import annotations

import math

from relucert.numeric.arrays import Array, inner, namespace, norm

# sin(t) - t cos(t) = sum over n >= 1 of (-1)^(n+1) 2n/(2n+1)! t^(2n+1); below 0.4 six terms give all digits of float64
SERIES_BELOW = 0.4
_SERIES = tuple((-1) ** (n + 1) * 2 * n / math.factorial(2 * n + 1) for n in range(1, 8))


def supplement(u: Array, v: Array) -> Array:
    """pi minus the angle between u and v, (..., d), (..., d) -> (...); for a zero vector pi/2."""
    xp = namespace(u, v)
    # |v| u and |u| v have the same length: no division, and zero vectors give atan2(0, 0) = 0, corrected below
    one, other = norm(v)[..., None] * u, norm(u)[..., None] * v
    plus, minus = norm(one + other), norm(one - other)
    found = 2 * xp.atan2(plus, minus)
    return xp.where((plus == 0) & (minus == 0), found + math.pi / 2, found)


def angle(u: Array, v: Array) -> Array:
    """The angle in [0, pi] between u and v, (..., d), (..., d) -> (...); accurate near 0 and near pi."""
    return supplement(-u, v)


def polar(u: Array, unit: Array) -> tuple[Array, Array]:
    """|u| and pi minus the angle between u and one fixed unit vector: (..., d), (d,) -> (...), (...).

    Half the work of `supplement`, and as accurate, because u's part orthogonal to the unit vector is computed as a
    vector and not from the cosine.
    """
    xp = namespace(u, unit)
    along = inner(u, unit)  # the last bits of a matrix product depend on how many rows there are
    across = norm(u - along[..., None] * unit)
    return xp.hypot(along, across), xp.atan2(across, -along)


def angular_kernel(supplementary: Array) -> Array:
    """G(theta) = sin(theta) + (pi - theta) cos(theta) as a function of t = pi - theta: sin(t) - t cos(t)."""
    xp = namespace(supplementary)
    t = supplementary
    square = t * t
    series = 0 * t
    for coefficient in reversed(_SERIES):
        series = series * square + coefficient
    return xp.where(t < SERIES_BELOW, series * t * square, xp.sin(t) - t * xp.cos(t))


def relu_kernel(u: Array, v: Array) -> Array:
    """E relu(u·x) relu(v·x) = |u||v| G(theta) / (2 pi), (..., d), (..., d) -> (...).

    Brutzkus & Globerson 2017, Section 4; half the arc-cosine kernel of order 1 of Cho & Saul 2009.
    """
    return norm(u) * norm(v) * angular_kernel(supplement(u, v)) / (2 * math.pi)


def relu_kernel_gradient(u: Array, v: Array) -> Array:
    """E x 1(u·x > 0) relu(v·x), the gradient of `relu_kernel` in u for a fixed v: (..., d), (..., d) -> (..., d).

    Equal to (|v| sin(theta) û + (pi - theta) v) / (2 pi).  For v = 0 it is 0; at u = 0 with v not 0 there is none.

    Raises
    ------
    ValueError
        u has a zero vector where v has none.
    """
    xp = namespace(u, v)
    length, other = norm(u), norm(v)
    if bool(xp.any((length == 0) & (other != 0))):
        raise ValueError("the gradient does not exist at a zero weight vector")
    t = supplement(u, v)
    scale = other * xp.sin(t) / xp.where(length == 0, xp.ones_like(length), length)
    return (scale[..., None] * u + t[..., None] * v) / (2 * math.pi)


def relu_kernel_curvature(u: Array, v: Array, direction: Array) -> Array:
    """The Hessian of `relu_kernel` in u (v fixed) applied to a direction: (..., d) three times -> (..., d).

    |v| sin(theta) / (2 pi |u|) times (I - û ûᵀ + n nᵀ), n the unit vector of v's part orthogonal to u; 0 where u and v
    are parallel.  ValueError at u = 0.
    """
    xp = namespace(u, v)
    length = norm(u)[..., None]
    _require_nonzero(length)
    hat = u / length
    across = v - inner(v, hat)[..., None] * hat
    sine = norm(across)  # |v| sin(theta)
    normal = across / xp.where(sine == 0, xp.ones_like(sine), sine)[..., None]
    projected = direction - inner(direction, hat)[..., None] * hat + inner(direction, normal)[..., None] * normal
    return sine[..., None] / (2 * math.pi * length) * projected


def relu_kernel_mixed(u: Array, v: Array, direction: Array) -> Array:
    """The change of `relu_kernel_gradient(u, v)` when v moves in a direction: (..., d) three times -> (..., d).

    The matrix E x xᵀ 1(u·x > 0) 1(v·x > 0) applied to the direction, found by differentiating the gradient in v.
    """
    xp = namespace(u, v)
    lengths = norm(u), norm(v)
    for length in lengths:
        _require_nonzero(length)
    hat_u, hat_v = u / lengths[0][..., None], v / lengths[1][..., None]
    t = supplement(u, v)
    cosine = inner(hat_u, hat_v)
    across = hat_u - cosine[..., None] * hat_v  # |across| = sin(theta), orthogonal to v
    sine = norm(across)
    normal = across / xp.where(sine == 0, xp.ones_like(sine), sine)[..., None]
    radial, turn = inner(direction, hat_v), inner(direction, normal)  # turn = - |v| d theta
    # moving v turns it by -turn/|v| against theta: d(|v| sin) = sin radial - cos turn, d(pi - theta) = turn/|v|
    along = sine * radial - cosine * turn
    return (along[..., None] * hat_u + t[..., None] * direction + turn[..., None] * hat_v) / (2 * math.pi)


def _require_nonzero(length: Array) -> None:
    if bool(namespace(length).any(length == 0)):
        raise ValueError("the curvature does not exist at a zero weight vector")


def step_kernel(u: Array, v: Array) -> Array:
    """P(u·x > 0, v·x > 0) = (pi - theta) / (2 pi), half the arc-cosine kernel of order 0: (..., d) twice -> (...)."""
    return supplement(u, v) / (2 * math.pi)


def relu_mean(u: Array) -> Array:
    """E relu(u·x) = |u| / sqrt(2 pi), (..., d) -> (...)."""
    return norm(u) / math.sqrt(2 * math.pi)
