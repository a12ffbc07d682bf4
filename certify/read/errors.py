"""The one error that readers raise: a single line saying what is wrong, where, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterable

_LONGEST_QUOTATION = 60
_MOST_LISTED = 12


class InputError(ValueError):
    """A model or data file (or object) that cannot be read as asked.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"'abc' is not a number"``.
    file : str or path, optional
        The file, or a name for the object when there is no file.
    line : int, optional
        Line of the file, counted from 1.
    field : str, optional
        Column, key or array entry, e.g. ``"column 'x1'"`` or ``"hidden_weights[0, 3]"``.
    cure : str, optional
        What the user can do, as an imperative clause without a full stop.

    Notes
    -----
    The message is ``file, line N, field: what; cure`` on one line whatever the parts contain.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        field: str | None = None,
        cure: str | None = None,
    ) -> None:
        place = [
            part
            for part in (
                None if file is None else os.fspath(file),
                None if line is None else f"line {line}",
                field,
            )
            if part
        ]
        message = f"{', '.join(place)}: {what}" if place else what
        super().__init__(_one_line(f"{message}; {cure}" if cure else message))


def quoted(text: str) -> str:
    """`text` in quotation marks, escaped and cut to a length that fits in a one-line message."""
    cut = text if len(text) <= _LONGEST_QUOTATION else text[: _LONGEST_QUOTATION - 1] + "…"
    return repr(cut)


def listed(names: Iterable[object]) -> str:
    """The names joined by commas, the tail of a long list replaced by its length."""
    everything = [str(name) for name in names]
    shown = [name if len(name) <= _LONGEST_QUOTATION else quoted(name) for name in everything[:_MOST_LISTED]]
    hidden = len(everything) - len(shown)
    return ", ".join(shown) + (f" and {hidden} more" if hidden else "") if shown else "none"


def shape_text(shape: tuple[int, ...]) -> str:
    """An array shape as the user sees it in NumPy: ``(3, 2)``, ``(3,)``, ``()``."""
    return str(tuple(int(length) for length in shape))


def _one_line(text: str) -> str:
    """Collapse line breaks and escape what a terminal would act on: file names and cells are foreign text."""
    collapsed = " ".join(text.split())
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in collapsed)
