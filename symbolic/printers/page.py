"""What a page about a derivation says, in order, before it is set as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Basic, Symbol, preorder_traversal, sympify

from relucert.symbolic.derivation import Argument, Calculus, Derivation, Identity, Step
from relucert.symbolic.expressions import ONES, Dot
from relucert.symbolic.frames import Frame
from relucert.symbolic.printers.prose import Formula, Piece, Words, namespace, pieces
from relucert.symbolic.verify import Report

Prose = tuple[Piece, ...]

KINDS = {
    "identity": "computer algebra proves that the two sides differ by zero",
    "calculus": "a derivative is carried out, or a primitive is differentiated back",
    "argument": "reasoning, confirmed by an independent numerical evaluation or by exact special cases",
}
UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True)
class Equation:
    """left (relation) right."""

    left: Basic
    relation: str
    right: Basic


@dataclass(frozen=True)
class StepText:
    """One step; `notes` are what its check uses and its own coordinates."""

    number: int
    name: str
    kind: str
    failure: str
    reason: Prose
    equation: Equation
    notes: tuple[Prose, ...]


@dataclass(frozen=True)
class Page:
    """The whole page; `failures` of the steps that are not verified."""

    name: str
    title: str
    facts: tuple[Prose, ...]
    meanings: tuple[tuple[Symbol, Prose], ...]
    conditions: tuple[Prose, ...]
    results: tuple[tuple[Prose, Equation], ...]
    coordinates: Prose
    steps: tuple[StepText, ...]
    remarks: tuple[Prose, ...]
    verified: bool


def page(derivation: Derivation, report: Report) -> Page:
    """The page of a derivation; `report` is what verifying it gave."""
    names = namespace(derivation)

    def prose(text: str, before: str = "") -> Prose:
        return _sentence((*([Words(before)] if before else []), *pieces(text, names, of=derivation.name)))

    return Page(
        name=derivation.name,
        title=derivation.title,
        facts=(
            prose(derivation.law, "Inputs: "),
            prose(derivation.normalisation, "Normalisation: "),
            prose(derivation.source, "Source: "),
        ),
        meanings=tuple((symbol, _meaning(derivation, symbol, text, names)) for symbol, text in _explained(derivation)),
        conditions=tuple(prose(text) for text in derivation.conditions),
        results=tuple(
            (prose(result.description)[:-1] or prose(result.name), Equation(result.left, "=", result.right))
            for result in derivation.results
        ),
        coordinates=_coordinates(derivation.frame, definitions=False),
        steps=tuple(_step(derivation, report, number, step, prose) for number, step in enumerate(derivation.steps, 1)),
        remarks=tuple(prose(text) for text in derivation.remarks),
        verified=report.verified,
    )


def _sentence(parts: Sequence[Piece]) -> Prose:
    """With a capital letter, where it begins with a word, and a full stop as its last piece."""
    found = list(parts)
    if found and isinstance(found[0], Words):
        found[0] = Words(found[0].text[:1].upper() + found[0].text[1:])
    if found and isinstance(found[-1], Words):
        found[-1] = Words(found[-1].text.rstrip(". "))
    return (*found, Words("."))


def _explained(derivation: Derivation) -> list[tuple[Symbol, str]]:
    shown = set().union(*(side.free_symbols for part in derivation.results for side in (part.left, part.right)))
    others = [name for name in derivation.definitions() if name in shown and name not in derivation.meanings]
    return [*derivation.meanings.items(), *((name, "") for name in others)]


def _meaning(derivation: Derivation, symbol: Symbol, text: str, names: Mapping[str, Any]) -> Prose:
    """In words, and the abbreviation's formula when the words do not have it."""
    parts = pieces(text, names, of=derivation.name)
    definition = derivation.definitions().get(symbol)
    if definition is None or definition == Dot(ONES, ONES) or (parts and isinstance(parts[0], Formula)):
        return tuple(parts)
    if symbol.is_integer:  # a number's definition serves the check only
        return tuple(parts)
    if definition in {part.expression for part in parts if isinstance(part, Formula)}:
        return tuple(parts)
    return (*parts, *([Words(": ")] if parts else []), Formula(definition, str(definition)))


def _step(derivation: Derivation, report: Report, number: int, step: Step, prose: Any) -> StepText:
    reported = next((entry for entry in report.steps if entry.step == step.name), None)
    failure = "it was not checked" if reported is None else reported.detail or "" if not reported.verified else ""
    if reported is not None and not reported.verified and not failure:
        failure = "its check fails"
    notes = [note for note in (*_details(step), _own_coordinates(derivation, step)) if note]
    return StepText(
        number,
        step.name,
        step.check.kind,
        failure,
        prose(step.reason),
        Equation(step.left, step.relation, step.right),
        tuple(notes),
    )


def _details(step: Step) -> list[Prose]:
    """What the check uses: primitive, witness, sizes, special cases, earlier steps."""
    check, notes = step.check, list[Prose]()
    if isinstance(check, Calculus) and check.primitive is not None:
        notes.append((Words("A primitive is "), Formula(check.primitive, ""), Words(".")))
    if isinstance(check, Identity) and check.inserting:
        notes.append((Words(f"Inserted: {', '.join(check.inserting)}."),))
    if isinstance(check, Identity) and check.witness is not None:
        notes.append((Words("The difference of the two sides is "), Formula(check.witness, ""), Words(".")))
    cases: Sequence[Mapping[Symbol, Any]] = ()
    if isinstance(check, Identity):
        cases = check.sizes
    elif isinstance(check, Argument):
        cases = check.special_cases
    if cases:
        parts: list[Piece] = [Words("Proved for " if isinstance(check, Identity) else "Exact special cases: ")]
        for number, case in enumerate(cases):
            parts += [Words("; ")] if number else []
            parts += _assigned(case)
        notes.append((*parts, Words(".")))
    return notes


def _own_coordinates(derivation: Derivation, step: Step) -> Prose:
    if step.frame is None:
        return ()
    usual, shown = derivation.frame, {node for side in (step.left, step.right) for node in preorder_traversal(side)}

    def own_entries(entries: Mapping[Any, Any], usual_entries: Mapping[Any, Any]) -> dict[Any, Any]:
        return {name: entry for name, entry in entries.items() if name in shown and usual_entries.get(name) != entry}

    own = Frame(
        vectors=own_entries(step.frame.vectors, usual.vectors),
        sizes=own_entries(step.frame.sizes, usual.sizes),
        definitions=own_entries(step.frame.definitions, derivation.definitions()),
    )
    found = _coordinates(own, definitions=True)
    return (Words("Here "), *found, Words(".")) if found else ()


def _coordinates(frame: Frame, *, definitions: bool) -> Prose:
    values: dict[Basic, Any] = dict(frame.vectors) | dict(frame.sizes)
    if definitions:
        values |= dict(frame.definitions)
    return tuple(_assigned(values))


def _assigned(values: Mapping[Any, Any]) -> list[Piece]:
    found: list[Piece] = []
    for name, entry in values.items():
        found += [Words(", ")] if found else []
        value = sympify(entry[0]) if isinstance(entry, tuple) and len(entry) == 1 else sympify(entry)
        found.append(Assignment(value, "", name))
    return found


@dataclass(frozen=True)
class Assignment(Formula):
    """A formula that says what a name stands for: printed ``name = expression``."""

    name: Basic


def without_steps(text: Page) -> Page:
    """Statement and remarks only."""
    return replace(text, steps=())
