"""The text of a certificate."""

from __future__ import annotations

import gzip
import json
from fractions import Fraction

from relucert.certify.claim import TrainingGap
from relucert.certify.search.emit import Evidence, certificate_bytes, pack
from relucert.certify.search.rounding import DualVariable
from tests.certify.search.small_problems import network, problem, regression

X, Y = regression()
TASK = problem(X, Y, 0.5)
CLAIM = TrainingGap(TASK, network(TASK, 2), Fraction(1, 3), None)
RULE = {"rule": "sign_tree"}


def evidence(*trees: list[object], better: bool = False) -> Evidence:
    return Evidence(
        DualVariable([3] * 8, -2), Fraction(7, 2), Fraction(1, 5), (RULE, RULE), trees,
        network(TASK, 1) if better else None,
    )  # fmt: skip


def test_keys_are_in_the_order_of_the_format() -> None:
    data = certificate_bytes(CLAIM, evidence([["L", 0, [1, 2], 0, []]], better=True))
    parsed = json.loads(data)
    assert list(parsed) == ["format", "version", "claim", "evidence", "trees"]
    assert list(parsed["evidence"]) == ["dual", "better_network"]
    assert list(parsed["evidence"]["dual"]) == ["dual_variable", "threshold", "scale", "proofs"]
    assert parsed["evidence"]["dual"]["dual_variable"] == {"exponent": -2, "mantissas": [3] * 8}
    assert (parsed["evidence"]["dual"]["threshold"], parsed["evidence"]["dual"]["scale"]) == ("7/2", "1/5")
    assert parsed["evidence"]["better_network"]["output_weights"]
    assert parsed["claim"]["lower_bound"] == "1/3"


def test_one_line_per_record() -> None:
    trees = [[["S", 0, 1, 1, 2], ["L", 0, [1], 0, []], ["L", 0, [2], 0, [3, 1]]], [["L", 0, [1], 0, []]]]
    data = certificate_bytes(CLAIM, evidence(*trees))
    assert data.isascii() and data.endswith(b"\n") and b" " not in data
    assert data.count(b"\n") == 1 + 3 + 1
    assert json.loads(data)["trees"] == trees


def test_no_trees_and_no_better_network() -> None:
    parsed = json.loads(certificate_bytes(CLAIM, evidence()))
    assert parsed["trees"] == [] and parsed["evidence"]["better_network"] is None


def test_compressed_by_name_and_the_same_every_time() -> None:
    data = certificate_bytes(CLAIM, evidence())
    assert pack(data, "net.json") == data
    packed = pack(data, "net.json.gz")
    assert gzip.decompress(packed) == data and packed == pack(data, "other.gz")
