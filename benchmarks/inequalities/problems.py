"""The published inequalities of problems.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from relucert.certify.formula import RealFormula
from relucert.certify.language.parse import parse_claim

PATH = Path(__file__).with_name("problems.toml")


@dataclass(frozen=True)
class Problem:
    """A claim in the language of docs/language.md, where it comes from, and whether it is true."""

    name: str
    claim: str
    ranges: tuple[str, ...]
    where: tuple[str, ...]
    truth: bool
    source: str
    touches: str | None

    def parse(self) -> RealFormula:
        return parse_claim(self.claim, list(self.ranges), list(self.where), [])


def problems() -> list[Problem]:
    """All of them; a key that is missing or unknown is an error."""
    found = []
    for entry in tomllib.loads(PATH.read_text(encoding="utf-8"))["problem"]:
        where, touches = tuple(entry.pop("where", ())), entry.pop("touches", None)
        found.append(Problem(ranges=tuple(entry.pop("for")), where=where, touches=touches, **entry))
    return found
