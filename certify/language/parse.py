"""Texts to claims about real functions: the one door of the language (docs/language.md)."""

from __future__ import annotations

from collections.abc import Sequence

from relucert.certify.formula import MAX_VARIABLES, RealFormula
from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import ExpressionError, LanguageError, Source
from relucert.certify.language.meaning import Scope
from relucert.certify.language.ranges import Range, read_ranges


def parse_claim(
    conclusion: str,
    ranges: Sequence[str] = (),
    where: Sequence[str] = (),
    definitions: Sequence[str] = (),
    *,
    assertion: str = "holds",
) -> RealFormula:
    """The claim that for all numbers in the ranges with the conditions the conclusion is defined and true.

    Parameters
    ----------
    conclusion : str
        A formula, e.g. ``"sin(t) + (pi - t)*cos(t) >= 0"``.
    ranges : sequence of str
        Where every variable lies, e.g. ``["t in [0, pi]", "x > 0, k in 2..10"]``.
    where : sequence of str
        Conditions, all of which are assumed.
    definitions : sequence of str
        ``"u = sin(t)"`` or ``"f(a, b) = a*b + 1"``; each may use the variables and the definitions before it.
    assertion : str
        "holds", "fails" or "vacuous", as in :class:`RealFormula`.

    Raises
    ------
    LanguageError
        One line with what is wrong, the text, the column and what to write instead.
    """
    builder = Builder()
    scope = Scope(builder)
    source = Source("conclusion", conclusion)
    try:
        boxes = [box for text in _numbered("range", ranges) for box in read_ranges(text)]
        if len(boxes) > MAX_VARIABLES:
            raise LanguageError(f"more than {MAX_VARIABLES} variables", boxes[-1].source, boxes[-1].column)
        for index, box in enumerate(boxes):
            scope.declare(box.name, index, box.source, box.column)
        for text in _numbered("definition", definitions):
            scope.define(text)
        variables = [box.variable(scope) for box in boxes]
        hypothesis = builder.all_of([scope.formula(text) for text in _numbered("condition", where)])
        claim = builder.claim(assertion, variables, hypothesis, scope.formula(source))
    except ExpressionError as error:  # a limit of the whole claim
        raise LanguageError(error.what, source, None, error.cure) from None
    _require_used(claim, boxes)
    return claim


def _numbered(label: str, texts: Sequence[str]) -> list[Source]:
    """The texts, with a number in their label where there are several."""
    return [Source(f"{label} {n}" if len(texts) > 1 else label, text) for n, text in enumerate(texts, start=1)]


def _require_used(claim: RealFormula, boxes: Sequence[Range]) -> None:
    used = {node[1] for node in claim.nodes if node[0] == "variable"}
    for index, box in enumerate(boxes):
        if index not in used:
            cure = "remove its range, or correct the claim"
            raise LanguageError(f"{box.name} does not occur in the claim", box.source, box.column, cure)
