"""The objective that is echoed, by every command and in every form, is the one whose value is certified."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.check.binding import read_problem
from relucert.certify.check.rules.primal_value import primal_value
from relucert.certify.claim import Network, TrainingProblem
from relucert.cli.main import main
from tests.certify.search.small_problems import regression

X, Y = regression()
CONVENTIONS = [
    (loss, penalty, hidden, output, second)
    for loss, penalty, hidden, output, second in product(
        ("half-sum", "half-mean", "mean"),
        ("sum-of-squares", "product"),
        ("none", "penalised", "free"),
        ("none", "penalised", "free"),
        (None, "1/3"),
    )
    if penalty == "sum-of-squares" or (output != "penalised" and second is None)
]
# every loss, penalty, bias and both kinds of decays, once or more; for the commands that need a certificate
SOME = [
    ("half-sum", "product", "penalised", "free", None),
    ("half-mean", "product", "none", "none", None),
    ("mean", "product", "free", "free", None),
    ("half-sum", "sum-of-squares", "free", "free", "1/3"),
    ("half-mean", "sum-of-squares", "penalised", "penalised", "1/3"),
    ("mean", "sum-of-squares", "penalised", "penalised", None),
]


def command(folder: Path, convention: tuple[Any, ...]) -> list[str]:
    """`certify` with a random network of the convention's shape."""
    loss, penalty, hidden, output, second = convention
    generator = np.random.default_rng(5)
    arrays = {"hidden_weights": generator.normal(size=(3, 2)), "output_weights": generator.normal(size=3)}
    options = ["--weight-decay", "3/7", "--loss", loss, "--penalty", penalty]
    if hidden != "none":
        arrays["hidden_bias"] = generator.normal(size=3)
        options += ["--hidden-bias", hidden]
    if output != "none":
        arrays["output_bias"] = np.array(0.25)
        options += ["--output-bias", output]
    if second is not None:
        options += ["--output-weight-decay", second]
    np.savez(folder / "net.npz", **arrays)
    np.savetxt(folder / "data.csv", np.column_stack([X, Y]), delimiter=",", fmt="%.17g")
    return ["certify", str(folder / "net.npz"), str(folder / "data.csv"), *options]


def value_of(formula: str, network: Network) -> float:
    """The printed formula, evaluated on X, Y with plain floats: it is parsed, not looked up."""
    objective, function = formula.removeprefix("minimise ").split(",  ")
    weights = np.array(network.hidden_weights, dtype=float)
    outputs = np.array(network.output_weights, dtype=float)[:, 0]
    biases = np.array(network.hidden_bias or [0] * len(outputs), dtype=float)
    constant = float(network.output_bias[0]) if network.output_bias else 0.0
    assert function == (
        f"f(x) = sum_j a_j*relu(w_j.x{' + b_j' if network.hidden_bias else ''}){' + c' if network.output_bias else ''}"
    )
    errors = np.maximum(X @ weights.T + biases, 0) @ outputs + constant - Y
    total = 0.0
    for term in re.split(r" \+ (?![^(]*\))", objective):  # not those within brackets
        factor, body = term.split(" * ")
        scale = float(eval(factor))
        if body.startswith("sum_j "):
            names = {"|(w_j, b_j)|": "norm(W, b)", "|w_j|": "norm(W)", "|a_j|": "abs(a)", "a_j": "a", "b_j": "b"}
            python = body.removeprefix("sum_j ")
            for name, meaning in names.items():
                python = python.replace(name, meaning)
            for unit in zip(weights, biases, outputs, strict=True):
                known = dict(zip("Wba", unit, strict=True)) | {"norm": lambda *parts: np.linalg.norm(np.hstack(parts))}
                total += scale * float(eval(python.replace("^", "**"), known))
        else:
            total += scale * {"sum_i (f(x_i) - y_i)^2": float(errors @ errors), "c^2": constant**2}[body]
    return total


def words_fit(words: str, convention: tuple[Any, ...]) -> bool:
    loss, penalty, _, _, second = convention
    return (
        {"half-sum": "half the sum", "half-mean": "half the mean", "mean": "minimise the mean"}[loss] in words
        and ("3/7 times the sum over hidden units of |hidden weights| * |output weight|" in words)
        == (penalty == "product")
        and ("half of 1/3 times the squared output" in words) == (second is not None)
    )


@pytest.mark.parametrize("convention", CONVENTIONS, ids=str)
def test_print_problem(convention: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = command(tmp_path, convention)
    assert main([*arguments, "--print-problem", "--json"]) == 0
    problem, network = read_problem(capsys.readouterr().out.encode("ascii"))
    assert (problem.loss, problem.penalty, problem.hidden_bias, problem.output_bias) == convention[:4]
    assert problem.hidden_weight_decay == Fraction(3, 7)
    assert problem.output_weight_decay == Fraction(convention[4] or "3/7")
    assert main([*arguments, "--print-problem"]) == 0
    words, formula = capsys.readouterr().out.splitlines()
    assert words_fit(words, convention)
    assert value_of(formula.strip(), network) == pytest.approx(certified(problem, network), rel=1e-12)


@pytest.mark.parametrize("convention", SOME, ids=str)
def test_the_other_commands(convention: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`certify` before it starts, its JSON, and `check` and `explain` in both forms."""
    path = str(tmp_path / "net.cert.json")
    arguments = command(tmp_path, convention)
    main([*arguments, "--print-problem", "--json"])
    problem, network = read_problem(capsys.readouterr().out.encode("ascii"))
    echoes = []
    assert main([*arguments, "--nodes", "50", "-o", path]) in (0, 4)
    echoes.append(capsys.readouterr().err)
    assert main([*arguments, "--nodes", "50", "--json"]) in (0, 4)
    echoes.append(capsys.readouterr().out)
    for again in (["check", path], ["check", path, "--json"], ["explain", path], ["explain", path, "--json"]):
        assert main(again) in (0, 1)
        echoes.append(capsys.readouterr().out)
    for echo in echoes:
        if echo.startswith("{"):
            fields = json.loads(echo)
            fields = fields.get("claim", fields)
            words, formula, loss = fields["problem"], fields["formula"], float(fields["loss"])
            assert loss == pytest.approx(certified(problem, network), rel=1e-9)
        else:
            formula = next(line.strip() for line in echo.splitlines() if line.strip().startswith("minimise "))
            words = next(line for line in echo.splitlines() if line.startswith("Over all")).replace("\\", "")
        assert words_fit(words, convention), words
        assert value_of(formula, network) == pytest.approx(certified(problem, network), rel=1e-12)


def certified(problem: TrainingProblem, network: Network) -> float:
    return float(primal_value(problem, network)[0].high)
