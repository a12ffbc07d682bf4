"""docs/certificate_format.md and docs/certificate.schema.json agree with each other and with the checker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from relucert.certify.check.kernel import check_bytes

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "certificate.schema.json").read_text(encoding="utf-8"))


def example() -> str:
    """The complete certificate printed in the format's page."""
    found = re.search(r"```json\n(.*?)```", (DOCS / "certificate_format.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def is_valid(instance: Any) -> bool:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(instance))


def test_the_printed_example_is_valid_and_closes_the_gap() -> None:
    verdict = check_bytes(example().encode("ascii"))
    assert verdict.valid, verdict.reason
    assert verdict.relative_gap == 0
    assert verdict.grade == "exact"


def test_the_printed_example_has_the_shape_of_the_schema() -> None:
    assert is_valid(json.loads(example()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("claim", "lower_bound"), "0.75"),
        (("claim", "lower_bound"), "3/1"),
        (("claim", "lower_bound"), "-0"),
        (("claim", "refuted_gap"), "-1/2"),
        (("claim", "problem", "hidden_bias"), "fixed"),
        (("claim", "problem", "output_bias"), "penalised"),
        (("claim", "problem", "X", 0, 0), "0x1.80p+0"),
        (("claim", "problem", "X", 0, 0), "0x1p-0"),
        (("claim", "network", "output_bias"), []),
        (("evidence", "dual", "threshold"), "-1/2"),
        (("evidence", "dual", "proofs", "+", "rule"), "trust_me"),
        (("evidence", "dual", "proofs", "+"), {"rule": "sign_tree", "basis": [[1]]}),
        (("trees", 0, 0), ["L", -1, [1], 0, []]),
        (("trees", 0, 0), ["S", 0, 1, 0, 1]),
        (("trees", 0, 0), ["X"]),
    ],
)
def test_schema_and_checker_refuse_the_same_shapes(path: tuple[Any, ...], value: Any) -> None:
    instance = json.loads(example())
    place = instance
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not check_bytes(json.dumps(instance).encode("ascii")).valid
    assert not is_valid(instance)
