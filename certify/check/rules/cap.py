"""Rule cap: what a bound z.u + kappa says about the unit vectors that violate the claim.

::

    phi(u) <= z.u + kappa on the node        tau = T - kappa > 0
    ------------------------------------------------------------
    every unit u of the node with phi(u) > T satisfies z.u > tau

With A = x.z, N = |x|^2, Z = |z|^2 and u a unit vector with z.u >= tau > -|z|, z not 0:

    x.u <= |x|                                           if A >= tau |x|,
    x.u <= (A tau + sqrt((N Z - A^2)(Z - tau^2))) / Z    otherwise;        the lower end is minus this for -x;
    for tau > 0:  x.u >= 0 if A > 0 and A^2 >= N (Z - tau^2);      x.u <= 0 if A < 0 and A^2 >= N (Z - tau^2).

Proof: write u = (s/Z) z + v with v orthogonal to z, s = z.u in [tau, |z|]; then
x.u <= A s/Z + sqrt((N - A^2/Z)(1 - s^2/Z)), which is concave in s with its peak |x| at s = A/|x|.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from relucert.certify.check.numbers import sqrt_up

INTERVAL_BITS = 48  # ends of intervals are integers in units of 2^-48 of the rows' unit
SLOPE_BITS = 32  # secant slopes are nu_i * integer / 2^32


@dataclass(frozen=True)
class Cap:
    """The set {u : |u| = 1, z.u > tau}, everything divided by the unit of z: m = z / unit, t = tau / unit = tn / td.

    squared_length = |m|^2;  tn2, td2 are the squares;  remainder = (|m|^2 - t^2) td^2: when it is not positive the
    cap is empty and every conclusion is true of it.
    """

    squared_length: int
    tn: int
    td: int
    tn2: int
    td2: int
    remainder: int

    @staticmethod
    def of(squared_length: int, tn: int, td: int) -> Cap:
        tn, td = tn // gcd(tn, td), td // gcd(tn, td)
        return Cap(squared_length, tn, td, tn * tn, td * td, max(0, squared_length * td * td - tn * tn))

    def sign(self, product: int, squared_norm: int) -> int:
        """For t > 0: +1 if x.u >= 0 on the cap, -1 if x.u <= 0 on it, 0 if A = product, N = squared_norm do not say."""
        if product and product * product * self.td2 >= squared_norm * self.remainder:
            return 1 if product > 0 else -1
        return 0

    def interval(self, product: int, squared_norm: int) -> tuple[int, int]:
        """(L, U), integers with L <= 2^INTERVAL_BITS x.u <= U on the cap."""
        orthogonal = squared_norm * self.squared_length - product * product
        root = sqrt_up((orthogonal * self.remainder) << (2 * INTERVAL_BITS))
        middle, scale = (product * self.tn) << INTERVAL_BITS, self.squared_length * self.td
        reach = sqrt_up(squared_norm << (2 * INTERVAL_BITS))
        return (
            -reach if self._reaches_norm(-product, squared_norm) else (middle - root) // scale,
            reach if self._reaches_norm(product, squared_norm) else -(-(middle + root) // scale),
        )

    def _reaches_norm(self, product: int, squared_norm: int) -> bool:
        """A >= t |x|, by the signs and the squares of both sides: x/|x| lies in the cap."""
        excess = product * product * self.td2 - self.tn2 * squared_norm
        return product > 0 and excess >= 0 if self.tn > 0 else product >= 0 or excess <= 0


def secant_slope(lower: int, upper: int) -> int:
    """The slope U / (U - L) of the chord of relu over [L, U], L < 0 < U, in units of 2^-SLOPE_BITS, rounded down."""
    return (upper << SLOPE_BITS) // (upper - lower)


def secant_constant(nu: int, slope: int, lower: int, upper: int) -> int:
    """max over t in [L, U] of nu (relu(t) - slope t), nu > 0, L <= 0 <= U, 0 <= slope <= 1; unit 2^-(48 + 32)."""
    return nu * max(-slope * lower, ((1 << SLOPE_BITS) - slope) * upper)
