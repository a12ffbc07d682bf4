"""Proves that the iterates of a map reach a target from all starts, and that they converge there.

Floats find a trap, boxes and their images; what comes out is what the checker says about the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from relucert.certify.check.real.descent import check_descent
from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.descent_claim import DescentClaim
from relucert.certify.search.descent_chains import TooManyPiecesError, follow
from relucert.certify.search.descent_model import Model, Record, spelled
from relucert.certify.search.descent_trap import find_trap
from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_oracle import FORMAT, VERSION
from relucert.certify.search.formula_values import OutOfTimeError

BITS = 64
SAMPLES, SEED = 500, 5
LONGEST = 20_000  # steps of a sampled start
SPARE, PART = 2, 4  # so many steps more than samples take, and one in so many


@dataclass(frozen=True)
class DescentProved:
    """The claim, with its steps and its trap; sampled: the most steps of a sampled start, in floats."""

    claim: DescentClaim
    certificate: bytes
    verdict: TheoremVerdict
    sampled: int
    cells: int


@dataclass(frozen=True)
class DescentUndecided:
    """No proof.  where : floats, the ends of the box of starts (or of iterates) that is in the way, or a start."""

    reason: str
    where: tuple[tuple[float, float], ...] = ()


def search_descent(
    claim: DescentClaim,
    centre: tuple[int, ...] | None = None,
    *,
    converges: bool = True,
    steps: int | None = None,
    time: float = 60.0,
    pieces: int = 20_000,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> DescentProved | DescentUndecided:
    """Find a certificate.

    Parameters
    ----------
    claim : DescentClaim
        Its steps and its trap are ignored.
    centre : tuple of int, optional
        Places of the coordinates of a point round which a trap is to be found: in the target, and kept by the map.
    converges : bool
        The trap is to be a contraction.
    steps : int, optional
        So many steps have to be enough; without it a few more than samples need.
    time : float
        Seconds, for the search; the replay by the checker comes on top.
    pieces : int
        Parts into which the starts may be divided.
    """
    deadline = monotonic() + time
    try:
        return _search(claim, centre, converges, steps, deadline, pieces, progress)
    except TooManyPiecesError as error:
        return DescentUndecided(error.reason, _ends(error.low, error.high))
    except OutOfTimeError:
        return DescentUndecided("the limit of time is reached")


def _ends(low: Floats, high: Floats) -> tuple[tuple[float, float], ...]:
    return tuple([(float(a), float(b)) for a, b in zip(low, high, strict=True)])


def _search(
    claim: DescentClaim,
    centre: tuple[int, ...] | None,
    converges: bool,
    steps: int | None,
    deadline: float,
    pieces: int,
    progress: Callable[[int, int], None],
) -> DescentProved | DescentUndecided:
    claim, records = replace(claim, trap=None), list[Record]()
    if not Model(claim).has_starts():
        return DescentUndecided("the starts are empty, not bounded, or not known to be defined")
    if centre is not None:
        found = find_trap(claim, centre, converges=converges)
        if found is None:
            return DescentUndecided("no box round the limit was found that the map shrinks: a smaller step may help")
        claim, records = found
    model = Model(claim, deadline)
    points = _samples(model)
    taken, last = model.steps(points, LONGEST if steps is None else steps)
    if (taken < 0).any():
        stuck = int(np.flatnonzero(taken < 0)[0])
        if monotonic() >= deadline:
            raise OutOfTimeError
        limit = LONGEST if steps is None else steps
        text = ", ".join(f"{value:.6g}" for value in last[stuck])
        reason = f"a sampled start is not in the target after {limit} steps, but at ({text}), in floats"
        return DescentUndecided(reason, _ends(points[stuck], points[stuck]))
    most = int(taken.max())
    wanted = most + SPARE + most // PART if steps is None else steps
    tree, longest, cells = follow(model, wanted, most=pieces, deadline=deadline, progress=progress)
    claim = replace(claim, steps=longest if steps is None else steps)
    trees = [records] if records else []
    for low, high, parts in zip(cells.low, cells.high, cells.records, strict=False):
        box = [[spelled(a), spelled(b)] for a, b in zip(low, high, strict=True)]
        trees.append([["cell", box], *parts])
    trees.append([["start"], *tree])
    data = certificate(claim, trees)
    verdict = check_descent(data)
    if not verdict.valid:
        return DescentUndecided(f"the checker refuses what floats found: {verdict.reason}")
    return DescentProved(claim, data, verdict, most, len(cells.records))


def _samples(model: Model) -> Floats:
    """Corners and random starts."""
    n = len(model.start_low)
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * min(n, 10), *[[0.5]] * max(0, n - 10))).reshape(n, -1).T
    inner = np.random.default_rng(SEED).random((SAMPLES, n))
    faces = np.round(np.random.default_rng(SEED + 1).random((SAMPLES, n)) * 1.6 - 0.3, 3).clip(0, 1)
    parts = np.concatenate([corners, inner, faces])
    return np.unique(model.start_low + parts * (model.start_high - model.start_low), axis=0)


def certificate(claim: DescentClaim, trees: list[list[Record]]) -> bytes:
    """The bytes of a certificate."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim.to_json(),
        "evidence": {"bits": BITS},
        "trees": trees,
    }
    return (json.dumps(document, separators=(",", ":")) + "\n").encode("ascii")
