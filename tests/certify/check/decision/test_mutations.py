"""Every line, literal, hint and multiplier of certificates of no, edited one at a time.

What is still accepted is listed by kind.  It proves the same true claim: a clause with a literal more, or a hint that
says the same as another.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from random import Random

import pytest

from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve.hybrid import hybrid
from relucert.reductions.solve.structure import by_formula
from relucert.reductions.solve.transport import formula
from tests.certify.check.decision.examples import BY_MAX, Json, bytes_of, certificate
from tests.reductions.solve.networks import FANO, direct, generic, native, progressions

pytest.importorskip("pysat")


def transported(instance: NonOverlapInstance) -> Json:
    found = formula(instance)
    assert found is not None
    return decoded(by_formula(found).certificate)


def decoded(data: bytes | None) -> Json:
    assert data is not None
    return json.loads(data)


CASES: dict[str, Json] = {
    "by hand": certificate(),
    "max": BY_MAX,
    "native": transported(native(9, progressions(9, 3), 2)),
    "direct": transported(direct(3, [[a, 2 * b, 3 * c] for a in (1, -1) for b in (1, -1) for c in (1, -1)])),
    "generic": decoded(hybrid(generic(4, 8, 2, seed=1, fits=False)).certificate),
}


def edits(steps: Json, atoms: int) -> Iterator[tuple[str, Json]]:
    """(kind of edit, edited steps)."""
    for number, step in enumerate(steps):
        yield "line removed", [*steps[:number], *steps[number + 1 :]]

        def put(kind: str, new: Json, number: int = number) -> tuple[str, Json]:
            return kind, [*steps[:number], new, *steps[number + 1 :]]

        if step[0] == "max":
            yield put("other sample", ["max", step[1] + 1])
            continue
        _, first, second = step
        literals = [entry if step[0] == "lrat" else entry[0] for entry in first]
        for i, literal in enumerate(literals):
            for kind, other in (("literal negated", -literal), ("literal exchanged", abs(literal) % atoms + 1)):
                changed = other if step[0] == "lrat" else [other, first[i][1]]
                yield put(f"{step[0]}: {kind}", [step[0], [*first[:i], changed, *first[i + 1 :]], second])
            yield put(f"{step[0]}: literal removed", [step[0], [*first[:i], *first[i + 1 :]], second])
        missing = next((a for a in range(1, atoms + 1) if a not in map(abs, literals)), None)
        if missing is not None:
            more = missing if step[0] == "lrat" else [missing, 1]
            yield put(f"{step[0]}: literal added", [step[0], [*first, more], second])
        for i in range(len(second)):
            yield put(f"{step[0]}: entry removed", [step[0], first, [*second[:i], *second[i + 1 :]]])
            if step[0] == "lrat":
                for move in (-1, 1):
                    yield put("hint moved", [step[0], first, [*second[:i], second[i] + move, *second[i + 1 :]]])
                if i:
                    swapped = [*second[: i - 1], second[i], second[i - 1], *second[i + 1 :]]
                    yield put("hints swapped", [step[0], first, swapped])
        if step[0] == "farkas":
            for part in (1, 2):
                for i, entry in enumerate(step[part]):
                    for m in (entry[-1] + 1, entry[-1] - 1, -entry[-1]):
                        new = deepcopy(step)
                        new[part][i][-1] = m
                        yield put("multiplier", new)


# Two hints that do not depend on each other; a hint that says the same as its neighbour; a clause that follows without
# the literal as well.  No edit of an axiom, a multiplier or a whole line is harmless.
HARMLESS = {"hints swapped", "hint moved", "lrat: literal removed"}
MOST = 400  # of every certificate


@pytest.mark.parametrize("name", CASES)
def test_single_edits(name: str) -> None:
    value = CASES[name]
    assert check_decision(bytes_of(value)).valid
    tried, accepted = Counter[str](), Counter[str]()
    every = list(edits(value["steps"], len(value["evidence"]["atoms"])))
    for kind, steps in Random(0).sample(every, min(MOST, len(every))):
        verdict = check_decision(bytes_of(value | {"steps": steps}))
        tried[kind] += 1
        accepted[kind] += verdict.valid
        # a step, its rule and its side condition are named
        assert verdict.valid or re.match(r"steps?( \d+)?, rule \w+, S\d: ", verdict.reason), verdict.reason
    assert set(+accepted) <= HARMLESS, accepted
    assert sum(accepted.values()) < sum(tried.values()) / 4


@pytest.mark.parametrize("name", CASES)
def test_edits_of_the_network(name: str) -> None:
    """A certificate of no with another network is accepted only if no filter fits that one either."""
    value, random = CASES[name], Random(1)
    samples = value["claim"]["instance"]["samples"]
    for _ in range(40):
        changed = deepcopy(value)
        rows = changed["claim"]["instance"]["samples"]
        t = random.randrange(len(samples))
        if random.random() < 0.5:
            rows[t][0] = {"0": "1", "1": "0"}.get(rows[t][0], "0")
        else:
            rows[t] = ["0", *[[] for _ in rows[t][1:]]]  # asks for nothing
        verdict = check_decision(bytes_of(changed))
        if verdict.valid:
            assert verdict.claim is not None
            decision = hybrid(verdict.claim.instance)
            assert decision.answer == "no"


def test_certificates_of_no_shown_to_networks_that_fit() -> None:
    pairs = [
        (native(9, progressions(9, 3), 2), native(9, progressions(8, 3), 2)),
        (native(7, FANO, 2), native(7, FANO[1:], 2)),
        (native(7, FANO, 2), native(7, FANO[:-1], 2)),
        (direct(2, [[1], [-1, 2], [-2]]), direct(2, [[1], [-1, 2], [2]])),
        (direct(1, [[1], [-1]]), direct(1, [[1], [1]])),
    ]
    for no, yes in pairs:
        value = transported(no)
        assert check_decision(bytes_of(value)).valid
        value["claim"]["instance"] = yes.to_json()
        assert not check_decision(bytes_of(value)).valid
        found = formula(yes)
        assert found is not None and by_formula(found).answer == "yes"


def test_the_word_no_turned_into_yes() -> None:
    value = CASES["native"]
    value = value | {
        "claim": value["claim"] | {"assertion": "reachable"},
        "evidence": {"filter": ["0"] * 18},
        "steps": [],
    }
    assert check_decision(bytes_of(value)).reason.startswith("filter, rule witness, S2")
