"""Derivations: a statement, and the steps that prove it, each an equality with a reason and a check of its own.

Prose is written with formulas between backticks in SymPy's spelling, ``"both cosines are positive for `phi < pi/2`"``,
so that words and displays are printed by the same printers; `prose.py` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sympy import Expr, Symbol

from relucert.symbolic.frames import Frame

Relation = Literal["=", "<", "<=", ">", ">="]
Point = Mapping[Symbol, object]


@dataclass(frozen=True)
class Identity:
    """SymPy's algebra proves left - right = 0 in the frame; for an inequality, left - right = ± `witness`.

    Attributes
    ----------
    witness : Expr, optional
        For an inequality: the difference of the two sides (the greater minus the smaller), written so that SymPy's
        assumptions show its sign, e.g. a sum of products of positive symbols.
    sizes : sequence of mappings of Symbol to int
        Where the formula has sums of symbolic length: the lengths at which the identity is proved.  A step that is
        claimed for all lengths then needs its reason to say why these are enough.
    inserting : sequence of str
        Names of earlier steps, equalities: their left sides, where they occur in this step's, are replaced by their
        right sides before the algebra.  So a step can put together what was proved about its parts.
    """

    witness: Expr | None = None
    sizes: Sequence[Mapping[Symbol, int]] = ()
    inserting: Sequence[str] = ()

    kind = "identity"


@dataclass(frozen=True)
class Calculus:
    """A derivative carried out, or an integral proved by differentiating its primitive back.

    Attributes
    ----------
    primitive : Expr, optional
        A primitive, continuous on the closed range, of the integrand of the integral on the left.  Without it the
        derivatives on both sides are carried out and compared.
    """

    primitive: Expr | None = None

    kind = "calculus"


@dataclass(frozen=True)
class Argument:
    """A step of reasoning that no computer algebra does; it carries an independent numeric confirmation.

    Either one of the two sides holds a mean, an integral, a derivative or a limit, and the confirmation is its
    evaluation by cubature, quadrature, finite differences or extrapolation at random points; or exact special cases are
    given, in which algebra proves the equality.

    Attributes
    ----------
    special_cases : sequence of mappings of Symbol to Expr
        Values of some of the frame's symbols; in each case the equality is then proved as an identity.
    """

    special_cases: Sequence[Mapping[Symbol, Expr]] = ()

    kind = "argument"


Check = Identity | Calculus | Argument


@dataclass(frozen=True)
class Step:
    """One step: left (relation) right, because of `reason`.

    Attributes
    ----------
    name : str
        A few words, unique in the derivation; a failing step is reported by it.
    left, right : Expr
        Formulas of the same rank.
    reason : str
        Why, in words, with formulas between backticks.
    check : Check
    frame : Frame, optional
        Coordinates for this step; default the derivation's.
    relation : str
    digits : int, optional
        Fewer than 30 only where the independent evaluation (a limit, a quadrature over a kink) cannot give more.
    """

    name: str
    left: Expr
    right: Expr
    reason: str
    check: Check = field(default_factory=Identity)
    frame: Frame | None = None
    relation: Relation = "="
    digits: int = 30


@dataclass(frozen=True)
class Result:
    """A formula of the statement: ``name = expression``, also printed as code.

    Attributes
    ----------
    name : str
        A Python name, e.g. ``"loss"``; with the derivation's name it is the formula's name everywhere.
    left : Expr
        What is computed, e.g. the mean that defines the loss, or a Gradient of it.
    right : Expr
        The closed form.
    arguments : sequence of Symbol
        The arguments of the generated function, in order; every symbol of `right` is one of them or defined by them.
    description : str
        One line, with shapes left to the printer.
    monte_carlo : Expr, optional
        Only when it is not `left`: the random quantity, a function of the Gaussian inputs, whose mean is `right`.
    """

    name: str
    left: Expr
    right: Expr
    arguments: tuple[Symbol, ...]
    description: str


@dataclass(frozen=True)
class Derivation:
    """A statement and its proof.

    Attributes
    ----------
    name : str
        Lower case with hyphens: what `relucert derive NAME` takes.
    title : str
    source : str
        Paper, theorem or section.
    law : str
        Of the inputs, e.g. ``"x ~ N(0, I_d)"`` (prose).
    normalisation : str
        One line: with or without 1/2, with or without 1/k, and how to convert (prose).
    frame : Frame
        Default coordinates of its steps; its definitions are the abbreviations that the statement explains.
    meanings : mapping of Symbol to str
        What every displayed symbol is (prose), in the order of explanation.
    results : sequence of Result
    steps : sequence of Step
    conditions : sequence of str
        Under which the statement holds (prose), the extra ones included.
    remarks : sequence of str
        Counterexamples, conversions to other papers' statements (prose).
    abbreviations : mapping of Symbol to Expr
        Symbols of the results that the frames take as coordinates, e.g. the angle in polar coordinates, in terms of the
        results' arguments.
    """

    name: str
    title: str
    source: str
    law: str
    normalisation: str
    frame: Frame
    meanings: Mapping[Symbol, str]
    results: tuple[Result, ...]
    steps: tuple[Step, ...]
    conditions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    abbreviations: Mapping[Symbol, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError(f"derivation {self.name}: two steps have the same name")
        if not self.steps or not self.results:
            raise ValueError(f"derivation {self.name}: a derivation needs at least one step and one result")

    def frame_of(self, step: Step) -> Frame:
        """The coordinates in which a step is checked."""
        return self.frame if step.frame is None else step.frame

    def frames(self) -> list[Frame]:
        """All coordinates: the derivation's own first, then those of its steps."""
        own = [self.frame, *(step.frame for step in self.steps if step.frame is not None)]
        return [frame for number, frame in enumerate(own) if all(frame is not other for other in own[:number])]

    def definitions(self) -> dict[Symbol, Expr]:
        """The abbreviations of all frames, those of the derivation itself and of its own frame first.

        Not those that a step alone gives to an argument of all results, e.g. a learning rate below 1 as 1/(1 + slack).
        """
        merged = dict(self.abbreviations)
        arguments = set.intersection(*(set(result.arguments) for result in self.results))
        for frame in self.frames():
            passing = arguments if frame is not self.frame else set()
            entries = {name: meaning for name, meaning in frame.definitions.items() if name not in passing}
            merged = {**entries, **merged}
        return merged
