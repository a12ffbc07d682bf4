"""The tokens of a printed formula: macros, letters and whole numbers, without what only concerns its looks."""

from __future__ import annotations

from relucert.symbolic.printers.lines import tokens

_SILENT = {r"\left", r"\right", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr", r"\,", r"\quad", r"\allowbreak"}


class LatexError(ValueError):
    """This is not LaTeX that the printer writes; the message shows where."""


class Scanner:
    """A place in the tokens of a text; the last token is empty."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        self.places: list[int] = []
        self.here = 0
        self._scan()

    def _scan(self) -> None:
        place, environments = 0, 0
        for token in tokens(self.text.replace(r"\begin{split}", " " * 13).replace(r"\end{split}", " " * 11)):
            environments += {r"\begin": 1, r"\end": -1}.get(token, 0)
            layout = token in ("&", r"\\") and not environments
            if not (token.isspace() or token in _SILENT or layout):
                if token.isdigit() and self.tokens and self.tokens[-1].isdigit() and self._touches(place):
                    self.tokens[-1] += token
                elif token == "}" and self.tokens and self.tokens[-1] == "{":  # an empty group
                    self.tokens.pop(), self.places.pop()
                else:
                    self.tokens.append(token)
                    self.places.append(place)
            place += len(token)
        self.tokens.append("")
        self.places.append(len(self.text))

    def _touches(self, place: int) -> bool:
        return self.places[-1] + len(self.tokens[-1]) == place

    @property
    def next(self) -> str:
        """The token at this place."""
        return self.tokens[self.here]

    def error(self, problem: str) -> LatexError:
        """What to raise: the problem, the position and what stands around it."""
        place = self.places[self.here]
        around = f"{self.text[max(0, place - 30) : place]} >>> {self.text[place : place + 30]}"
        return LatexError(f"{problem} at position {place}: {around}")

    def take(self, *expected: str) -> None:
        """Pass over these tokens."""
        for token in expected:
            if self.next != token:
                raise self.error(f"expected {token or 'the end'}, found {self.next or 'the end'}")
            self.here += 1

    def accept(self, *expected: str) -> bool:
        """Pass over these tokens if they come next."""
        if tuple(self.tokens[self.here : self.here + len(expected)]) != expected:
            return False
        self.here += len(expected)
        return True

    def raw_group(self) -> list[str]:
        """The tokens of a group in braces."""
        self.take("{")
        start, depth = self.here, 1
        while depth:
            if not self.next:
                raise self.error("a brace is not closed")
            depth += {"{": 1, "}": -1}.get(self.next, 0)
            self.here += 1
        return self.tokens[start : self.here - 1]
