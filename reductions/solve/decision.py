"""What a decider says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relucert.reductions.problem import ProblemError


class Unavailable(ProblemError):
    """A backend that cannot be used here, or not for this instance."""


@dataclass(frozen=True)
class Decision:
    """An answer and the evidence for it.

    answer : "yes", "no" or "undecided".
    witness : of the instance, for a yes: it was checked exactly.
    certificate : bytes that the trusted checker found valid.  It is about a network with one shared filter: the
        instance itself, or one that a reduction made from it.
    backend : what found the answer.  seconds : how long that took.
    reason : why it is undecided.
    oracle : what a solver said whose word was not replayed, e.g. "z3: unsat"; an answer "no" rests on it when there
        is no certificate, and the answer is then "undecided".
    """

    answer: str
    witness: Any = None
    certificate: bytes | None = None
    backend: str = ""
    seconds: float = 0.0
    reason: str = ""
    oracle: str = ""
