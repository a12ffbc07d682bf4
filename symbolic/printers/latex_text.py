"""Sentences in LaTeX: words with their special characters escaped, formulas between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from relucert.symbolic.library import names
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.lines import display, width
from relucert.symbolic.printers.notation import LETTERS, Notation
from relucert.symbolic.printers.prose import Formula, Piece, Words

WIDEST_INLINE = 45.0  # a wider formula gets a line of its own
_GREEK = "αalpha βbeta γgamma δdelta εepsilon κkappa λlambda μmu ηeta ρrho σsigma τtau φphi ψpsi ωomega θtheta Σ\\Sigma"
_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"$\sim$",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "−": "$-$",
    "→": r"$\to$",
    "∞": r"$\infty$",
    "√": r"$\surd$",
    "²": "$^2$",
    "³": "$^3$",
    "π": r"$\pi$",
    "–": "--",
    "—": "---",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    **{character: f"\\{character}" for character in "&%$#_"},
    **{entry[0]: f"${LETTERS.get(entry[1:], entry[1:])}$" for entry in _GREEK.split()},
}
_QUOTED = re.compile(r'"([^"]*)"')


def escaped(text: str) -> str:
    """Plain words."""
    return "".join(_ESCAPED.get(character, character) for character in _QUOTED.sub(r"“\1”", text))


def sentence(
    pieces: Iterable[Piece], notation: Notation, *, stop: str = ".", words: Callable[[str], str] = escaped
) -> str:
    """A sentence with a capital letter, where it begins with a word, and with a full stop."""
    parts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Words):
            named = piece.text.split(" ")[0].strip(",:;.") in names()  # a derivation's name keeps its letters
            parts.append(words(piece.text if parts or named else piece.text[:1].upper() + piece.text[1:]))
        else:
            parts.append(inline(piece, notation))
    text = "".join(parts).strip()
    return text if not text or text[-1] in ".!?:" else text + stop


def inline(piece: Formula, notation: Notation) -> str:
    """A formula in a line of text; a wide one stands alone."""
    text = latex(piece.expression, notation, inline=True)
    if width(text) <= WIDEST_INLINE:
        return f"${text}$"
    return f"\n\\[\n{display(latex(piece.expression, notation))}\n\\]\n"
