"""Both layers trained: the teacher, the point at the angle pi, and a saddle between them if that one is a minimum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import pi

from relucert.certify.landscapes.profile import G, decimal, root
from relucert.certify.landscapes.theorem import BOUND, ZEROS, CriticalPoint, Landscape, Parameter, Part, Sentence

SUMMARY = (
    "both layers trained, filter v at the angle phi to w*, output weights a: s = a.a*, t = 1.a, S = 1.a*, N = |a*|^2"
)
PARAMETERS = (
    Parameter("k", "2..6", "numbers of output weights", least=Fraction(2), most=Fraction(1000)),
    Parameter("teacher", "", "output weights a* of the teacher instead of k, e.g. 1,-4/5", "rationals"),
    Parameter("delta", "1/10", "radius of the balls round the critical points, two output weights", "rational",
              Fraction(1, 1000)),
)  # fmt: skip
DERIVATIONS = (
    "both-layers-reduced",
    "both-layers-gradient",
    "both-layers-hessian",
    "both-layers-global-minimum",
    "both-layers-spurious-minimum",
    "both-layers-saddle",
)
ANY = "in (-inf, inf)"
STATE = ("phi in [0, pi]", f"s {ANY}", f"t {ANY}", "n in [0, inf)", f"S {ANY}", "N in (0, inf)")

GENERAL = (
    Part(
        "slope-of-the-filter",
        "the gradient in the filter, |s|*(pi - phi)*sin(phi)/(2*pi*|v|), is zero at the angles 0 and pi and for s = 0",
        "(pi - phi)*sin(phi) > 0",
        ("phi in (0, pi)",),
    ),
    Part(
        "against-the-angle-pi",
        "the loss exceeds that of the same output weights at the angle pi by -s*G(phi)/(2*pi)",
        "2*pi*(loss_B(phi, s, t, n, S, N) - loss_B(pi, s, t, n, S, N)) = -s*G(phi)",
        STATE,
    ),
    Part("G-is-positive", "and G is positive below the angle pi", "G(phi) > 0", ("phi in [0, pi)",)),
    Part(
        "teacher-has-loss-zero",
        "the loss is an expectation of a square, and zero at the teacher",
        "loss_B(0, N, S, N, S, N) = 0",
        (f"S {ANY}", "N in (0, inf)"),
    ),
)


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """First what holds for every teacher, then two teachers for each k, or the one that is given."""
    yield Landscape(
        "every-teacher",
        (
            Sentence(
                "For every number of output weights and every a* != 0: at a critical point with v != 0 the angle "
                "is 0 or pi, or s = a.a* = 0.",
                ("slope-of-the-filter",),
            ),
        ),
        GENERAL,
        derivations=DERIVATIONS,
    )
    (delta,) = values["delta"]
    if values["teacher"]:
        yield _with(values["teacher"], delta)
        return
    for k in values["k"]:
        opposite = [Fraction(1), Fraction(-4, 5)] + [Fraction(0)] * (int(k) - 2)
        yield _with(tuple(opposite), delta)
        yield _with((Fraction(1),) * int(k), delta)


def _with(teacher: tuple[Fraction, ...], delta: Fraction) -> Landscape:
    k, total, square = len(teacher), sum(teacher, Fraction(0)), sum((a * a for a in teacher), Fraction(0))
    spurious = pi * float(total) ** 2 < (k + pi - 1) * float(square)
    S, N = f"({total})", f"({square})"
    plus, minus = f"({k} + pi - 1)", f"({k} - 1)"

    # 2 pi times the gradient in a, along 1 and along a*; it vanishes if both do, being (c a + (t - S) 1 - (G - 1) a*)
    def along_ones(g: str) -> str:
        return f"{plus}*t - ({k} + {g} - 1)*{S} != 0"

    def along_teacher(g: str, s: str, t: str) -> str:
        return f"(pi - 1)*{s} - ({g} - 1)*{N} + {S}*({t} - {S}) != 0"

    between = _zeros_between(k, float(total), float(square)) if spurious else ()
    parts = [
        Part("condition", "this number decides whether the point at the angle pi is a minimum",
             f"pi*{S}^2 {'<' if spurious else '>'} {plus}*{N}"),
        Part("angle-0-t", "the gradient along 1 at the angle 0, where G is pi", along_ones("pi"), (f"t {ANY}",),
             kind=ZEROS, expected=1),
        Part("angle-0-s", "and then along a*", along_teacher("pi", "s", S), (f"s {ANY}",), kind=ZEROS, expected=1),
        Part("angle-pi-t", "the gradient along 1 at the angle pi, where G is 0", along_ones("0"), (f"t {ANY}",),
             kind=ZEROS, expected=1),
        Part("angle-pi-s", "and then along a*", along_teacher("0", "s", f"({minus}*{S}/{plus})"), (f"s {ANY}",),
             kind=ZEROS, expected=1),
        Part("between", "both, at angles between, with s = 0",
             f"{along_teacher('G(phi)', '0', 't')} or {along_ones('G(phi)')}", ("phi in (0, pi)", f"t {ANY}"),
             kind=ZEROS, expected=int(spurious), guesses=between),
        Part("sign-at-pi", f"there s is {'negative' if spurious else 'positive'}",
             f"(pi*{S}^2/{plus} - {N})/(pi - 1) {'<' if spurious else '>'} 0"),
    ]  # fmt: skip
    length = "n(phi, s, t) = ((G(phi) - 1)*s - (t - S)*t)/(pi - 1)"
    let = (f"S = {S}", f"N = {N}", length)
    loss = "loss_B(phi, s, t, n(phi, s, t), S, N)"
    points = [
        CriticalPoint("teacher", "phi = 0, a = a*", "global minimum", ("teacher-has-loss-zero",), (("phi", "0"),),
                      ("angle-0-t", "angle-0-s"), (float(total), float(square)), "0"),
        CriticalPoint("opposite", f"phi = pi, a = (pi*S/{plus}*1 - a*)/(pi - 1)",
                      "local minimum" if spurious else "degenerate saddle",
                      ("condition", "sign-at-pi", "against-the-angle-pi", "G-is-positive"), (("phi", "pi"),),
                      ("angle-pi-t", "angle-pi-s"), (), loss, let),
    ]  # fmt: skip
    if spurious:
        parts.append(
            Part("curvature-of-the-profile", "the least loss over a has a negative second derivative in phi for s = 0: "
                 "-((pi - phi)*sin(phi))^2*(N - S^2/(k + pi - 1))/(2*pi*(pi - 1))",
                 f"((pi - phi)*sin(phi))^2*({N} - {S}^2/{plus})/(2*pi*(pi - 1)) > 0", ("phi in (0, pi)",))
        )  # fmt: skip
        points.append(
            CriticalPoint("between", f"G(phi) = ({plus}*N - pi*S^2)/({plus}*N - S^2), s = 0",
                          "saddle", ("between", "curvature-of-the-profile"), (("s", "0"),), ("between",), between[0],
                          loss, let)
        )  # fmt: skip
    fate = "is a spurious local minimum" if spurious else "is no minimum"
    cases = ("slope-of-the-filter", "angle-0-t", "angle-0-s", "angle-pi-t", "angle-pi-s", "between")
    says = [
        Sentence(
            f"For a* = ({', '.join(map(str, teacher))}), pi*S^2 {'<' if spurious else '>'} (k + pi - 1)*N: up to the "
            f"length of v and rotations round w*, the critical points with v != 0 are the "
            f"{'three' if spurious else 'two'} in the table.", cases, tuple(point.name for point in points)),
        Sentence(f"The one at the angle pi {fate}.", ("condition", "sign-at-pi"), ("opposite",)),
    ]  # fmt: skip
    if k == 2:
        parts.append(_gradient(teacher, delta, between[0][0] if spurious else None))
        says.append(Sentence(
            f"For |v| = 1 and (v, a) at least {delta} away from these points, the gradient is no shorter than the "
            "bound.", ("gradient",)))  # fmt: skip
    name = "teacher-" + "_".join(str(a).replace("/", "over").replace("-", "minus") for a in teacher)
    setting = {"teacher": ",".join(map(str, teacher)), "delta": str(delta)}
    return Landscape(name, tuple(says), tuple(parts), tuple(points), DERIVATIONS, setting)


def _gradient(teacher: tuple[Fraction, ...], delta: Fraction, angle: float | None) -> Part:
    """Two output weights; p and q are 2 pi times the gradient in them, of which the weights are affine functions."""
    first, second = (f"({a})" for a in teacher)
    total = f"({sum(teacher, Fraction(0))})"
    state = "(phi, p, q)"
    let = (
        f"t{state} = (p + q + (1 + G(phi))*{total})/(1 + pi)",
        f"a{state} = (p + (G(phi) - 1)*{first} - (t{state} - {total}))/(pi - 1)",
        f"b{state} = (q + (G(phi) - 1)*{second} - (t{state} - {total}))/(pi - 1)",
        f"s{state} = {first}*a{state} + {second}*b{state}",
    )
    away = []
    for centre in [0.0, pi] if angle is None else [0.0, pi, angle]:
        level = G(centre)
        shift = (1 + level) / (1 + pi) * float(sum(teacher)) - float(sum(teacher))
        x, y = (decimal(((level - 1) * float(a) - shift) / (pi - 1)) for a in teacher)
        turned = {0.0: "phi", pi: "phi - pi"}.get(centre, f"phi - {decimal(centre)}")
        away.append(f"2 - 2*cos({turned}) + (a{state} - {x})^2 + (b{state} - {y})^2 >= ({delta})^2")
    return Part(
        "gradient",
        f"the gradient at least {delta} away from the points, in terms of its part in the output weights, "
        "(p, q)/(2*pi)",
        f"(p^2 + q^2 + (s{state}*(pi - phi)*sin(phi))^2)/(2*pi)^2",
        ("phi in [0, pi]", "p in (-inf, inf)", "q in (-inf, inf)"),
        tuple(away),
        let,
        kind=BOUND,
    )


def _zeros_between(k: int, total: float, square: float) -> tuple[tuple[float, float], ...]:
    """The angle with s = 0, by bisection: G falls from pi to 0."""
    level = ((k + pi - 1) * square - pi * total**2) / ((k + pi - 1) * square - total**2)
    return ((root(lambda angle: G(angle) - level, 0.0, pi), (k + level - 1) * total / (k + pi - 1)),)
