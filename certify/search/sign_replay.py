"""Adapting the records of a sign tree to a higher threshold.

A search that stops early proves phi <= T' |u| with T' > T. With T' every cap is smaller than it was in the search and
the intervals are shorter, so that most bounds only improve; but the defaults of the c_i that hang on the intervals
change, and a cap may be empty. The tree is therefore replayed in floating point with T'. Nodes that close earlier are
cut off; nodes that no longer close the way they did are searched again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from relucert.certify.search.cones import Limits
from relucert.certify.search.deadline import NotWritten
from relucert.certify.search.sign_bound import Bounds, FloatArray, IntArray, SignSamples, evaluate
from relucert.certify.search.sign_frontier import SignFrontier
from relucert.certify.search.sign_nodes import cap_intervals, capped
from relucert.certify.search.sign_records import SLOPE_BITS, Record, default_shares

State = tuple[FloatArray, FloatArray]  # lower and upper (1, m)


def at_higher_threshold(tree: list[Record], data: SignSamples, ratio: float, deadline: float) -> list[Record]:
    """A tree that proves phi <= ratio T |u|, from one whose leaves have bounds <= ratio T where its caps hold.

    Raises NotWritten from the deadline on.
    """
    data = data.at_threshold(ratio)
    position = np.full(int(data.order.max(initial=-1)) + 1, -1)
    position[data.order] = np.arange(len(data.order))
    # the last digits of secant slopes, which are not looked at one by one here
    margin = data.noise + 2.0 ** (1 - SLOPE_BITS) * float(np.abs(data.weights).sum())
    ends = np.ones((1, len(data.weights)))
    stack: list[State] = [(-ends, ends)]
    adapted: list[Record] = []
    records = iter(tree)
    for record in records:
        if time.monotonic() >= deadline:
            raise NotWritten
        lower, upper = stack.pop()
        if record[0] == "B":
            i = int(position[record[1]])
            adapted.append(record)
            stack += [_side(lower, upper, i, above=True), _side(lower, upper, i, above=False)]
            continue
        bounds = _read(record, data, lower, upper, position)
        if bounds.value[0] + margin <= 1.0:
            adapted.append(["L", *record[1:]])
        elif record[0] == "K" and capped(bounds)[0]:
            after = cap_intervals(data, bounds, lower, upper)
            if (after[0] <= after[1]).all():
                adapted.append(record)
                stack.append(after)
                continue
            adapted += _search_again(data, lower, upper, deadline)
        else:
            adapted += _search_again(data, lower, upper, deadline)
        if record[0] == "K":
            _skip(records)
    return adapted


def _side(lower: FloatArray, upper: FloatArray, i: int, above: bool) -> State:
    """A half of a branched node."""
    lower, upper = lower.copy(), upper.copy()
    if above:
        lower[0, i] = max(lower[0, i], 0.0)
    else:
        upper[0, i] = min(upper[0, i], 0.0)
    return lower, upper


def _read(record: Record, data: SignSamples, lower: FloatArray, upper: FloatArray, position: IntArray) -> Bounds:
    """The bound that a record gives on intervals (1, m)."""
    shares = default_shares(data, lower, upper, np.array([record[2]], dtype=np.float64))
    samples = np.array(record[4][::2], dtype=np.int64)
    shares[0, position[samples]] = np.array(record[4][1::2], dtype=np.float64) / 2.0 ** record[3]
    return evaluate(data, lower, upper, shares * data.weights)


def _skip(records: Iterator[Record]) -> None:
    """Pass over the rest of a node and all that is below it."""
    waiting = 1
    while waiting:
        waiting += {"L": -1, "K": 0, "B": 1}[next(records)[0]]


def _search_again(data: SignSamples, lower: FloatArray, upper: FloatArray, deadline: float) -> list[Record]:
    """Records that close a node."""
    result = SignFrontier(data, lower, upper).run(Limits(deadline=deadline))
    if result.status != "proved":
        raise NotWritten
    return result.log.assemble()
