"""Zero patches do nothing."""

from __future__ import annotations

from random import Random

import pytest

from relucert.reductions.maps.padding import Padding
from relucert.reductions.problem import ProblemError
from tests.reductions.instances import small_networks
from tests.reductions.laws import require_laws


def test_networks_of_no_reduction() -> None:
    random = Random(1)
    answers = [require_laws(Padding(3), network, random, fuzzed=1) for network in small_networks()[:30]]
    assert {True, False} == set(answers)


def test_fewer_patches_are_refused() -> None:
    network = next(network for network in small_networks() if network.instance.k == 3)
    with pytest.raises(ProblemError, match="3 patches cannot be padded to 2"):
        Padding(2).apply(network)
