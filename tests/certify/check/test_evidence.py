"""The evidence is decoded by shape alone; a wrong shape is format S7."""

from __future__ import annotations

import pytest

from tests.certify.check.build import Json, check, edited, tag
from tests.certify.check.catalogue import CATALOGUE

BASE = CATALOGUE["free_bias_split_exact"]
SINGULAR = CATALOGUE["singular_value_with_better_network"]
DUAL = "evidence.dual"

WRONG: list[tuple[Json, str, Json]] = [
    *[(BASE, f"{DUAL}.dual_variable.exponent", value) for value in (True, None, "0", [0], 4097, -4097, 10**300)],
    *[
        (BASE, f"{DUAL}.dual_variable.mantissas", value)
        for value in (None, "121", {}, [1, -2, True], [1, -2, None], [1, -2, "1"], [[1]])
    ],
    *[
        (BASE, f"{DUAL}.threshold", value)
        for value in (1, None, "", "1.0", "1/1", "2/2", "+1", "1/0", "01", " 1", "1 ", "1/-2", "0x1p+0", [])
    ],
    *[(BASE, f"{DUAL}.scale", value) for value in (1, None, "2/4", "1e0", "½", "nan", "inf", "1/2\n")],
    *[
        (BASE, f"{DUAL}.proofs.+", value)
        for value in (None, [], {}, {"rule": None}, {"rule": []}, {"rule": {}}, {"rule": "cone_Cover"})
    ],
    *[
        (BASE, f"{DUAL}.proofs.+", {"rule": rule})
        for rule in ("cone_cover", "singular_value", "free_bias_split", "cap", "")
    ],
    (BASE, f"{DUAL}.proofs.+", {"rule": "sign_tree", "basis": []}),
    (BASE, f"{DUAL}.proofs.+", {"basis": [[1]], "rule": "cone_cover"}),
    (BASE, f"{DUAL}.proofs.+", {"rule": "cone_cover", "basis": None}),
    (BASE, f"{DUAL}.proofs.+", {"rule": "cone_cover", "basis": "11"}),
    (BASE, f"{DUAL}.proofs.+", {"rule": "singular_value", "bound": 5}),
    (BASE, f"{DUAL}.proofs.+.parts", None),
    (BASE, f"{DUAL}.proofs.+.parts", {}),
    (BASE, f"{DUAL}.proofs.+.parts.0", [1, {"rule": "sign_tree"}]),
    (BASE, f"{DUAL}.proofs.+.parts.0.kink", "1"),
    (BASE, f"{DUAL}.proofs.+.parts.0.kink", True),
    (BASE, f"{DUAL}.proofs.+.parts.0.proof", {"rule": "free_bias_split", "parts": []}),
    (BASE, f"{DUAL}.proofs", {"+": BASE["evidence"]["dual"]["proofs"]["+"]}),
    (BASE, f"{DUAL}.proofs", {"-": {"rule": "sign_tree"}, "+": {"rule": "sign_tree"}}),
    (SINGULAR, "evidence.better_network", []),
    (SINGULAR, "evidence.better_network", {}),
    (SINGULAR, "evidence.better_network.hidden_weights", None),
    (SINGULAR, "evidence.better_network.hidden_weights", [["1"]]),
    (SINGULAR, "evidence.better_network.hidden_weights", ["0x1p+0"]),
    (SINGULAR, "evidence.better_network.output_bias", "0x1p+0"),
]


@pytest.mark.parametrize(
    ("base", "path", "value"), WRONG, ids=[f"{path} {str(value)[:30]}" for _, path, value in WRONG]
)
def test_refused(base: Json, path: str, value: Json) -> None:
    wrong = edited(base, (path, value))
    expected = "format S3" if value == "½" else "format S7"
    if value == "1/2\n":
        expected = "format S3"  # json.dumps escapes the line break
    assert tag(check(wrong)) == expected
    assert tag(check(wrong, jobs=2)) == expected


def test_extreme_exponents_are_only_numbers() -> None:
    """nu = 0 at any exponent; a tiny nu proves a tiny bound."""
    zero = edited(CATALOGUE["nothing"], (f"{DUAL}.dual_variable.exponent", 4096))
    assert tag(check(zero)) == "VALID"
    tiny = edited(SINGULAR, (f"{DUAL}.dual_variable.exponent", -4096), ("claim.lower_bound", "0"))
    assert tag(check(tiny)) == "VALID"
    assert tag(check(edited(SINGULAR, (f"{DUAL}.dual_variable.exponent", 4096)))) == "dual_value S5"
