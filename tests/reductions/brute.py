"""Every problem decided by exhaustion, for small instances; all witnesses of the finite ones, some of the others."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import singledispatch
from itertools import chain, combinations, product
from random import Random
from typing import Any

from relucert.reductions.problem import Problem
from relucert.reductions.problems.clauses import ClauseProblem
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.relu_reachability import ReluReachability
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.problems.single_relu import SingleReluTraining
from tests.reductions.simplex import Bound, Linear, solve

ZERO = Fraction(0)
FINITE = (ClauseProblem, GraphColoring, SetSplitting, Clique, SetCover)
PINS = (Fraction(0), Fraction(1, 2), Fraction(1, 3), Fraction(-1, 2))


def witnesses(problem: Problem[Any]) -> Iterator[Any]:
    """All witnesses of a finite problem; at most one of the others."""
    if isinstance(problem, FINITE):
        return (candidate for candidate in candidates(problem) if problem.is_witness(candidate))
    found = find(problem)
    return iter(() if found is None else (found,))


def answer(problem: Problem[Any]) -> bool:
    """YES or NO."""
    return next(witnesses(problem), None) is not None


@singledispatch
def candidates(problem: Any) -> Iterator[Any]:
    """Everything that might be a witness of a finite problem."""
    raise NotImplementedError


@candidates.register
def _(problem: ClauseProblem) -> Iterator[Any]:
    return product((False, True), repeat=problem.variables)


@candidates.register
def _(problem: SetSplitting) -> Iterator[Any]:
    return product(range(problem.k), repeat=problem.elements)


@candidates.register
def _(problem: GraphColoring) -> Iterator[Any]:
    return product(range(problem.k), repeat=problem.graph.vertices)


@candidates.register
def _(problem: Clique) -> Iterator[Any]:
    return _subsets(problem.graph.vertices)


@candidates.register
def _(problem: SetCover) -> Iterator[Any]:
    return _subsets(len(problem.sets))


def _subsets(n: int) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(range(1, n + 1), size) for size in range(n + 1))


@singledispatch
def find(problem: Any, random: Random | None = None) -> Any:
    """A witness with rational entries, or None when there is none.

    With `random`, coordinates chosen at random are pinned to unusual values as long as a witness remains.
    """
    raise NotImplementedError


@find.register
def _(problem: GraphColoring, random: Random | None = None) -> Any:
    """A colouring that extends partial ones, for graphs whose colourings are too many; with `random`, a random one."""
    neighbours: dict[int, list[int]] = {}
    for u, v in problem.graph.edges:
        neighbours.setdefault(v, []).append(u)

    def extend(colors: tuple[int, ...]) -> tuple[int, ...] | None:
        vertex = len(colors) + 1
        if vertex > problem.graph.vertices:
            return colors
        near = neighbours.get(vertex, ())
        taken = {colors[u - 1] for u in near if u < vertex}
        free = [color for color in range(problem.k) if color not in taken and vertex not in near]
        if random is not None:
            random.shuffle(free)
        return next((found for color in free if (found := extend((*colors, color))) is not None), None)

    return extend(())


@find.register
def _(problem: KNonOverlap, random: Random | None = None) -> Any:
    system, choices = Linear(), []
    w = [system.variable() for _ in range(problem.instance.p)]
    for sample in problem.instance.samples:
        outputs = []
        for patch in sample.patches:
            r, choice = _rectified(system, {w[i]: value for i, value in patch}, ZERO)
            outputs.append(r)
            choices.append(choice)
        if not system.equate(system.form(dict.fromkeys(outputs, Fraction(1))), sample.label * problem.instance.k):
            return None
    return _vector(system, choices, w, random)


@find.register
def _(problem: ReluReachability, random: Random | None = None) -> Any:
    system, choices = Linear(), []
    x = [system.variable() for _ in range(problem.inputs)]
    outputs = {}
    for neuron in problem.neurons:
        r, choice = _rectified(system, {x[i]: value for i, value in neuron.weights}, neuron.bias)
        outputs[r] = neuron.output
        choices.append(choice)
    system.bound((system.form(outputs), "<=", problem.threshold))
    return _vector(system, choices, x, random)


@find.register
def _(problem: HalfSpaceIntersection, random: Random | None = None) -> Any:
    """Finitely many points: a strict inequality can be scaled to a margin of 1."""
    system, choices = Linear(), []
    normals = [[system.variable() for _ in range(problem.dimension)] for _ in range(problem.k)]
    thresholds = [system.variable() for _ in range(problem.k)]

    def height(half_space: int, point: tuple[Fraction, ...]) -> int:
        terms = {variable: value for variable, value in zip(normals[half_space], point, strict=True) if value}
        return system.form({**terms, thresholds[half_space]: Fraction(-1)})

    for point in problem.inside:
        for half_space in range(problem.k):
            system.bound((height(half_space, point), ">=", Fraction(1)))
    for point in problem.outside:
        choices.append([(height(half_space, point), "<=", ZERO) for half_space in range(problem.k)])
    values = _vector(system, choices, [*chain.from_iterable(normals), *thresholds], random)
    if values is None:
        return None
    d = problem.dimension
    return tuple((values[d * h : d * h + d], values[d * problem.k + h]) for h in range(problem.k))


@find.register
def _(problem: Copositivity, random: Random | None = None) -> Any:
    """A minimiser on the simplex with support S and value below 0 is a multiple of an x >= 0 with M_S x = -1."""
    n = len(problem.matrix)
    for support in _subsets(n):
        system = Linear()
        x = {i - 1: system.variable() for i in support}
        for variable in x.values():
            system.bound((variable, ">=", ZERO))
        for i in x:
            system.equate(system.form({x[j]: problem.matrix[i][j] for j in x}), -1)
        if support and (values := solve(system, ())) is not None:
            found = tuple(values[x[i]] if i in x else ZERO for i in range(n))
            return found if random is None else _shaken(problem, found, random)
    return None


@find.register
def _(problem: SingleReluTraining, random: Random | None = None) -> Any:
    """A minimiser of the loss minimises, among points with the same signs of w.x_t, a sum of squares on a subspace."""
    best = None
    for signs in product((-1, 0, 1), repeat=len(problem.points)):
        system = Linear()
        w = [system.variable() for _ in range(problem.dimension)]
        multipliers = {t: system.variable() for t, sign in enumerate(signs) if sign == 0}
        for x, sign in zip(problem.points, signs, strict=True):
            value = system.form(dict(zip(w, x, strict=True)))
            for relation in ("<=",) * (sign <= 0) + (">=",) * (sign >= 0):
                system.bound((value, relation, ZERO))
        active = [t for t, sign in enumerate(signs) if sign > 0]
        for i in range(problem.dimension):  # the gradient is a combination of the x_t of the subspace
            terms: dict[int, Fraction] = {m: problem.points[t][i] for t, m in multipliers.items()}
            for j in range(problem.dimension):
                terms[w[j]] = sum((problem.points[t][i] * problem.points[t][j] for t in active), ZERO)
            system.equate(system.form(terms), sum((problem.points[t][i] * problem.labels[t] for t in active), ZERO))
        if (values := solve(system, ())) is not None:
            candidate = tuple(values[variable] for variable in w)
            if best is None or problem.loss(candidate) < problem.loss(best):
                best = candidate
    if best is None or problem.loss(best) > problem.bound:
        return None
    return best if random is None else _shaken(problem, best, random)


def _rectified(system: Linear, terms: dict[int, Fraction], bias: Fraction) -> tuple[int, list[Bound]]:
    """A variable r >= 0 with r >= argument, and the choice that makes it the larger of the two."""
    r = system.variable()
    above = system.form({r: Fraction(1), **{variable: -value for variable, value in terms.items()}})
    system.bound((r, ">=", ZERO))
    system.bound((above, ">=", bias))
    return r, [(r, "<=", ZERO), (above, "<=", bias)]


def _vector(
    system: Linear, choices: list[list[Bound]], variables: list[int], random: Random | None
) -> tuple[Fraction, ...] | None:
    """The values of the variables, some of them pinned."""
    found = solve(system, choices)
    if found is None:
        return None
    if random is not None:
        for variable in random.sample(variables, min(3, len(variables))):
            saved = system.lower[variable], system.upper[variable]
            pinned = solve(system, choices) if system.equate(variable, random.choice(PINS)) else None
            if pinned is None:
                system.lower[variable], system.upper[variable] = saved
                system.feasible()
            else:
                found = pinned
    return tuple(found[variable] for variable in variables)


def _shaken(problem: Any, witness: tuple[Fraction, ...], random: Random) -> tuple[Fraction, ...]:
    """The witness with entries replaced or moved as long as it remains one."""
    for _ in range(12):
        i = random.randrange(len(witness))
        entry = random.choice((*PINS, witness[i] + random.choice(PINS) / 8, witness[i] * Fraction(9, 8)))
        moved = (*witness[:i], entry, *witness[i + 1 :])
        if problem.is_witness(moved):
            witness = moved
    return witness
