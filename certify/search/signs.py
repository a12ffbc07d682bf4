"""Search for a proof of phi(u) = sum_i nu_i relu(x_i.u) <= T |u| by branch and bound over the signs of x_i.u.

Good when n/d is small or beta large, whatever the dimension: there are no 2^r root cones.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from relucert.certify.search.cones import Limits
from relucert.certify.search.sign_bound import FloatArray, SignSamples
from relucert.certify.search.sign_frontier import SignFrontier, SignResult
from relucert.certify.search.sign_records import Record
from relucert.certify.search.sign_replay import at_higher_threshold

__all__ = ["SignResult", "records", "search_signs"]


def search_signs(
    rows: FloatArray,
    nu: FloatArray,
    threshold: float,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Callable[[int, int, float], None] | None = None,
    executor: Executor | None = None,
) -> SignResult:
    """Prove phi(u) <= threshold |u| for all u in R^D, or find violators, or bound phi as well as the limits allow.

    Parameters
    ----------
    rows : (n, D) the x_i.
    nu : (n,)
    threshold : T > 0.
    progress : called after every wave with the nodes so far, the open nodes and the bound so far in units of T.
    executor : runs the chunks of a wave; the result is the same with any.

    Raises
    ------
    ValueError
        When the threshold is not positive.
    """
    if not threshold > 0:
        raise ValueError(f"the threshold must be positive, not {threshold}")
    data = SignSamples.of(np.asarray(rows, dtype=np.float64), np.asarray(nu, dtype=np.float64), threshold)
    ends = np.ones((1, len(data.weights)))
    return SignFrontier(data, -ends, ends).run(limits, progress, executor)


def records(result: SignResult, ratio: float, deadline: float = float("inf")) -> list[Record]:
    """The tree, in preorder, that proves phi(u) <= ratio T |u|; ratio >= result.bound, and 1 unless that is above 1.

    Raises
    ------
    NotWritten : the tree could not be adapted to the ratio before the deadline (time.monotonic()).
    """
    if result.status == "violated":
        raise ValueError("a search that found violators has no proof to write")
    tree = result.log.assemble()
    return tree if ratio <= 1.0 else at_higher_threshold(tree, result.samples, ratio, deadline)
