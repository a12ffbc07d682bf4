"""What is wrong with a ledger, a paper or their files: one line with the place and the cure."""

from __future__ import annotations


class LedgerError(ValueError):
    """A mistake that the author can repair, shown as one line ``what (where): cure``.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"claim 'lemma-1' has the unknown key 'proof'"``.
    where : str, optional
        The file, and the line in it, e.g. ``"claims.toml, line 12"``.
    cure : str, optional
        What to do about it, as an imperative clause without a full stop.
    """

    def __init__(self, what: str, where: str | None = None, cure: str | None = None) -> None:
        self.what, self.where, self.cure = what, where, cure
        place = "" if where is None else f" ({where})"
        super().__init__(f"{what}{place}" + (f": {cure}" if cure else ""))


def shortened(text: str, length: int = 60) -> str:
    """Foreign text in a message: quoted, escaped, not longer than so many characters."""
    return repr(text if len(text) <= length else f"{text[: length - 3]}...")
