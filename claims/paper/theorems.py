"""The theorems, labels and references of a paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from relucert.claims.ledger import Place
from relucert.claims.paper.source import Source

USUAL = (
    "theorem",
    "lemma",
    "proposition",
    "corollary",
    "conjecture",
    "thm",
    "lem",
    "prop",
    "cor",
    "conj",
    "fact",
    "claim",
)
# Declared with \newtheorem too, but they assert nothing.
NO_CLAIMS = {"definition", "defn", "defi", "remark", "rem", "rmk", "example", "ex", "exm", "assumption", "ass",
             "notation", "note", "question", "problem", "exercise", "algorithm", "condition", "hypothesis",
             "setting"}  # fmt: skip

_DECLARED = re.compile(r"\\(?:newtheorem\*?|declaretheorem(?:\s*\[[^\[\]]*\])?|spnewtheorem\*?)\s*\{([A-Za-z*]+)\}")
_MARK = re.compile(
    r"\\(?P<what>begin|end)\s*\{(?P<name>[A-Za-z*]+)\}"
    r"|\\label\s*(?:\[[^\[\]\n]*\])?\{(?P<label>[^{}]*)\}"
    r"|\\(?:[cC]?ref|eqref|autoref|nameref|[vV]ref|[cC]refrange|thref|hyperref)\*?\s*[\[{](?P<refs>[^{}\[\]\\]*)[\]}]"
)
_OPTION = re.compile(r"\s*\[((?:[^\[\]{}]|\{[^{}]*\})*)\]")


@dataclass
class Theorem:
    """One statement.

    Attributes
    ----------
    environment : e.g. "lemma".
    title : the text in brackets.
    labels : all that stand in it, its own first.
    body : its text, on one line, without the labels.
    refs : labels that its statement or its proof refers to.
    place : of its beginning.
    """

    environment: str
    place: Place
    title: str = ""
    labels: list[str] = field(default_factory=list)
    body: str = ""
    refs: list[str] = field(default_factory=list)


@dataclass
class Contents:
    """What was found: the theorems, and the places of all labels, twice for one that is given twice."""

    theorems: list[Theorem] = field(default_factory=list)
    labels: dict[str, list[Place]] = field(default_factory=dict)
    title: str = ""


def contents(source: Source, more: Sequence[str] = ()) -> Contents:
    """The theorems of a paper: the usual environments, those that it declares, and `more`."""
    text = source.text
    declared = [name for name in _DECLARED.findall(text) if name.rstrip("*").lower() not in NO_CLAIMS]
    names = {*USUAL, *declared, *more}
    names |= {f"{name}*" for name in names}
    found = Contents(title=_title(text))
    inner: list[str] = []  # open environments inside of a theorem
    theorem: Theorem | None = None
    owner: Theorem | None = None  # of what is referred to: the theorem, or the one that is being proved
    start, own, others, by_label = 0, list[str](), list[str](), dict[str, Theorem]()
    for mark in _MARK.finditer(text):
        name = mark["name"]
        if mark["label"] is not None:
            label = mark["label"].strip()
            found.labels.setdefault(label, []).append(source.place(mark.start()))
            (others if inner else own).append(label)
        elif mark["refs"] is not None:
            if owner is not None:
                owner.refs += [ref.strip() for ref in mark["refs"].split(",") if ref.strip()]
        elif mark["what"] == "begin":
            if theorem is not None:
                inner.append(name)
            elif name in names:
                option = _OPTION.match(text, mark.end())
                theorem = owner = Theorem(name, source.place(mark.start()), _flat(option[1]) if option else "")
                start, own, others = option.end() if option else mark.end(), [], []
            elif name == "proof":
                owner = _proved(text, mark.end(), by_label) or (found.theorems[-1] if found.theorems else None)
        elif theorem is not None and name == theorem.environment and not inner:
            theorem.labels = own + others
            theorem.body = _flat(re.sub(r"\\label\s*\{[^{}]*\}", "", text[start : mark.start()]))
            found.theorems.append(theorem)
            by_label |= dict.fromkeys(theorem.labels, theorem)
            theorem = owner = None
        elif theorem is not None and inner:
            inner.pop()
        elif name == "proof":
            owner = None
    for theorem in found.theorems:
        theorem.refs = [ref for ref in theorem.refs if ref not in theorem.labels]
    return found


def _proved(text: str, end: int, by_label: Mapping[str, Theorem]) -> Theorem | None:
    """The theorem that ``\\begin{proof}[Proof of \\ref{...}]`` names."""
    option = _OPTION.match(text, end)
    for ref in re.findall(r"\\[cC]?ref\*?\{([^{}]*)\}|\\autoref\{([^{}]*)\}", option[1]) if option else []:
        if (ref[0] or ref[1]) in by_label:
            return by_label[ref[0] or ref[1]]
    return None


def _title(text: str) -> str:
    found = re.search(r"\\title\s*(?:\[[^\[\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}", text)
    return _flat(found[1].replace("\\\\", " ")) if found else ""


def _flat(text: str) -> str:
    return " ".join(text.split())
