"""The file of published inequalities is well formed, and what is quick to settle is settled as it says."""

from __future__ import annotations

import pytest

from benchmarks.inequalities import sampled, section
from benchmarks.inequalities.problems import Problem, problems
from benchmarks.measure import Row

LISTED = {problem.name: problem for problem in problems()}
QUICK = (
    "log-tangent",
    "exp-tangent",
    "jordan",
    "kober-above",
    "sine-parabola",
    "arc-cosine-kernel-positive",
    "rosenbrock",
    "false-jordan",
    "false-exp-half",
    "false-goemans-williamson",
    "false-nesbitt",
)


def test_names_and_shares() -> None:
    assert len(LISTED) == len(problems())
    true = [problem for problem in problems() if problem.truth]
    assert len(true) >= 80 and len(LISTED) - len(true) >= 15
    assert 4 * sum(problem.touches is not None for problem in true) >= len(true)
    assert all(problem.source and problem.truth is not problem.name.startswith("false-") for problem in problems())


def test_every_claim_is_read() -> None:
    assert {len(problem.parse().variables) for problem in problems()} == set(range(7))


@pytest.mark.parametrize("name", QUICK)
def test_quick_ones_are_settled(name: str) -> None:
    row = section.measured(LISTED[name], seconds=60.0)
    assert row["verdict"] == section.EXPECTED[LISTED[name].truth]


@pytest.mark.parametrize("name", ["false-jordan", "jordan", "imo-1984", "false-pinsker"])
def test_sampling_tells_them_apart(name: str) -> None:
    assert (sampled.counterexample(LISTED[name], count=2000) is None) is LISTED[name].truth


def test_sampling_reads_what_the_language_reads() -> None:
    problem = Problem("p", "-x^2 + 0.1*x < 1/10", ("x in [-1, 1]",), ("x >= 1/2",), True, "", None)
    assert sampled.margin(problem.claim) == [("<", "(N('1')/N('10')) - (-x**N('2') + N('0.1')*x)")]
    assert list(sampled.ranges(problem)) == [("x", -1.0, 1.0)]


def test_report_names_wrong_verdicts_and_missing_tools() -> None:
    row = {"name": "one", "truth": True, "touches": None, "source": "s", "claim": "x < 1", "search": 0.5}
    rows: list[Row] = [
        row | {"verdict": "refuted", "grade": "exact", "check": 0.1, "leaves": 0, "bytes": 100},
        row | {"name": "two", "verdict": "undecided", "reason": "time", "margin": 0.0, "where": [[0.0, "inf"]]},
        {
            "name": None,
            "installed": {"z3": False, "cvc5": False, "coq-interval": False},
            "limit": 5.0,
            "limit of others": 5.0,
        },
    ]
    text = section.report(rows)
    assert "Wrong verdicts: one." in text
    assert "| two | `x < 1` | s | time | [0, inf] |" in text
    assert "| z3 | not installed |" in text
