"""A report of every kind of outcome, made without checking anything."""

from __future__ import annotations

from pathlib import Path

from relucert.claims.ledger import Claim, Ledger, Place
from relucert.claims.outcome import Certificate, Code, Finding, Outcome, Report, Settled, Status

HOSTILE = '<script>alert(1)</script> & "quotes" | `code` \x07'


def outcome(folder: Path, line: int, name: str, expect: str, settled: Settled, **options: str) -> Outcome:
    """One claim of the ledger claims.toml in a folder."""
    place = Place(folder / "claims.toml", line)
    claim = Claim(name, "inequality", HOSTILE, folder, place, expect=expect, label=options.get("label"),
                  prove=options.get("prove"), ranges=("x in [0, 1]",) if "prove" in options else ())  # fmt: skip
    certificate = None if settled.certificate is None else Certificate(None, len(settled.certificate), "ab" * 32)
    return Outcome(claim, settled, certificate)


def report(folder: Path, *, expected_only: bool = False) -> Report:
    """Proved, open, and, unless expected_only, refuted, numeric, undecided and refused."""
    proved = Settled(Status.PROVED, "For all x in [0, 1]: sin(x) <= x.", grade="interval", certificate=b"{}",
                     rules={"split": 2}, seconds=0.25)  # fmt: skip
    found = [
        outcome(folder, 3, "sine", "proved", proved, prove="sin(x) <= x", label="lem:sine"),
        outcome(folder, 9, "later", "open", Settled(Status.UNDECIDED)),
    ]
    if not expected_only:
        point = {"x": "1/2"}
        found += [
            outcome(folder, 20, "wrong", "proved", Settled(Status.REFUTED, "Not so.", grade="exact", point=point)),
            outcome(folder, 30, "sampled", "proved", Settled(Status.NUMERIC, grade="numeric")),
            outcome(folder, 40, "stuck", "proved", Settled(Status.UNDECIDED, message="time", cure="give more")),
            outcome(folder, 50, "hostile", "proved", Settled(Status.REFUSED, message=HOSTILE)),
        ]
    ledger = Ledger(folder / "claims.toml", tuple(one.claim for one in found), title=HOSTILE)
    findings = () if expected_only else (
        Finding("label-twice", "error", HOSTILE, Place(folder / "paper.tex", 7), "rename one", code=Code.INPUT_ERROR),
    )  # fmt: skip
    return Report((ledger,), tuple(found), findings, {"lines": 100, "sha256": "cd" * 32}, 1.5)
