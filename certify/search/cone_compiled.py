"""The bounds of `cone_bound`, node by node in machine code (needs numba, the extra "fast").

The same method in the same steps, written as loops: the minimum-norm solver of `minnorm`, the caps of `cone_bound`, the
rounding of `cone_records` and the choice of the edge of `cone_frontier`. Import it only when numba is installed.
"""
# mypy: disable-error-code="assignment, misc, no-any-unimported, untyped-decorator, import-untyped, import-not-found"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from relucert.certify.search import cone_bound, cone_frontier, cone_records, minnorm
from relucert.certify.search.minnorm_compiled import inner_product, min_norm

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# numba freezes these when it compiles, and its cache only watches this file: touch it after changing one elsewhere
PATIENCE = minnorm.PATIENCE
DECIDED, SLOPE_GRAIN, SAFETY = cone_bound.DECIDED, cone_bound.SLOPE_GRAIN, cone_bound.SAFETY
ROUNDS, HOPELESS, PAYING = cone_bound.ROUNDS, cone_bound.HOPELESS, cone_bound.PAYING
CAP_ALLOWANCE, HURRY = cone_bound.CAP_ALLOWANCE, cone_bound.HURRY
TIE, MAX_BITS, SNAP = cone_records.TIE, cone_records.MAX_BITS, cone_records.SNAP
LONG_EVERY, SLENDER, FLOOR = cone_frontier.LONG_EVERY, cone_frontier.SLENDER, cone_frontier.FLOOR


@njit(cache=True)
def _round(
    z: Any, share: Any, x: Any, w: Any, generators: Any, normals: Any, frame: Any, allowance: float, noise: float,
    k_out: Any, listed: Any, m: Any,
) -> tuple[int, int]:  # fmt: skip
    """cone_records.round_bounds for one bound; z, k_out, listed and m are results. Returns (shift, bits)."""
    count, dim = x.shape
    whole = z.copy()
    for i in range(count):
        change = ((1.0 if inner_product(x[i], z) > 0.0 else 0.0) - share[i]) * w[i]
        if change != 0.0:
            for j in range(dim):
                whole[j] -= change * x[i, j]
    growth = max(math.sqrt(inner_product(whole, whole)) - math.sqrt(inner_product(z, z)), 0.0)
    bits = 0
    if growth <= SNAP * allowance:
        for i in range(count):
            k_out[i] = 1 if inner_product(x[i], z) > 0.0 else 0
        z[:] = whole
        allowance -= growth
    else:
        mass = 0.0
        for i in range(count):
            if 0.0 < share[i] < 1.0:
                mass += w[i]
        bits = min(math.ceil(math.log2(max(mass / (0.3 * allowance), 1.0))), MAX_BITS)
        one = 2.0**bits
        for i in range(count):
            k = np.rint(share[i] * one)
            k_out[i] = int(k)
            change = (k / one - share[i]) * w[i]
            if change != 0.0:
                for j in range(dim):
                    z[j] -= change * x[i, j]
    inward, other = np.zeros(dim), np.zeros(dim)
    for k in range(dim):
        inward += generators[k]
        other += normals[k]
    inward /= math.sqrt(inner_product(inward, inward))
    reach = np.inf
    for k in range(dim):
        reach = min(reach, inner_product(generators[k], inward))
    length = math.sqrt(inner_product(other, other))
    if reach < 1.0 / length:
        inward, reach = other / length, 1.0 / length
    step = 0.4 * allowance
    z += step * inward
    ambient = frame.shape[0]
    grain = min(0.35 * allowance, 0.9 * max(step * reach - noise, 1e-16))
    shift = min(max(math.ceil(math.log2(math.sqrt(ambient) / (2.0 * grain))), 0), MAX_BITS)
    scale = 2.0**shift
    for a in range(ambient):
        m[a] = int(np.rint(inner_product(frame[a], z) * scale))
    for j in range(dim):
        z[j] = 0.0
        for a in range(ambient):
            z[j] += m[a] / scale * frame[a, j]
    for i in range(count):
        t = inner_product(x[i], z)
        listed[i] = k_out[i] != (1 << bits if t > 0.0 else 0) or abs(t) < TIE
    return shift, bits


@njit(cache=True)
def _grown(array: Any, used: int) -> Any:
    """The array, with twice the length when it is full."""
    if used < array.shape[0]:
        return array
    larger = np.empty((2 * array.shape[0], array.shape[1]), dtype=np.int64)
    larger[: array.shape[0]] = array
    return larger


@njit(cache=True)
def _choose_edge(generators: Any, normals: Any, point: Any, depth: int, t: Any, w: Any, chosen: Any) -> None:
    """cone_frontier.choose_edges for one node; t : (p, r) products of the undecided nu_i > 0 of weight w."""
    dim = point.shape[0]
    longest, at, thick = -1.0, 0, 0.0
    pairs = np.zeros((dim, dim))
    for a in range(dim):
        thick = max(thick, inner_product(normals[a], normals[a]))
        for b in range(a + 1, dim):
            square = 2.0 - 2.0 * inner_product(generators[a], generators[b])
            if square > longest:
                longest, at = square, a * dim + b
    chosen[0], chosen[1] = at // dim, at % dim
    if w.shape[0] == 0 or depth % LONG_EVERY == LONG_EVERY - 1 or longest * thick > SLENDER:
        return
    alpha = np.empty(dim)
    for k in range(dim):
        alpha[k] = max(inner_product(normals[k], point), 0.0)
    alpha = alpha / max(alpha.max(), 1e-300) + FLOOR
    scaled = np.empty(dim)
    for i in range(w.shape[0]):
        for k in range(dim):
            scaled[k] = alpha[k] * t[i, k]
        for a in range(dim):
            if scaled[a] > 0.0:
                for b in range(dim):
                    if scaled[b] < 0.0:
                        pairs[min(a, b), max(a, b)] += w[i] * min(scaled[a], -scaled[b])
    best = -1.0
    for a in range(dim):
        for b in range(a + 1, dim):
            if pairs[a, b] > best:
                best, at = pairs[a, b], a * dim + b
    chosen[0], chosen[1] = at // dim, at % dim


@njit(cache=True)
def bound_nodes(
    generators: Any, all_normals: Any, linear: Any, undecided: Any, point: Any, bound: Any, depth: Any,
    rows: Any, weights: Any, positives: int, samples: Any, frame: Any, hurry: bool,
) -> Any:  # fmt: skip
    """Bound every node. linear, undecided, point and bound are updated; returns (closed, edges, records ..)."""
    nodes, dim = linear.shape
    ambient = frame.shape[0]
    closed, edges = np.zeros(nodes, dtype=np.bool_), np.zeros((nodes, 2), dtype=np.int64)
    heads = np.empty((256, 5), dtype=np.int64)  # node, is leaf, shift, bits, samples decided
    mantissas = np.empty((256, ambient), dtype=np.int64)
    exceptions = np.empty((256, 3), dtype=np.int64)  # record, sample, k
    listed_secants = np.empty((256, 2), dtype=np.int64)  # record, sample
    head_count = exception_count = secant_count = 0
    for node in range(nodes):
        v, normals = generators[node], all_normals[node]
        unit = np.empty((dim, dim))
        for k in range(dim):
            unit[k] = normals[k] / math.sqrt(inner_product(normals[k], normals[k]))
        # decide samples; gather the undecided ones
        ids = np.flatnonzero(undecided[node])
        t_all, kept, negative_at = np.empty((len(ids), dim)), 0, 0
        for i in ids:
            low, high = np.inf, -np.inf
            for k in range(dim):
                t = inner_product(rows[i], v[k])
                t_all[kept, k] = t
                low, high = min(low, t), max(high, t)
            if high <= DECIDED or low >= -DECIDED:
                undecided[node, i] = False
                if high > DECIDED:
                    linear[node] += weights[i] * rows[i]
                continue
            ids[kept] = i
            kept += 1
            if i < positives:
                negative_at = kept
        plus, minus = ids[:negative_at].copy(), ids[negative_at:kept].copy()
        tp = t_all[:negative_at].copy()
        xp, wp = rows[plus], weights[plus]
        x, w = rows[minus], -weights[minus]
        state = np.zeros(len(plus), dtype=np.int8)  # 0 chord, 1 secant, 2 decided
        share, k_out = np.empty(len(minus)), np.empty(len(minus), dtype=np.int64)
        listed = np.empty(len(minus), dtype=np.bool_)
        secant, kappa, grain, last = np.zeros(dim), 0.0, 0.0, 1e300
        z, m = np.zeros(dim), np.empty(ambient, dtype=np.int64)
        for turn in range(ROUNDS + 1):
            base, chords = linear[node] + secant, 0
            for k in range(dim):
                h = 0.0
                for i in range(len(plus)):
                    if state[i] == 0 and tp[i, k] > 0.0:
                        h += wp[i] * tp[i, k]
                if h > 0.0:
                    base += h * normals[k]
            for i in range(len(plus)):
                chords += state[i] == 0
            limit = 1.0 - SAFETY - kappa - 2.0 * grain
            norm = min_norm(x, w, base, v, normals, unit, limit, HURRY if hurry else PATIENCE, point[node], z, share)
            total = norm + kappa
            if norm <= limit:
                closed[node], bound[node] = True, min(bound[node], total)
            else:
                bound[node] = min(bound[node], max(total, 1.0))
                if total > HOPELESS or kappa >= 1.0 or turn == ROUNDS or hurry or total > last - PAYING * (last - 1.0):
                    break
                if chords == 0 and kappa == 0.0:
                    break
            last = total
            allowance = 0.9 * (1.0 - kappa - norm) if closed[node] else max(CAP_ALLOWANCE * (total - 1.0), 1e-9)
            shift, bits = _round(z, share, x, w, v, normals, frame, allowance, grain, k_out, listed, m)
            heads, mantissas = _grown(heads, head_count), _grown(mantissas, head_count)
            heads[head_count, 0], heads[head_count, 1] = node, int(closed[node])
            heads[head_count, 2], heads[head_count, 3], heads[head_count, 4] = shift, bits, 0
            mantissas[head_count] = m
            for i in range(len(minus)):
                if listed[i]:
                    exceptions = _grown(exceptions, exception_count)
                    exceptions[exception_count, 0] = head_count
                    exceptions[exception_count, 1], exceptions[exception_count, 2] = samples[minus[i]], k_out[i]
                    exception_count += 1
            head_count += 1
            if closed[node]:
                break
            # the cap z.u > tau: decide samples, and choose secants where they beat the chord
            tau, square = 1.0 - kappa, inner_product(z, z)
            rest = max(square - tau * tau, 0.0)
            alpha = np.empty(dim)
            scale = math.sqrt(square / (inner_product(point[node], point[node]) + 1e-300))
            for k in range(dim):
                alpha[k] = max(inner_product(normals[k], point[node]), 0.0) * scale
            secant[:] = 0.0
            kappa = grain = 0.0
            for i in range(len(plus)):
                if state[i] == 2:
                    continue
                state[i] = 0
                cosine = inner_product(xp[i], z)
                height = cosine * cosine
                if height >= rest * (1.0 + 1e-9) + 1e-13:
                    state[i] = 2
                    undecided[node, plus[i]] = False
                    heads[head_count - 1, 4] += 1
                    if cosine > 0.0:
                        linear[node] += wp[i] * xp[i]
                    continue
                if height >= rest * (1.0 - 1e-6) - 1e-12:
                    continue
                root = math.sqrt(max(square - height, 0.0) * rest)
                peak = height >= tau * tau
                upper = 1.0 if peak and cosine > 0.0 else (cosine * tau + root) / square
                lower = -1.0 if peak and cosine < 0.0 else (cosine * tau - root) / square
                if lower >= -1e-9 or upper <= 1e-9:
                    continue
                slope, chord = upper / (upper - lower), 0.0
                for k in range(dim):
                    if tp[i, k] > 0.0:
                        chord += alpha[k] * tp[i, k]
                if slope * (cosine - lower) < chord:
                    state[i] = 1
                    kappa += wp[i] * max(-slope * lower, (1.0 - slope) * upper) * (1.0 + 1e-12)
                    grain += SLOPE_GRAIN * wp[i]
                    secant += wp[i] * slope * xp[i]
                    listed_secants = _grown(listed_secants, secant_count)
                    listed_secants[secant_count, 0] = head_count - 1
                    listed_secants[secant_count, 1] = samples[plus[i]]
                    secant_count += 1
        if not closed[node] and dim > 1:
            _choose_edge(v, normals, point[node], depth[node], tp[state < 2], wp[state < 2], edges[node])
    return (
        closed, edges, heads[:head_count].copy(), mantissas[:head_count].copy(),
        exceptions[:exception_count].copy(), listed_secants[:secant_count].copy(),
    )  # fmt: skip
