"""Verify derivations: every step's own check, and both sides at random rational points to 30 digits."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath as mp
from sympy import Derivative, Expr, Integer, Integral, Limit, Symbol, oo

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Step
from relucert.symbolic.evaluate import WORKING_DIGITS, EvaluationError, value
from relucert.symbolic.expressions import RankError, rank
from relucert.symbolic.frames import Frame, FrameError, GaussianMean, Index, rational
from relucert.symbolic.zero import differentiated, is_zero

POINTS = 5
DEFAULT_DOMAIN = (Fraction(1, 8), Fraction(2))
DENOMINATOR = 97  # of the random points: no accidental zeros or equal coordinates

Equalities = tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class StepReport:
    """What became of a step.

    Attributes
    ----------
    step, kind : str
    verified : bool
    detail : str
        Why it failed: the two sides and the point where they differ, or what could not be proved; else empty.
    """

    step: str
    kind: str
    verified: bool
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """What became of a derivation."""

    derivation: str
    steps: tuple[StepReport, ...]

    @property
    def verified(self) -> bool:
        """All steps are verified, and there is one."""
        return bool(self.steps) and all(step.verified for step in self.steps)

    def count(self, kind: str) -> int:
        """Number of steps of a kind."""
        return sum(step.kind == kind for step in self.steps)


class Failure(Exception):
    """Why a step is not verified."""


def verify(derivation: Derivation) -> Report:
    """Check every step; nothing is skipped after a failure."""
    return Report(derivation.name, tuple(_report(derivation, step) for step in derivation.steps))


def _report(derivation: Derivation, step: Step) -> StepReport:
    try:
        seed = f"{derivation.name}/{step.name}"
        verify_step(step, derivation.frame_of(step), seed=seed, equalities=_inserted(derivation, step))
    except (Failure, EvaluationError, RankError, FrameError) as failure:
        return StepReport(step.name, step.check.kind, False, str(failure))
    return StepReport(step.name, step.check.kind, True)


def _inserted(derivation: Derivation, step: Step) -> Equalities:
    """The equalities of the earlier steps that an identity inserts."""
    if not isinstance(step.check, Identity):
        return ()
    earlier = {before.name: before for before in derivation.steps[: derivation.steps.index(step)]}
    for name in step.check.inserting:
        if name not in earlier or earlier[name].relation != "=":
            raise Failure(f"no earlier step {name!r} is an equality that could be inserted")
    pairs = tuple((earlier[name].left, earlier[name].right) for name in step.check.inserting)
    for number in range(len(pairs)):
        before = _with(step, pairs[:number])
        after = _with(before, pairs[number : number + 1])
        if (after.left, after.right) == (before.left, before.right):
            raise Failure(f"there is nothing to insert the step {step.check.inserting[number]!r} for")
    return pairs


def verify_step(step: Step, frame: Frame, *, seed: str, equalities: Equalities = ()) -> None:
    """Check one step; what an identity inserts comes as pairs of left and right sides.

    Raises
    ------
    Failure
        With the two sides, and where they differ.
    """
    if rank(step.left) != rank(step.right):
        raise Failure(f"the left side has rank {rank(step.left)}, the right side rank {rank(step.right)}")
    frames = [frame]
    if isinstance(step.check, Identity) and step.check.sizes:
        frames = [frame.extended(sizes=dict(sizes)) for sizes in step.check.sizes]
    for chosen in frames:
        left, right = _sides(step, chosen)
        _compare(step, left, right, chosen, seed)  # first: numbers refute a wrong step sooner than algebra gives up
        algebra = _sides(_with(step, equalities), chosen) if equalities else (left, right)
        for index in left:
            _check(step, algebra[0][index], algebra[1][index], chosen)


def _with(step: Step, equalities: Equalities) -> Step:
    left, right = step.left, step.right
    for old, new in equalities:
        left, right = _inserting(left, old, new), _inserting(right, old, new)
    return replace(step, left=left, right=right)


def _inserting(side: Expr, old: Expr, new: Expr) -> Expr:
    """The whole formula `old` wherever it occurs, under a sum too; else a product within a longer one."""
    whole: Expr = side.xreplace({old: new})
    return side.subs(old, new) if whole == side else whole


def _sides(step: Step, frame: Frame) -> tuple[Mapping[Index, Expr], Mapping[Index, Expr]]:
    places = (frame._dimension(step.left) or frame.dimension(step.right),) * rank(step.left)
    indices = [()] if not places else list(_indices(places))
    sides = ({index: frame.component(side, index) for index in indices} for side in (step.left, step.right))
    return next(sides), next(sides)


def _indices(places: tuple[int, ...]) -> list[Index]:
    found: list[Index] = [()]
    for size in places:
        found = [(*index, place) for index in found for place in range(size)]
    return found


def _check(step: Step, left: Expr, right: Expr, frame: Frame) -> None:
    check = step.check
    if isinstance(check, Identity):
        _check_identity(step, left, right, frame)
    elif isinstance(check, Calculus):
        _check_calculus(step, left, right, frame)
    elif isinstance(check, Argument):
        _check_argument(step, left, right)


def _check_identity(step: Step, left: Expr, right: Expr, frame: Frame) -> None:
    assert isinstance(step.check, Identity)
    if left.has(GaussianMean) and left != right:
        raise Failure("algebra cannot compare means: this step needs an argument")
    difference = left - right
    if step.relation == "=":
        if not is_zero(difference):
            raise Failure(f"left - right is not proved to be zero: {_shown(step.left)}  vs  {_shown(step.right)}")
        return
    if step.check.witness is None:
        raise Failure("an inequality needs a witness for its sign")
    witness = frame.scalar(step.check.witness)
    greater = difference if step.relation in (">", ">=") else -difference
    if not is_zero(greater - witness):
        raise Failure(f"the difference of the two sides is not the witness {_shown(step.check.witness)}")
    signed = witness.is_positive if step.relation in ("<", ">") else witness.is_nonnegative
    if signed is not True:
        raise Failure(f"the sign of the witness {_shown(step.check.witness)} does not follow from the assumptions")


def _check_calculus(step: Step, left: Expr, right: Expr, frame: Frame) -> None:
    assert isinstance(step.check, Calculus)
    if step.check.primitive is None:
        if not (left.has(Derivative, Integral, Limit) or right.has(Derivative, Integral, Limit)):
            raise Failure("a calculus step needs a derivative, an integral or a limit on one side")
        difference = differentiated(differentiated(left - right).doit())
        if not is_zero(difference):
            raise Failure(f"carrying out the calculus does not give {_shown(step.right)}")
        return
    if not isinstance(left, Integral) or len(left.limits) != 1:
        raise Failure("a primitive is for a single integral on the left")
    (name, low, high) = left.limits[0]
    primitive = frame.scalar(step.check.primitive)
    if not is_zero(primitive.diff(name) - left.function):
        raise Failure(f"the derivative of the primitive {_shown(step.check.primitive)} is not the integrand")
    ends = [_at(differentiated(primitive), name, end) for end in (low, high)]
    if not is_zero(ends[1] - ends[0] - right):
        raise Failure(f"the primitive between the limits is not {_shown(step.right)}")


def _at(primitive: Expr, name: Symbol, end: Expr) -> Expr:
    return primitive.limit(name, end) if end in (oo, -oo) else primitive.subs(name, end)


def _check_argument(step: Step, left: Expr, right: Expr) -> None:
    assert isinstance(step.check, Argument)
    cases = step.check.special_cases
    if not cases:
        if not any(side.has(GaussianMean, Integral, Derivative, Limit) for side in (left, right)):
            raise Failure("an argument needs an independent confirmation: a mean, an integral, or special cases")
        return
    for case in cases:
        difference = (left - right).subs(dict(case))
        if not is_zero(difference.doit()):
            raise Failure(f"the special case {_point_shown(case)} is not proved")


def _compare(step: Step, left: Mapping[Index, Expr], right: Mapping[Index, Expr], frame: Frame, seed: str) -> None:
    """Both sides at random rational points of the frame's domain."""
    symbols = sorted(set().union(*(_free(side) for part in (left, right) for side in part.values())), key=str)
    generator = random.Random(zlib.crc32(seed.encode()))
    tolerance = mp.mpf(10) ** -step.digits
    for _ in range(POINTS if symbols else 1):
        point = {symbol: _random(symbol, frame, generator) for symbol in symbols}
        for index in left:
            one, other = value(left[index], point), value(right[index], point)
            with mp.workdps(WORKING_DIGITS):
                scale = max(abs(one), abs(other), mp.mpf(1))
                if step.relation == "=":
                    holds = abs(one - other) <= tolerance * scale
                else:
                    greater, smaller = (one, other) if step.relation in (">", ">=") else (other, one)
                    holds = greater > smaller if step.relation in (">", "<") else greater >= smaller
                if not holds:
                    place = f" in component {tuple(i + 1 for i in index)}" if index else ""
                    raise Failure(
                        f"{_shown(step.left)} = {mp.nstr(one, 15)} but {_shown(step.right)} = {mp.nstr(other, 15)}"
                        f"{place} at {_point_shown(point)}"
                    )


def _free(expression: Expr) -> set[Symbol]:
    bound = {name for node in expression.atoms(GaussianMean) for block in node.args[1:] for name in block}
    return {symbol for symbol in expression.free_symbols if symbol not in bound}  # Integral, Limit know their own


def _random(symbol: Symbol, frame: Frame, generator: random.Random) -> Any:
    if symbol.is_integer:
        low, high = frame.domains.get(symbol, (Fraction(2), Fraction(9)))
        return Integer(generator.randint(int(low), int(high)))
    low, high = frame.domains.get(symbol, DEFAULT_DOMAIN)
    share = Fraction(generator.randint(1, DENOMINATOR - 1), DENOMINATOR)
    return rational(low + (high - low) * share)


def _shown(expression: Expr) -> str:
    text = str(expression)
    return text if len(text) <= 160 else f"{text[:157]}..."


def _point_shown(point: Mapping[Symbol, object]) -> str:
    return ", ".join(f"{name} = {entry}" for name, entry in point.items()) or "the only point"
