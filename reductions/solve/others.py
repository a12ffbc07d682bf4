"""Problems other than networks: through the network that a reduction makes of them, or by a solver's word.

Formulas, set splitting and colouring go to a network, so that a no has a certificate.  For the other problems a yes has
a witness that is checked exactly, and a no is undecided, with the solver that says it named as an oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from relucert.reductions.graph import chain
from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.relu_reachability import ReluReachability
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.single_relu import SingleReluTraining
from relucert.reductions.reduction import Chain, Reduction
from relucert.reductions.solve import sat, smt
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.smt import linear, number, script

AnyReduction = Reduction[Any, Any, Any, Any]
Question = tuple[str, Callable[[dict[str, Fraction]], Any]]  # script, and the witness in a model


def to_network(problem: Problem[Any]) -> AnyReduction | None:
    """The reductions to k-Non-Overlap-Opt; ``None`` when no way leads there."""
    try:
        return Chain(chain(problem, KNonOverlap.name))
    except ProblemError:
        return None


def by_solver(problem: Problem[Any], solver: str) -> Decision:
    """Ask one solver about a problem that no network stands for: "sat" for clique and set cover, else an SMT solver."""
    if isinstance(problem, Clique | SetCover):
        return _by_sat(problem)
    text, witness_in = question(problem)
    answer, model = smt.ask(solver, text)
    if answer != "sat":
        return smt.word(solver, answer)
    witness = witness_in(model)
    if problem.is_witness(witness):
        return Decision("yes", witness, backend=solver)
    return Decision("undecided", backend=solver, reason=f"the witness of {solver} is not exact")


def _by_sat(problem: Clique | SetCover) -> Decision:
    cards = sat.cardinality()
    if isinstance(problem, Clique):
        edges = {frozenset(edge) for edge in problem.graph.edges}
        n = problem.graph.vertices
        pairs = [(u, v) for v in range(1, n + 1) for u in range(1, v) if frozenset((u, v)) not in edges]
        if problem.least > n:
            return _sat_word()
        size = cards.CardEnc.atleast(list(range(1, n + 1)), bound=problem.least, encoding=cards.EncType.seqcounter)
        clauses = [*([-u, -v] for u, v in pairs), *size.clauses] if n else []
    else:
        n = len(problem.sets)
        clauses = [
            [j for j, members in enumerate(problem.sets, 1) if u in members] for u in range(1, problem.elements + 1)
        ]
        if problem.most < n:
            size = cards.CardEnc.atmost(list(range(1, n + 1)), bound=problem.most, encoding=cards.EncType.seqcounter)
            clauses += size.clauses
    model = sat.model(clauses)
    if model is None:
        return _sat_word()
    chosen = tuple(v for v in range(1, n + 1) if v in model)
    if isinstance(problem, Clique):
        chosen = chosen[: max(problem.least, 0)]
    if problem.is_witness(chosen):
        return Decision("yes", chosen, backend="sat")
    return Decision("undecided", backend="sat", reason="the model of the SAT solver is no witness")


def _sat_word() -> Decision:
    return Decision(
        "undecided",
        backend="sat",
        reason="a SAT solver says no; no reduction carries its proof to a network",
        oracle=f"{sat.SOLVERS[0]}: unsat",
    )


def question(problem: Problem[Any]) -> Question:
    """The problem as an SMT-LIB script, and how a witness is read off a model."""
    if isinstance(problem, HalfSpaceIntersection):
        return _half_spaces(problem)
    if isinstance(problem, ReluReachability):
        return _reachability(problem)
    if isinstance(problem, Copositivity):
        return _copositivity(problem)
    if isinstance(problem, SingleReluTraining):
        return _single_relu(problem)
    raise ValueError(f"no backend decides {problem.name}")


def _vector(model: dict[str, Fraction], names: Iterable[str]) -> tuple[Fraction, ...]:
    return tuple(model.get(name, Fraction(0)) for name in names)


def _half_spaces(problem: HalfSpaceIntersection) -> Question:
    normals = [[f"a{side}_{i}" for i in range(problem.dimension)] for side in range(problem.k)]
    ends = [f"b{side}" for side in range(problem.k)]

    def value(side: int, point: tuple[Fraction, ...]) -> str:
        return linear(zip(normals[side], point, strict=True))

    inside = [f"(> {value(side, x)} {end})" for x in problem.inside for side, end in enumerate(ends)]
    outside = [
        f"(or false {' '.join(f'(<= {value(side, x)} {end})' for side, end in enumerate(ends))})"
        for x in problem.outside
    ]
    text = script("QF_LRA", [*(name for row in normals for name in row), *ends], [*inside, *outside])
    return text, lambda model: tuple(
        (_vector(model, row), model.get(end, Fraction(0))) for row, end in zip(normals, ends, strict=True)
    )


def _reachability(problem: ReluReachability) -> Question:
    x = [f"x{i}" for i in range(problem.inputs)]
    r = [f"r{j}" for j in range(len(problem.neurons))]
    assertions = []
    for name, neuron in zip(r, problem.neurons, strict=True):
        z = linear([(x[i], value) for i, value in neuron.weights], neuron.bias)
        if neuron.output > 0:  # the least r counts
            assertions += [f"(>= {name} 0.0)", f"(>= {name} {z})"]
        else:
            assertions.append(f"(or (<= {name} 0.0) (<= {name} {z}))")
    total = linear([(name, neuron.output) for name, neuron in zip(r, problem.neurons, strict=True)])
    text = script("QF_LRA", [*x, *r], [*assertions, f"(<= {total} {number(problem.threshold)})"])
    return text, lambda model: _vector(model, x)


def _copositivity(problem: Copositivity) -> Question:
    x = [f"x{i}" for i in range(len(problem.matrix))]
    terms = [
        f"(* {number(value)} {x[i]} {x[j]})"
        for i, row in enumerate(problem.matrix)
        for j, value in enumerate(row)
        if value
    ]
    text = script("QF_NRA", x, [*(f"(>= {name} 0.0)" for name in x), f"(< (+ 0.0 0.0 {' '.join(terms)}) 0.0)"])
    return text, lambda model: _vector(model, x)


def _single_relu(problem: SingleReluTraining) -> Question:
    w = [f"w{i}" for i in range(problem.dimension)]
    e = [f"e{t}" for t in range(len(problem.points))]
    assertions = []
    for name, x, y in zip(e, problem.points, problem.labels, strict=True):
        a = linear(zip(w, x, strict=True))
        rectified = f"(ite (>= {a} 0.0) {a} 0.0)"
        assertions.append(f"(= {name} (+ {rectified} {number(-y)}))")
    squares = " ".join(f"(* {name} {name})" for name in e)
    text = script("QF_NRA", [*w, *e], [*assertions, f"(<= (+ 0.0 0.0 {squares}) {number(problem.bound)})"])
    return text, lambda model: _vector(model, w)
