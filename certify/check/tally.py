"""How often each rule was applied."""

from __future__ import annotations


class Tally:
    """Rule name -> number of applications."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, rule: str, times: int = 1) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + times
