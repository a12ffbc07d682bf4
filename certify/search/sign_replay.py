"""Adapting the records of a sign tree to a higher threshold.

A search that stops early proves phi <= T' |u| with T' > T. In the replay with T' every cap is smaller than it was in
the search, the intervals are shorter, and the defaults of the c_i that hang on them change. A record is kept when the
bound that its defaults give now is good enough; otherwise all its c_i are listed, for which shorter intervals can only
improve the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relucert.certify.search.sign_bound import Bounds, FloatArray, IntArray, SignSamples, evaluate
from relucert.certify.search.sign_nodes import cap_intervals
from relucert.certify.search.sign_records import Record, default_shares, round_bounds


@dataclass(frozen=True)
class _State:
    """Intervals (1, m) of a node: in the search, and in the replay at the higher threshold."""

    lower: FloatArray
    upper: FloatArray
    replay_lower: FloatArray
    replay_upper: FloatArray


def at_higher_threshold(tree: list[Record], data: SignSamples, ratio: float) -> list[Record]:
    """A tree with the same branches that proves phi <= ratio T |u|, from one whose leaves have bounds <= ratio T."""
    position = np.full(int(data.order.max(initial=-1)) + 1, -1)
    position[data.order] = np.arange(len(data.order))
    ends = np.ones((1, len(data.weights)))
    stack = [_State(-ends, ends, -ends, ends)]
    adapted: list[Record] = []
    for record in tree:
        state = stack.pop()
        if record[0] == "B":
            i = int(position[record[1]])
            stack += [_side(state, i, above=True), _side(state, i, above=False)]
        else:
            record, after = _bound(record, data, state, ratio, position)
            if after is not None:
                stack.append(after)
        adapted.append(record)
    return adapted


def _side(state: _State, i: int, above: bool) -> _State:
    lower, upper = state.lower.copy(), state.upper.copy()
    replay_lower, replay_upper = state.replay_lower.copy(), state.replay_upper.copy()
    if above:
        lower[0, i], replay_lower[0, i] = max(lower[0, i], 0.0), max(replay_lower[0, i], 0.0)
    else:
        upper[0, i], replay_upper[0, i] = min(upper[0, i], 0.0), min(replay_upper[0, i], 0.0)
    return _State(lower, upper, replay_lower, replay_upper)


def _read(record: Record, data: SignSamples, lower: FloatArray, upper: FloatArray, position: IntArray) -> Bounds:
    """The bound that a record gives on intervals (1, m)."""
    shares = default_shares(data, lower, upper, np.array([record[2]], dtype=np.float64))
    samples = np.array(record[4][::2], dtype=np.int64)
    shares[0, position[samples]] = np.array(record[4][1::2], dtype=np.float64) / 2.0 ** record[3]
    return evaluate(data, lower, upper, shares * data.weights)


def _bound(
    record: Record, data: SignSamples, state: _State, ratio: float, position: IntArray
) -> tuple[Record, _State | None]:
    """The record to write, and the state after it when it is a cap."""
    # the rest of the margin is for the last digits of secant slopes, which are not looked at one by one here
    margin = data.noise + 1e-9 * float(np.abs(data.weights).sum())
    leaf = record[0] == "L"
    before = _read(record, data, state.lower, state.upper, position)
    now = _read(record, data, state.replay_lower, state.replay_upper, position)
    if leaf and now.value[0] + margin <= ratio:
        return record, None
    lower, upper = state.lower, state.upper
    if not leaf:
        lower, upper = cap_intervals(data, before, state.lower, state.upper)
        now.kappa += margin
        found = cap_intervals(data, now, state.replay_lower, state.replay_upper, ratio)
        if (found[0] >= lower).all() and (found[1] <= upper).all():
            return record, _State(lower, upper, *found)
    allowance = np.array([1e-2 * (ratio - 1.0)])
    if leaf:
        allowance = 0.5 * np.maximum(ratio - before.value, 0.0)
    rounded, block = round_bounds(data, state.lower, state.upper, before, allowance, leaf, explicit=True)
    if leaf:
        return block.lists()[0], None
    rounded = evaluate(data, state.replay_lower, state.replay_upper, rounded.slopes)
    found = cap_intervals(data, rounded, state.replay_lower, state.replay_upper, ratio)
    return block.lists()[0], _State(lower, upper, *found)
