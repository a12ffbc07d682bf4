"""A small network without a filter that fits, its refutation by hand, and a network with one.

Two patches, one coordinate: sample 0 says |w| = 1, samples 1 and 2 say w <= 0 and w >= 0.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

Json = Any

SAMPLES = [
    ["1/2", [[0, "1"]], [[0, "-1"]]],
    ["0", [[0, "1"]], []],
    ["0", [], [[0, "-1/3"]]],
]
ATOMS = [["on", 0, 0], ["on", 0, 1], ["max", 0, 0], ["max", 0, 1]]
# In integers: a_00 = 2w, a_01 = -2w, r_00 + r_01 = 2;  a_10 = w <= 0;  a_21 = -w <= 0.
STEPS = [
    ["farkas", [[1, 1], [2, 1]], [["sum", 0, 1]]],
    ["farkas", [[-1, 1], [-2, 1]], [["sum", 0, 1]]],
    ["farkas", [[1, 1], [-2, 1]], [["sum", 0, 1], ["below", 1, 0, 2]]],
    ["farkas", [[-1, 1], [2, 1]], [["sum", 0, 1], ["below", 2, 1, 2]]],
    ["lrat", [1], [1, 3]],
    ["lrat", [], [4, 0, 2]],
]


def certificate(
    samples: Json = SAMPLES, atoms: Json = ATOMS, steps: Json = STEPS, *, k: int = 2, p: int = 1, filter: Json = None
) -> Json:
    """A certificate of no, or of yes when a filter is given."""
    return deepcopy(
        {
            "format": "relucert-certificate",
            "version": 1,
            "claim": {
                "kind": "non-overlap-training",
                "assertion": "unreachable" if filter is None else "reachable",
                "instance": {"k": k, "p": p, "samples": samples},
            },
            "evidence": {"atoms": atoms} if filter is None else {"filter": filter},
            "steps": steps if filter is None else [],
        }
    )


YES = certificate(SAMPLES[:2], filter=["-1"])
# max (a_00 >= 1 or a_01 >= 1), and each excluded by a row
BY_MAX = certificate(
    steps=[
        ["max", 0],
        ["farkas", [[3, 1]], [["below", 1, 0, 2]]],
        ["farkas", [[4, 1]], [["below", 2, 1, 2]]],
        ["lrat", [], [1, 2, 0]],
    ]
)


def bytes_of(value: Json) -> bytes:
    return json.dumps(value).encode()
