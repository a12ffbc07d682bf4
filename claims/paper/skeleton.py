"""A first ledger from a paper: one open claim for every theorem that it finds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from relucert.claims.edit import quoted
from relucert.claims.paper.theorems import Contents

WORDS = {
    "critical-points": ("critical point", "saddle", "local minim", "stationary", "spurious"),
    "descent": ("gradient descent", "step size", "iterate", "decreases"),
    "convergence": ("converge", "rate"),
    "reduction": ("NP-hard", "np-complete", "reduction", "reduces to"),
    "identity": ("closed form", "equals", "is equal to", "identity"),
}


def skeleton(paper: Contents, tex: str, checker: Mapping[str, object]) -> str:
    """The text of a ledger; kinds are guesses, and nothing is claimed to be proved."""
    lines = [
        f"title = {quoted(paper.title or tex)}",
        f"checker = {quoted(str(checker['sha256'])[:16])}  # of the certificates; leave it out if it may change",
        "",
        "[paper]",
        f"tex = {quoted(tex)}",
    ]
    taken: set[str] = set()
    for theorem in paper.theorems:
        if not theorem.labels:
            continue
        label = theorem.labels[0]
        name = _id(label, taken)
        taken.add(name)
        lines += [
            "",
            "[[claim]]",
            f"id = {quoted(name)}",
            f"label = {quoted(label)}",
            f"kind = {quoted(_kind(theorem.body))}",
            f"statement = {quoted(theorem.body or theorem.title or label)}",
            'expect = "open"  # "proved" or "refuted" with formal content, e.g.',
            '# prove = "sin(x) <= x"',
            '# for = ["x in [0, 1]"]',
        ]
    return "\n".join([*lines, ""])


def _id(label: str, taken: set[str]) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-")[:80] or "claim"
    number = 2
    while (other := name if number == 2 and name not in taken else f"{name}-{number}") in taken:
        number += 1
    return other


def _kind(body: str) -> str:
    lower = body.lower()
    return next((kind for kind, words in WORDS.items() if any(word in lower for word in words)), "inequality")
