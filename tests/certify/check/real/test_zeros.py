"""Claims about zero sets: what is accepted, and every side condition broken alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.check.real.door import as_json, as_text, check_any, exit_code
from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.check.real.zeros import check_zero_set
from relucert.certify.check.stream import FORMAT, VERSION
from relucert.certify.claim import ClaimError
from relucert.certify.language.parse import parse_claim
from relucert.certify.zero_set import ZeroSet

# x^2 = 2 and y = x, at (sqrt 2, sqrt 2): between 7/5 and 3/2; the derivatives are [[2x, 0], [-1, 1]]
FORMULA = parse_claim("x^2 - 2 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 5"])
NARROW = [["141/100", "71/50"], ["141/100", "71/50"]]
WIDE = [["5/4", "3/2"], ["9/8", "13/8"]]
INVERSE = [["5/14", "0"], ["5/14", "1"]]
# the clause: x + y > 5, x^2 < 2, x^2 > 2, y < x, y > x, in the box
TREE = [
    ["split", 0, "5/4"], ["interval", 1],
    ["split", 0, "3/2"],
    ["split", 1, "9/8"], ["interval", 3],
    ["split", 1, "13/8"], ["interval", 5],
    ["interval", 4],
    ["interval", 2],
]  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    claim = {"kind": "zero-set", "formula": FORMULA.to_json(), "boxes": [NARROW], "negative": [0]}
    evidence = {"bits": 64, "wide": [WIDE], "inverses": [INVERSE]}
    value = {"format": FORMAT, "version": VERSION, "claim": claim, "evidence": evidence, "trees": [TREE]}
    return deepcopy(value | changes)


def checked(value: Any) -> TheoremVerdict:
    return check_zero_set(json.dumps(value).encode())


def tag(verdict: TheoremVerdict) -> str:
    if verdict.valid:
        return "VALID"
    _, _, rest = verdict.reason.partition("rule ")
    rule, _, condition = rest.partition(", ")
    return f"{rule} {condition.partition(':')[0]}"


def test_the_root_of_two() -> None:
    verdict = checked(document())
    assert verdict.reason == ""
    assert verdict.valid
    assert verdict.rules == {"krawczyk": 1, "eigenvalues": 1, "split": 4, "interval": 5}


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    result = document()
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return result


BOX = ["claim", "boxes", 0]
BROKEN: list[tuple[str, list[Any], Any]] = [
    ("zeros S1", ["evidence", "bits"], 8),
    ("zeros S1", ["evidence", "bits"], True),
    ("zeros S1", ["evidence", "wide"], []),
    ("zeros S1", ["evidence", "inverses", 0], [["1", "0"]]),
    ("zeros S1", ["evidence", "inverses", 0, 0], ["1"]),
    ("zeros S1", ["evidence", "inverses", 0, 0, 0], "2/4"),
    ("zeros S1", ["evidence", "inverses", 0, 0, 0], 1),
    ("zeros S3", ["evidence", "wide", 0], [["1413/1000", "3/2"], ["9/8", "13/8"]]),
    ("krawczyk S2", ["evidence", "inverses", 0], [["0", "0"], ["0", "0"]]),
    ("krawczyk S2", BOX, [["283/200", "71/50"], ["141/100", "71/50"]]),  # from 1.415 on
    ("krawczyk S2", BOX, [["141/100", "707/500"], ["141/100", "71/50"]]),
    ("zeros S5", ["claim", "negative", 0], 1),
    ("cover S1", ["trees", 0, 1], ["interval", 9]),
    ("interval S1", ["trees", 0, 1], ["interval", 2]),
    ("interval S1", ["evidence", "wide", 0], [["7/5", "3/2"], ["9/8", "13/8"]]),  # the tree was for a wider box
    ("format S8", ["claim", "boxes", 0, 0], ["71/50", "141/100"]),
    ("format S8", ["claim", "boxes", 0], [["1", "2"]]),
    ("format S8", ["claim", "negative", 0], 3),
    ("format S8", ["claim", "negative", 0], True),
    ("format S8", ["claim", "negative"], []),
    ("format S8", ["claim", "formula", "assertion"], "fails"),
    ("format S8", ["claim", "formula", "variables", 0, 5], True),
    ("format S8", ["claim", "kind"], "zeros"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "path", "value"), BROKEN, ids=[f"{e} {p}" for e, p, _ in BROKEN])
def test_one_thing_broken(expected: str, path: list[Any], value: Any) -> None:
    assert tag(checked(changed(path, value))) == expected


def with_formula(conclusion: str, ranges: list[str], where: list[str] | None = None) -> dict[str, Any]:
    return changed(["claim", "formula"], parse_claim(conclusion, ranges, where or []).to_json())


def test_a_box_out_of_the_ranges() -> None:
    value = with_formula("x^2 - 2 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 1.415]"], ["x + y <= 5"])
    assert tag(checked(value)) == "zeros S2"


def test_a_box_where_the_hypothesis_may_fail() -> None:
    value = with_formula("x^2 - 2 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 2.83"])
    assert tag(checked(value)) == "zeros S2"


def test_empty_ranges() -> None:
    value = with_formula("x - 5 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 5"])
    value["claim"] |= {"boxes": [], "negative": []}
    value["claim"]["formula"]["variables"][1][1:3] = value["claim"]["formula"]["variables"][1][2:0:-1]
    value["evidence"] |= {"wide": [], "inverses": []}
    assert tag(checked(value | {"trees": [[]]})) == "zeros S2"


def test_two_boxes_with_one_zero() -> None:
    value = document()
    for part, name in (("claim", "boxes"), ("claim", "negative"), ("evidence", "wide"), ("evidence", "inverses")):
        value[part][name] *= 2
    assert tag(checked(value)) == "zeros S3"


def test_derivatives_that_do_not_exist() -> None:
    value = with_formula("abs(x - 1.415) != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 5"])
    assert tag(checked(value)) == "krawczyk S1"


def test_a_double_zero_is_refused() -> None:
    value = with_formula("(x - 1.415)^2 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 5"])
    assert tag(checked(value)) == "krawczyk S2"


def test_a_pivot_that_may_be_zero() -> None:
    """The derivatives [[0, 1], [1, 0]] have one negative eigenvalue, but elimination in this order cannot tell."""
    value = with_formula("y != 0 or x != 0", ["x in [-1, 1]", "y in [-1, 1]"])
    box = [["-1", "1"], ["-1", "1"]]
    value["claim"] |= {"boxes": [box], "negative": [1]}
    value["evidence"] |= {"wide": [box], "inverses": [[["0", "1"], ["1", "0"]]]}
    value["trees"] = [[["interval", 4]]]
    assert tag(checked(value)) == "eigenvalues S1"
    value["claim"]["negative"] = [None]
    assert checked(value).valid


def test_no_boxes_is_a_claim_that_there_is_no_zero() -> None:
    value = with_formula("x - 5 != 0 or y - x != 0", ["x in [1, 3]", "y in [1, 3]"], ["x + y <= 5"])
    value["claim"]["boxes"], value["claim"]["negative"], value["evidence"] = (
        [],
        [],
        {"bits": 64, "wide": [], "inverses": []},
    )
    value["trees"] = [[["interval", 1]]]
    assert checked(value).valid
    value["trees"] = [[["interval", 2]]]
    assert tag(checked(value)) == "interval S1"


@pytest.mark.parametrize(
    ("conclusion", "ranges"),
    [
        ("x < 0", ["x in [1, 3]"]),
        ("x != 0 and x != 1", ["x in [1, 3]"]),
        ("x != 0 or x != 1", ["x in [1, 3]"]),
        ("x != 0", ["x in 1..3"]),
    ],
)
def test_what_is_no_system_of_equations(conclusion: str, ranges: list[str]) -> None:
    with pytest.raises(ClaimError, match=r"claim\.formula"):
        ZeroSet(parse_claim(conclusion, ranges), (), ())


def test_text_after_it_and_other_shapes() -> None:
    data = json.dumps(document()).encode()
    assert not check_zero_set(data + b" 1").valid
    assert not check_zero_set(data[:-1]).valid
    changes: list[dict[str, Any]] = [{"claim": []}, {"claim": {}}, {"evidence": []}, {"trees": []}]
    for change in changes:
        assert not checked(document(**change)).valid
    for boxes in (None, [None], [[None, None]], [[["1"], ["2"]]], [[[1, 2], [3, 4]]]):
        assert tag(checked(changed(["claim", "boxes"], boxes))) == "format S8"


def test_words_and_door() -> None:
    data = json.dumps(document()).encode()
    verdict = check_any(data)
    assert exit_code(verdict) == 0
    text = as_text(verdict)
    assert "Except at exactly one point: x in [141/100, 71/50], y in [141/100, 71/50] (0 negative, 2 positive" in text
    assert text.endswith("\nVALID")
    assert as_json(verdict)["grade"] == "interval"
    bad = check_any(data.replace(b'"bits": 64', b'"bits": 65000'))
    assert exit_code(bad) == 1
    assert as_text(bad).startswith("INVALID: evidence, rule zeros, S1")
    assert as_json(bad)["verdict"] == "INVALID"


def test_json_round_trip() -> None:
    claim = ZeroSet.from_json(document()["claim"])
    assert ZeroSet.from_json(json.loads(json.dumps(claim.to_json()))) == claim
    other = ZeroSet(claim.formula, claim.boxes, (None,))
    assert other.sha256() != claim.sha256()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        return [leaf for key in keys for leaf in leaves(value[key], (*path, key))]
    return [path]


MUTATIONS: list[Callable[[Any], Any]] = [
    lambda _: None,
    lambda _: True,
    lambda x: x + 1 if type(x) is int else f"-{x}",
    lambda x: x - 1 if type(x) is int else f"{x}1",
    lambda x: str(Fraction(x) * Fraction(101, 100)) if isinstance(x, str) and x[:1].isdigit() else 7,
]


@pytest.mark.parametrize("mutation", range(len(MUTATIONS)))
def test_no_mutation_of_the_boxes_lets_the_root_escape(mutation: int) -> None:
    """Whatever one entry becomes: what is still accepted says that the root of two lies in the box, and it does."""
    accepted = 0
    for path in leaves(document()):
        value = document()
        place = value
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = MUTATIONS[mutation](place[path[-1]])
        verdict = checked(value)
        if not verdict.valid:
            continue
        accepted += 1
        claim = verdict.claim
        assert isinstance(claim, ZeroSet)
        if claim.formula.nodes == FORMULA.nodes and claim.formula.formulas == FORMULA.formulas:
            assert all(low > 0 and low**2 < 2 < high**2 for low, high in claim.boxes[0])
            assert claim.negative in ((0,), (None,))
    assert accepted < 40
