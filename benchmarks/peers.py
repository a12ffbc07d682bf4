"""Other ways to the optimum: the convex program over all activation patterns, and a convex solver over sampled ones.

* `cvxpy` with Clarabel solves the program of Pilanci & Ergen (2020, arXiv 2002.10553) over every activation pattern: an
  optimum up to the solver's tolerance, without a proof.
* `pyscnn` (Mishkin, Sahiner & Pilanci 2022, arXiv 2202.01331) solves it over sampled patterns.

Neither is a dependency: `pip install cvxpy clarabel pyscnn`.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks import instances, markdown
from benchmarks.measure import Row
from benchmarks.patterns import activation_patterns
from relucert.certify import claim
from relucert.certify.read.convention import exact_network, exact_problem, explicit
from relucert.certify.read.model import Dataset, Network
from relucert.certify.search.gap import GapSearch

SHARE = 0.1
GATES = 100
TOLERANCE = 1e-8

# data, samples, principal components, bias column
INSTANCES = (
    ("gauss2", 10, None, False),
    ("gauss2", 100, None, False),
    ("gauss3", 30, None, False),
    ("gauss3", 50, None, False),
    ("iris", 50, 2, True),
)


def prepared(
    features: instances.FloatArray, target: instances.FloatArray, beta: float
) -> tuple[claim.TrainingProblem, claim.Network, float]:
    """Exact problem and trained network, and the seconds of the training."""
    start = time.perf_counter()
    network = instances.train(features, target, beta)
    seconds = time.perf_counter() - start
    stored = Network(network.hidden_weights, None, network.output_weights, None)
    problem = exact_problem(Dataset(features, target), explicit(stored, Fraction(beta)))
    return problem, exact_network(stored), seconds


def convex_program(features: instances.FloatArray, target: instances.FloatArray, beta: float) -> Row:
    """All activation patterns, group norms, Clarabel."""
    cvxpy: Any = importlib.import_module("cvxpy")
    start = time.perf_counter()
    patterns = activation_patterns(features)
    patterns = patterns[patterns.any(axis=1)]
    enumerated = time.perf_counter()
    count, d = len(patterns), features.shape[1]
    positive, negative = cvxpy.Variable((d, count)), cvxpy.Variable((d, count))
    signs = 2.0 * patterns.T - 1.0
    outputs = cvxpy.sum(cvxpy.multiply(patterns.T.astype(float), features @ (positive - negative)), axis=1)
    norms = cvxpy.sum(cvxpy.norm(positive, axis=0)) + cvxpy.sum(cvxpy.norm(negative, axis=0))
    problem = cvxpy.Problem(
        cvxpy.Minimize(0.5 * cvxpy.sum_squares(outputs - target) + beta * norms),
        [cvxpy.multiply(signs, features @ weights) >= 0 for weights in (positive, negative)],
    )
    problem.solve(solver=cvxpy.CLARABEL, max_threads=1)
    return {
        "patterns": count,
        "enumerate_seconds": enumerated - start,
        "seconds": time.perf_counter() - enumerated,
        "objective": float(problem.value),
    }


def sampled_patterns(features: instances.FloatArray, target: instances.FloatArray, beta: float) -> Row:
    """pyscnn's augmented Lagrangian method over the patterns of sampled gates; its loss has the factor 1/(2n)."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    scnn = {
        part: importlib.import_module(f"scnn.{part}")
        for part in ("activations", "metrics", "models", "optimize", "regularizers", "solvers")
    }
    n, d = features.shape
    start = time.perf_counter()
    gates = scnn["activations"].sample_gate_vectors(0, d, GATES)
    model = scnn["models"].ConvexReLU(gates)
    solver = scnn["solvers"].AL(model, tol=TOLERANCE, constraint_tol=TOLERANCE)
    trained, _ = scnn["optimize"].optimize_model(
        model, solver, scnn["metrics"].Metrics(), features, target[:, None],
        regularizer=scnn["regularizers"].NeuronGL1(beta / n), unitize_data=False, dtype="float64",
    )  # fmt: skip
    seconds = time.perf_counter() - start
    hidden, output = (np.asarray(values, dtype=np.float64) for values in trained.parameters[:2])
    residual = np.maximum(features @ hidden.T, 0.0) @ output.ravel() - target
    penalty = float(np.linalg.norm(hidden, axis=1) @ np.abs(output.ravel()))
    return {"seconds": seconds, "objective": 0.5 * float(residual @ residual) + beta * penalty}


def rows() -> Iterator[Row]:
    for package in ("cvxpy", "clarabel", "scnn"):
        if find_spec(package) is None:
            print(f"peers: {package} is missing: pip install cvxpy clarabel pyscnn", flush=True)
    for data, samples, pca, bias in INSTANCES:
        features, target = instances.load(data, n=samples, pca=pca, bias=bias)
        beta = SHARE * instances.beta_max(features, target)
        problem, network, seconds = prepared(features, target, beta)
        outcome = GapSearch(problem, network).run()
        if outcome.verdict.claim is None:
            raise RuntimeError(f"{data}: {outcome.verdict.reason}")
        row: Row = {"data": data, "samples": samples, "dimension": features.shape[1], "train_seconds": seconds}
        row |= {"polish_seconds": outcome.polish_seconds, "search_seconds": outcome.search_seconds}
        row |= {"check_seconds": outcome.check_seconds, "lower_bound": float(outcome.verdict.claim.lower_bound)}
        row["objective"] = _objective(problem, outcome.better)
        row["convex"] = convex_program(features, target, beta) if find_spec("cvxpy") else None
        row["sampled"] = sampled_patterns(features, target, beta) if find_spec("scnn") else None
        yield row


def _objective(problem: claim.TrainingProblem, network: claim.Network) -> float:
    from relucert.certify.check.rules.primal_value import primal_value

    return float(primal_value(problem, network)[0].high)


def report(rows: list[Row]) -> str:
    head = ("data", "n", "d", "method", "s", "objective", "above our lower bound")
    lines: list[tuple[object, ...]] = []
    for row in rows:
        spent = {phase: row[f"{phase}_seconds"] for phase in ("train", "polish", "search", "check")}
        parts = ", ".join(f"{phase} {markdown.seconds(seconds)}" for phase, seconds in spent.items())
        methods = [(f"relucert ({parts})", sum(spent.values()), row["objective"])]
        if row["convex"]:
            seconds = row["convex"]["seconds"] + row["convex"]["enumerate_seconds"]
            name = f"convex program, all {row['convex']['patterns']} patterns, cvxpy and Clarabel"
            methods.append((name, seconds, row["convex"]["objective"]))
        if row["sampled"]:
            methods.append((f"pyscnn, {GATES} gates", row["sampled"]["seconds"], row["sampled"]["objective"]))
        for name, seconds, value in methods:
            excess = (value - row["lower_bound"]) / value
            title = (row["data"], row["samples"], row["dimension"])
            lines.append((*title, name, markdown.seconds(seconds), f"{value:.10g}", f"{excess:.1e}"))
    return markdown.table(head, lines)
