"""Rule better_network: each of S1 to S3, and the strict inequality."""

from __future__ import annotations

import pytest

from tests.certify.check.build import Refused, check, edited, network, tag
from tests.certify.check.catalogue import CATALOGUE

BASE = CATALOGUE["singular_value_with_better_network"]  # objectives 50 and 37.5
WIDE = network(BASE["claim"]["problem"], [[1, 1]], [1])

TABLE = [
    Refused("gap without a network", edited(BASE, ("evidence.better_network", None)), "better_network S1"),
    Refused("network without a gap", edited(BASE, ("claim.refuted_gap", None)), "better_network S1"),
    Refused("two inputs", edited(BASE, ("evidence.better_network", WIDE)), "better_network S2", False),
    Refused(
        "a bias that the problem has not",
        edited(BASE, ("evidence.better_network.output_bias", ["0x0p+0"])),
        "better_network S2",
        False,
    ),
    Refused(
        "missing output weight",
        edited(BASE, ("evidence.better_network.output_weights", [])),
        "better_network S2",
        False,
    ),
    Refused("not strictly better", edited(BASE, ("claim.refuted_gap", "1/4")), "better_network S3"),
    Refused(
        "the same network", edited(BASE, ("evidence.better_network", BASE["claim"]["network"])), "better_network S3"
    ),
    Refused(
        "gap 0 and the same network",
        edited(BASE, ("claim.refuted_gap", "0"), ("evidence.better_network", BASE["claim"]["network"])),
        "better_network S3",
    ),
    Refused("gap 1", edited(BASE, ("claim.refuted_gap", "1")), "format S8", False),
    Refused("negative gap", edited(BASE, ("claim.refuted_gap", "-1/2")), "format S8", False),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_refused(row: Refused) -> None:
    row.verify()


def test_accepted_below_the_true_gap() -> None:
    assert tag(check(edited(BASE, ("claim.refuted_gap", f"{10**40 - 1}/{4 * 10**40}")))) == "VALID"
    verdict = check(BASE)
    assert verdict.better_loss is not None and verdict.better_loss.high == 37.5
    assert verdict.rules["better_network"] == 1


def test_gap_zero_means_strictly_better() -> None:
    assert tag(check(edited(BASE, ("claim.refuted_gap", "0")))) == "VALID"
