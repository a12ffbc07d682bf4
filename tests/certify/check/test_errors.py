"""`require` accepts True and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from relucert.certify.check.errors import CertificateError, require


@pytest.mark.parametrize("value", [False, None, 0, 1, "yes", [1], NotImplemented])
def test_only_true_holds(value: Any) -> None:
    with pytest.raises(CertificateError) as caught:
        require(value, "proof +", "split", "S1", "not an edge")
    assert str(caught.value) == "proof +, rule split, S1: not an edge"
    assert (caught.value.rule, caught.value.condition) == ("split", "S1")


def test_true_holds() -> None:
    require(True, "", "", "", "")
