"""What an explanation gathers, on certificates that can be followed by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from relucert.cli.explanation import Explanation, explain
from tests.certify.check.build import certificate, network, singular_value, text_of, training_problem
from tests.certify.check.catalogue import CATALOGUE


def explained(name: str) -> Explanation:
    return explain(text_of(CATALOGUE[name]).encode("ascii"))


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_valid_certificate_gives_plain_json(name: str) -> None:
    explanation = explained(name)
    assert explanation.valid
    assert json.loads(json.dumps(explanation.summary, allow_nan=False)) == explanation.summary


@pytest.mark.parametrize("name", CATALOGUE)
def test_counts_agree_with_the_checker(name: str) -> None:
    summary = explained(name).summary
    total, rules = summary["proofs"]["total"], summary["claim"]["rules"]
    assert total["leaves"] == rules.get("simplicial_leaf", 0) + rules.get("sign_leaf", 0)
    assert total["branches"] == rules.get("split", 0) + rules.get("sign_branch", 0)
    assert total["caps"] == rules.get("cap", 0) + rules.get("sign_cap", 0)
    assert total["trees"] == len(CATALOGUE[name]["trees"])
    assert total["leaves"] == total["branches"] + total["trees"]  # the trees are binary
    assert sum(total["depth_histogram"].values()) == total["leaves"]


def test_depths_of_an_uneven_tree() -> None:
    plus = explained("sign_tree_with_branch").summary["proofs"]["+"]
    assert plus["depth_histogram"] == {"1": 1, "2": 2}
    assert plus["depth_max"] == 2
    assert plus["depth_mean"] == pytest.approx(5 / 3)
    text = json.dumps(CATALOGUE["sign_tree_with_branch"]["trees"][0], separators=(",", ":"))
    assert plus["bytes"] == len(text)
    assert plus["bytes_per_node"] == pytest.approx(len(text) / 5)


def test_rules_of_both_signs() -> None:
    proofs = explained("free_bias_split_exact").summary["proofs"]
    assert proofs["+"]["rule"] == "free_bias_split"
    assert proofs["+"]["part_rules"] == {"cone_cover": 1}
    assert proofs["-"]["part_rules"] == {"cone_cover": 1, "sign_tree": 1}


def test_an_invalid_certificate_has_only_a_reason() -> None:
    explanation = explain(b"{}")
    assert not explanation.valid
    assert explanation.reason
    assert explanation.summary == {}


def test_dual_function_and_tight_units() -> None:
    explanation = explained("free_bias_split_exact")  # units in the directions (1, -1) and (-1, 1)
    assert explanation.penalised == 1
    directions = np.array([[1.0, -1.0], [-1.0, 1.0], [2.0, -2.0], [0.0, 1.0]])
    assert explanation.ratio(directions).tolist() == [1, 1, 1, 0]
    network_part = explanation.summary["network"]
    assert network_part["tight_units"] == [0, 1]
    assert network_part["tight_share"] == 1
    assert all(unit["ratio"] == 1 and unit["agrees"] for unit in explanation.summary["units"])


def test_dead_units_and_the_order_of_units() -> None:
    """phi(u) = 3 relu(3 u) + 4 relu(4 u) is 25 u for u > 0 and 0 for u < 0."""
    problem = training_problem([[3], [4]], [6, 8], decay=25)
    net = network(problem, [[-1], [1], [1]], [1, 1, 0])
    value = certificate(
        problem, nu=[3, 4], proofs=(singular_value(25), singular_value(25)), threshold=25, lower_bound=37, net=net
    )
    summary = explain(text_of(value).encode("ascii")).summary
    assert summary["network"]["dead_units"] == [0, 2]
    assert [unit["unit"] for unit in summary["units"]] == [1, 2, 0]
    assert [unit["active"] for unit in summary["units"]] == [2, 2, 0]
    assert summary["network"]["tight_units"] == [1]


def test_residuals_beside_the_dual_variable() -> None:
    first = explained("cone_cover_with_split").summary["residuals"][0]
    assert first == {"sample": 0, "target": 4, "output": 3.125, "residual": 0.875, "scaled_dual": 1}
