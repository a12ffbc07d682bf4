"""Replays the proof of one clause: a tree of regions, every leaf of which proves one of the clause's inequalities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.combination import combination
from relucert.certify.check.real.corner import corner_touch
from relucert.certify.check.real.goal import Clause
from relucert.certify.check.real.interval import Arithmetic
from relucert.certify.check.real.leaves import (
    MAX_ORDER,
    exact_form,
    interval,
    mean_value,
    monotone,
    taylor_touch,
)
from relucert.certify.check.real.reduce import Goal, branch, lemma, rewrite, slope
from relucert.certify.check.real.region import End, Region, constant_end, cut, face, number, split
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.formula import Node, nodes_from_json

_REDUCTIONS = {"branch": branch, "lemma": lemma, "rewrite": rewrite, "slope": slope}
_LEAVES = {"interval": interval, "mean_value": mean_value, "exact_form": exact_form}
_LENGTHS = {"split": 3, "cut": 3, "interval": 2, "mean_value": 2, "exact_form": 2, "monotone": 4, "taylor_touch": 5,
            "combination": 5, "corner_touch": 3, "lemma": 3, "branch": 2, "rewrite": 5, "slope": 7}  # fmt: skip


def cover(
    nodes: Sequence[Node],
    clause: Clause,
    region: Region,
    arithmetic: Arithmetic,
    records: Iterator[Any],
    tally: Counter[str],
    name: str,
) -> None:
    """The records of the tree in preorder: ``["split", variable, number]`` with the part below the number first,
    ``["cut", variable, number]`` with the parts below, at and above the number,
    ``["monotone", inequality, variable, "low" | "high"]`` with the face, reductions to other inequalities, and leaves
    ``[rule, inequality, ...]``.

    S1  a record has its shape; variables and inequalities exist; below a face only its inequality is proved
    S2  there is a record for every region, and no other
    S3  below a lemma a number at which is split or cut is within the range
    """
    empty = any(side.is_empty() for side in region)
    stack = [] if empty else [Goal.of(nodes, clause, region, arithmetic)]
    for count, record in enumerate(records):
        step = f"{name} record {count}"
        require(bool(stack), step, "cover", "S2", "the tree is complete already")
        goal = stack.pop()
        part, only = goal.region, goal.only
        kind = _shape(record, len(part), len(goal.clause), step)
        tally[kind] += 1
        if kind in ("split", "cut"):
            end = _number(record[2], step, arithmetic)
            within = not goal.positive or part[record[1]].holds(end)
            require(within, step, "cover", "S3", "what lemmas say is not known outside of their region")
            divided = (split if kind == "split" else cut)(part, record[1], end)
            stack += [goal.on(piece, only) for piece in reversed(divided)]
            continue
        require(
            only in (None, record[1]) or kind in ("lemma", "branch"),
            step,
            "cover",
            "S1",
            "another inequality than the face's",
        )
        if kind in _REDUCTIONS:
            stack += reversed(_REDUCTIONS[kind](goal, arithmetic, record, step))
            continue
        difference = goal.differences[record[1]]
        if kind == "taylor_touch":
            taylor_touch(difference, part, record[2], record[3], record[4], step)
        elif kind == "corner_touch":
            corner_touch(difference, part, record[2], step)
        elif kind == "combination":
            enclosed = combination(goal.nodes, goal.clause, part, arithmetic, record, step, below_face=only is not None)
            if enclosed:
                tally["sign"] += 1
        elif kind == "monotone":
            end = part[record[2]].low if record[3] == "low" else part[record[2]].high
            if end is None:
                raise CertificateError(step, "monotone", "S1", "the end is infinite")
            monotone(difference, part, record[2], end, record[3], step)
            below = goal.on(face(part, record[2], end), record[1])
            stack.append(below.forget(arithmetic) if end.out else below)
        else:
            _LEAVES[kind](difference, part, step)
    require(not stack, name, "cover", "S2", "the tree is not complete")


def _shape(record: Any, variables: int, inequalities: int, step: str) -> str:
    kind = record[0] if isinstance(record, list) and record else None
    known = isinstance(kind, str) and kind in _LENGTHS and len(record) == _LENGTHS[kind]
    require(known, step, "cover", "S1", "no such record")
    places = (
        [(record[1], variables if kind in ("split", "cut") else inequalities)]
        if kind not in ("lemma", "branch")
        else []
    )
    if kind in ("monotone", "taylor_touch", "slope"):
        places.append((record[2], variables))
        require(record[3] in ("low", "high"), step, "cover", "S1", "an end is low or high")
    if kind == "corner_touch":
        ends = record[2] if isinstance(record[2], list) and len(record[2]) == variables else [""]
        require(all(end in ("low", "high", None) for end in ends), step, "cover", "S1", "ends are low, high or null")
    if kind == "taylor_touch":
        places.append((record[4] - 1 if type(record[4]) is int else None, MAX_ORDER))
    good = all(type(place) is int and 0 <= place < count for place, count in places)
    require(good, step, "cover", "S1", "a number is out of range")
    return str(kind)


def _number(value: Any, step: str, arithmetic: Arithmetic) -> End:
    """``"p/q"``, ``"p/q*pi"``, or expressions without variables, of which the last is meant."""
    try:
        if isinstance(value, list):
            return constant_end(nodes_from_json(value, 0, 0), arithmetic)
        times_pi = isinstance(value, str) and value.endswith("*pi")
        return number(parse_rational(value[:-3] if times_pi else value, step), arithmetic, times_pi=times_pi)
    except (ClaimError, ArithmeticError) as error:
        raise CertificateError(step, "cover", "S1", str(error)) from None
