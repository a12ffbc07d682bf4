"""What is said about a claim that cannot be read: one line with the place, the column and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_LONGEST_QUOTATION = 40
_WINDOW = 72  # characters of the source that are shown above the caret


@dataclass(frozen=True)
class Source:
    """One text of a claim and what it is called in messages, e.g. ``range 2``."""

    label: str
    text: str


class LanguageError(ValueError):
    """A text that is no claim, shown as one line ``what (where): cure``.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"unknown name 'thta'"``.
    source : Source
        The text that was read.
    column : int, optional
        Where in the text, counted from 1; none for the text as a whole.
    cure : str, optional
        What to write instead, as an imperative clause without a full stop.
    """

    def __init__(self, what: str, source: Source, column: int | None = None, cure: str | None = None) -> None:
        self.what, self.source, self.column, self.cure = what, source, column, cure
        super().__init__(f"{what} ({self.where})" + (f": {cure}" if cure else ""))

    @property
    def where(self) -> str:
        """Which text, and the column in it."""
        return self.source.label if self.column is None else f"{self.source.label}, column {self.column}"

    def pointer(self) -> str:
        """The place in the source with a caret below it, two lines; only the source when there is no column."""
        text = "".join(c if c.isprintable() else " " for c in self.source.text)
        if self.column is None:
            return text[:_WINDOW]
        start = max(0, min(self.column - 1 - _WINDOW // 2, len(text) - _WINDOW))
        return f"{text[start : start + _WINDOW]}\n{' ' * (self.column - 1 - start)}^"


class ExpressionError(ValueError):
    """An expression that cannot be formed; whoever knows the place makes a `LanguageError` of it."""

    def __init__(self, what: str, cure: str | None = None) -> None:
        super().__init__(what)
        self.what, self.cure = what, cure


def quoted(text: str) -> str:
    """`text` in quotation marks, escaped and cut to a length that fits in a message."""
    return repr(text if len(text) <= _LONGEST_QUOTATION else f"{text[: _LONGEST_QUOTATION - 3]}...")


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """The cure for a misspelt name: the nearest known ones, or `otherwise`."""
    near = get_close_matches(name[:100], list(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else otherwise
