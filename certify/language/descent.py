"""Named descents with settings and starts to claims about their iterates (docs/descent_certificate.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.claim import spell_rational
from relucert.certify.descent_claim import MAX_STEPS, DescentClaim
from relucert.certify.formula import RealFormula
from relucert.certify.language.builder import Builder
from relucert.certify.language.descent_vectors import VECTORS, from_vectors, read_vector
from relucert.certify.language.descents import DESCENTS, NamedDescent
from relucert.certify.language.errors import LanguageError, Source, suggestion
from relucert.certify.language.grammar import parse_all
from relucert.certify.language.meaning import Scope
from relucert.certify.language.ranges import Range, read_ranges
from relucert.certify.language.tokens import Tokens

_EQUALITY = re.compile(r"\s*([A-Za-z_]\w*\*?)\s*=(?!=)\s*(.*\S)\s*", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class DescentProblem:
    """A descent and what is asked about it.

    claim : as it will be proved, but for its steps and its trap.
    centre : places of the coordinates of the point round which a trap is wanted; none where none is.
    settings : the numbers that the map depends on, with the step, as texts.
    """

    name: str
    descent: NamedDescent
    claim: DescentClaim
    centre: tuple[int, ...] | None
    settings: dict[str, str]


def descent_problem(
    name: str,
    starts: Sequence[str],
    *,
    step: Fraction,
    settings: Mapping[str, str],
    radius: Fraction = Fraction(1, 100),
    target: str | None = None,
) -> DescentProblem:
    """The claim that a descent reaches a ball (or a target) from a box of starts, or from one point.

    Parameters
    ----------
    starts : ``"r in [1/2, 2]"``, ``"theta = 1"``, or vectors of the network, ``"w = (1, 2)"``, ``"w* = (0, 1)"``.
    radius : of the ball round the centre, in the distance that the descent names.
    target : a formula in the coordinates in place of the ball; then nothing is said about later iterates.

    Raises
    ------
    LanguageError
        One line with what is wrong, the text, the column and what to write instead.
    """
    source = Source("name", name)
    if name not in DESCENTS:
        raise LanguageError(
            f"unknown descent {name!r}", source, None, suggestion(name, DESCENTS, f"one of {', '.join(DESCENTS)}")
        )
    descent = DESCENTS[name]
    boxes, vectors = _starts(name, starts)
    points, known = from_vectors(name, vectors) if vectors else ({}, {})
    for key in (*settings, *known):
        if key not in [entry[0] for entry in descent.settings]:
            raise LanguageError(f"{name} has no setting {key!r}", Source("--set", key), None, _settings_of(descent))
        if key in settings and key in known:
            raise LanguageError(f"{key} is given by the vectors already", Source("--set", key), None, "leave it out")
    used = {key: default for key, _, default in descent.settings} | dict(settings) | known
    builder = Builder()
    scope = Scope(builder)
    ranges = [box for entry in descent.coordinates for box in read_ranges(Source("ranges", entry.range))]
    for index, box in enumerate(ranges):
        scope.declare(box.name, index, box.source, box.column)
    for key, text in {**used, "step": spell_rational(step)}.items():
        _define(scope, key, text, whole=key in descent.whole)
    for text in descent.definitions:
        scope.define(Source("definition", text))
    start = [_ends(scope, box.name, boxes, points) for box in ranges]
    where = scope.formula(Source("where", descent.where)) if descent.where else None
    wanted = f"{descent.square} <= ({spell_rational(radius)})^2" if target is None else target
    conclusion = scope.formula(Source("target", wanted))
    after = [_expression(scope, entry.after) for entry in descent.coordinates]
    has_centre = target is None and all(entry.centre for entry in descent.coordinates)
    centre = tuple([_expression(scope, entry.centre) for entry in descent.coordinates]) if has_centre else None
    variables = tuple([box.variable(scope) for box in ranges])
    formula = RealFormula("holds", variables, tuple(builder.nodes), tuple(builder.formulas), where, conclusion)
    claim = DescentClaim(formula, tuple(after), tuple(start), MAX_STEPS, None)
    return DescentProblem(name, descent, claim, centre, {**used, "step": spell_rational(step)})


def _settings_of(descent: NamedDescent) -> str:
    return f"it has {', '.join(f'{key} ({meaning})' for key, meaning, _ in descent.settings)}"


def _starts(name: str, texts: Sequence[str]) -> tuple[dict[str, Range | Source], dict[str, tuple[Fraction, ...]]]:
    """Ranges and numbers of coordinates, and vectors of the network."""
    boxes: dict[str, Range | Source] = {}
    vectors: dict[str, tuple[Fraction, ...]] = {}
    coordinates = [entry.range.partition(" ")[0] for entry in DESCENTS[name].coordinates]
    for place, text in enumerate(texts, start=1):
        source = Source(f"start {place}" if len(texts) > 1 else "start", text)
        equality = _EQUALITY.fullmatch(text)
        found: list[tuple[str, Range | Source]] = []
        if equality is not None and equality[1] in VECTORS.get(name, ()):
            if equality[1] in vectors:
                raise LanguageError(f"{equality[1]} occurs twice", source, None, "give it once")
            vectors[equality[1]] = read_vector(source, equality[2])
        elif equality is not None:
            found.append((equality[1], Source(source.label, equality[2])))
        else:
            found += [(box.name, box) for box in read_ranges(source)]
        for key, box in found:
            if key not in coordinates:
                known = [*coordinates, *VECTORS.get(name, ())]
                raise LanguageError(f"{name} has no coordinate {key!r}", source, None, f"it has {', '.join(known)}")
            if key in boxes:
                raise LanguageError(f"{key} occurs twice", source, None, "give each coordinate one range")
            boxes[key] = box
    return boxes, vectors


def _define(scope: Scope, key: str, text: str, *, whole: bool) -> None:
    source = Source(f"--set {key}", f"{key} = {text}")
    place = _expression(scope, text, f"--set {key}")
    value = scope.builder.number(place)
    if not scope.builder.is_constant(place):
        raise LanguageError(f"{key} is no constant", source, None, "give a number")
    if whole and (value is None or value.denominator != 1 or value < 1):
        raise LanguageError(f"{key} must be a whole number from 1 on", source, None, f"e.g. {key}=2")
    scope.define(source)


def _expression(scope: Scope, text: str, label: str = "definition") -> int:
    source = Source(label, text)
    return scope.expression(parse_all(Tokens(source)), source)


def _ends(scope: Scope, key: str, boxes: Mapping[str, Range | Source], points: Mapping[str, str]) -> tuple[int, int]:
    if key in points:
        if key in boxes:
            raise LanguageError(f"{key} is given by the vectors already", Source("start", key), None, "leave it out")
        place = _expression(scope, points[key], "start")
        return place, place
    box = boxes.get(key)
    if box is None:
        raise LanguageError(f"no start for {key}", Source("--from", key), None, f"say e.g. --from '{key} in [1/2, 1]'")
    if isinstance(box, Source):
        place = _expression(scope, box.text, box.label)
        _require_constant(scope, place, box)
        return place, place
    if box.low.instructions is None or box.high.instructions is None or box.integer:
        raise LanguageError(
            f"the starts of {key} are not between two numbers", box.source, box.column, "give both ends"
        )
    if box.low.is_open or box.high.is_open:
        raise LanguageError(f"the starts of {key} are without an end", box.source, box.column, "write [ and ]")
    variable = box.variable(scope)
    if variable.low is None or variable.high is None:
        raise LanguageError(f"the starts of {key} are not bounded", box.source, box.column, "give both ends")
    return variable.low, variable.high


def _require_constant(scope: Scope, place: int, source: Source) -> None:
    if not scope.builder.is_constant(place):
        raise LanguageError("a start is no constant", source, None, "give a number")
