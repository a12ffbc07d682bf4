"""Inputs that could hang a proof, fill the memory or end in a traceback: a verdict or one line, for each of them."""

from __future__ import annotations

import json

import pytest

from relucert.cli.main import main
from relucert.cli.output import ExitCode

P, R, V, U = ExitCode.PROVED, ExitCode.REFUTED, ExitCode.REFUTED, ExitCode.UNDECIDED
UNIT = ["x in [0, 1]"]
NESTED = ["f0 = sin(x + x^2)"] + [f"f{i} = sin(f{i - 1} + f{i - 1}^2)" for i in range(1, 40)]
BATTERY = {
    # undefined somewhere: never proved
    "division by an interval with zero": ("1/x > 0", ["x in [-1, 1]"], [], [], {"refuted"}),
    "division by an end": ("1/x > 0", UNIT, [], [], {"undecided"}),
    "division by a hidden zero": ("x/(sin(x) - sin(x)) > 0", UNIT, [], [], {"undecided"}),
    "logarithm of negative numbers": ("log(x) < 5", ["x in [-2, -1]"], [], [], {"undecided"}),
    "logarithm of some negative numbers": ("log(x) < 5", ["x in [-2, 1]"], [], [], {"undecided"}),
    "arc cosine out of its range": ("acos(x) >= 0", ["x in [0, 2]"], [], [], {"undecided"}),
    # no points: never proved
    "empty by pi": ("x > 0", ["x in [pi, 3]"], [], [], {"vacuous"}),
    "contradiction": ("x > 5", UNIT, ["x > 2"], [], {"vacuous"}),
    "two that contradict": ("x > 5", ["x, y in [0, 1]"], ["x < y", "y < x"], [], {"vacuous"}),
    "equation without solution": ("x > 5", UNIT, ["x^2 + 1 = 0"], [], {"vacuous"}),
    # numbers with more digits than memory
    "tower of powers": ("((x^1000)^1000)^1000 <= 1", ["x in [0, 2]"], [], [], {"refuted"}),
    "tower of constants": ("x <= ((2^1000)^1000)^1000", UNIT, [], [], {"proved"}),
    "exponential of a logarithm": ("exp(10^9*log(x)) >= 0", ["x in [1, 2]"], [], [], {"proved"}),
    "power of e": ("exp(10^9*log(2)) = x", ["x in [1, 2]"], [], [], {"refuted", "undecided"}),
    "exponentials of exponentials": ("exp(exp(exp(exp(exp(x))))) > 1", ["x in [0, 5]"], [], [], {"proved"}),
    "numbers below floats": ("x > 1e-999", UNIT, [], [], {"refuted"}),
    "ranges beyond floats": ("x^2 >= 0", ["x in [-1e1000, 1e1000]"], [], [], {"proved"}),
    "conditions beyond floats": ("1e-1000 < (2^1000)^900", [], ["sqrt(2) <= (2^1000)^900"], [],
                                 {"proved", "undecided"}),
    # functions of functions, which double at every step when written out
    "functions of functions": ("f39 - f39 = 0", ["x in [1, 2]"], [], NESTED, {"proved"}),
    "powers of sums": ("((x + y + z + 1)^1000)^1000 >= 0", ["x, y, z in [0, 1]"], [], [], {"proved"}),
    "powers of cosines": ("cos(x)^1000 = 1e-300", ["x in [1, 2]"], [], [], {"refuted", "undecided"}),
    # long and deep
    "many terms": ("+".join(["x"] * 20_000) + " >= 0", UNIT, [], [], {"proved", "undecided"}),
    "deep brackets": ("(" * 50_000 + "x" + ")" * 50_000 + " >= 0", UNIT, [], [], {"proved"}),
    "deep functions": ("sin(" * 3000 + "x" + ")" * 3000 + " <= 1", UNIT, [], [], {"proved", "undecided"}),
    "deep negations": ("not " * 5000 + "x <= 1", UNIT, [], [], {"proved"}),
    "many cases": (" or ".join(f"(x > {i} and x < {i + 1})" for i in range(1, 30)), UNIT, [], [],
                   {"refuted", "undecided"}),
    "64 variables": ("+".join(f"x{i}" for i in range(64)) + " >= 0", [f"x{i} in [0, 1]" for i in range(64)], [], [],
                     {"proved"}),
    "whole numbers up to 10^30": ("k^2 >= 0", ["k in 0..1e30"], [], [], {"proved"}),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BATTERY)
def test_a_verdict(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    conclusion, ranges, where, definitions, expected = BATTERY[name]
    options = [word for flag, texts in (("--for", ranges), ("--where", where), ("--let", definitions))
               for text in texts for word in (flag, text)]  # fmt: skip
    code = main(["prove", conclusion, *options, "--time", "5", "--json"])
    found = json.loads(capsys.readouterr().out)
    # on a busy machine time may run out, also for the proof that there are no points: then none is shown
    without_points = {"proved"} if expected == {"vacuous"} and found.get("witness") is None else set()
    assert found["verdict"] in expected | {"undecided"} | without_points, found.get("reason")
    assert code == {"proved": P, "refuted": R, "vacuous": V, "undecided": U}[found["verdict"]]


@pytest.mark.parametrize(
    ("conclusion", "ranges", "expected"),
    [
        ("1/0 > x", UNIT, "division by zero (conclusion, column 2)"),
        ("log(-1) > x", UNIT, "a logarithm of a number that is not positive"),
        ("x > 0", ["x in (1, 1)"], "there is no number in the range of x"),
        ("k > 0", ["k in (1, 2) integer"], "there is no whole number in the range of k"),
        ("x <= 9^9^9", UNIT, "the exponent 387420489 is beyond 1000"),
        ("x <= 10^9^9", UNIT, "is beyond 1000"),
        ("x > 1e9999", UNIT, "is too long"),
        ("x > " + "9" * 2000, UNIT, "is too long"),
        ("x > nan", UNIT, "unknown name 'nan'"),
        ("x < inf", UNIT, "inf is no number"),
        ("__import__('os') > 0", UNIT, "unknown character"),
        ("+".join(f"x{i}" for i in range(65)) + " > 0", [f"x{i} in [0, 1]" for i in range(65)], "more than 64"),
        ("+".join(["x"] * 600_000) + " > 0", UNIT, "characters"),
    ],
)
def test_one_line(conclusion: str, ranges: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", conclusion, *(word for text in ranges for word in ("--for", text))]) == ExitCode.INPUT_ERROR
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert expected in printed.err
