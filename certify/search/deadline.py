"""A deadline that can be brought forward while searches that hold it are running."""

from __future__ import annotations

import time
from math import inf


class NotWritten(Exception):
    """The proof of a bound could not be repeated for writing: there was no time, or the bound leaves no room."""


class Deadline(float):
    """A value of ``time.monotonic()``; after :meth:`stop` it has passed, for everything that was derived from it.

    Searches compare the clock with their deadline between batches. Being a float it fits wherever they expect one;
    ``now >= deadline`` and ``now < deadline`` come here because a subclass answers comparisons first.
    """

    def __new__(cls, moment: float = inf, stopped: list[bool] | None = None) -> Deadline:
        result = super().__new__(cls, moment)
        result._stopped = [] if stopped is None else stopped  # shared with the deadlines derived from this one
        return result

    _stopped: list[bool]

    @classmethod
    def of(cls, moment: float) -> Deadline:
        """The deadline itself, or a new one from a number."""
        return moment if isinstance(moment, Deadline) else cls(moment)

    def __getnewargs__(self) -> tuple[float, list[bool]]:  # type: ignore[override]
        return float(self), self._stopped

    def stop(self) -> None:
        """Now, as far as the searches in this process are concerned."""
        self._stopped.append(True)

    @property
    def stopped(self) -> bool:
        """Whether :meth:`stop` was called."""
        return bool(self._stopped)

    def __le__(self, other: float) -> bool:
        return self.stopped or float(self) <= other

    def __lt__(self, other: float) -> bool:
        return self.stopped or float(self) < other

    def __ge__(self, other: float) -> bool:
        return not self < other

    def __gt__(self, other: float) -> bool:
        return not self <= other

    def at_most(self, moment: float) -> Deadline:
        """The earlier of the two."""
        return Deadline(min(float(self), moment), self._stopped)

    def share(self, remaining: int) -> Deadline:
        """An equal share of the time that is left, when so many tasks remain."""
        now = time.monotonic()
        return Deadline(now + max(0.0, float(self) - now) / remaining, self._stopped)
