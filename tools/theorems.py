"""Settle the theorems of examples/theorems with certificates, and write docs/theorems.md.

    python tools/theorems.py [NAME ...] [-o FOLDER] [--quick] [--reuse] [--page]

Without names: all files.  One certificate for every formula goes to FOLDER (out/theorems); with --reuse those that are
there and are about the same claim are replayed, and nothing is searched for.  The exit code is 1 when a
verdict is not the expected one: a formula that is expected to stay open must stay so, too, until its file says more.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.check.real.report import MEANING, point_of
from relucert.certify.formula import RealFormula
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_proof import Undecided, search_formula

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "theorems"
PAGE = ROOT / "docs" / "theorems.md"
EXPECTED = ("proved", "refuted", "vacuous", "open")
TEXTS = ("title", "setting", "source", "meaning")
KEYS = ("name", "prove", "for", "where", "let", "expect", "restated", "reason", "quick", "time")
ROW = "{:<28} {:<42} {:<9} {:<9} {:>8} {:>8} {:>8}"
HEADER = """# Theorems

Statements on the landscapes of models A, B and C ([language of claims](language.md)), true and false ones, each
settled by `relucert prove` from a file in [examples/theorems](../examples/theorems/README.md); this page is written by
`make theorems`. A verdict is what the [trusted checker](trusted_base.md) says about the certificate; *exact* and
*interval* are its [grades](formula_certificate.md#grade). *Open* are formulas that the search does not settle within
the limit of time of their file: nothing is said about them. The words of a statement are the checker's.
"""


class TheoremError(ValueError):
    """A file that is not as examples/theorems/README.md says."""


@dataclass(frozen=True)
class Formula:
    """One claim of a theorem, in the language of claims."""

    name: str
    prove: str
    ranges: tuple[str, ...]
    where: tuple[str, ...]
    let: tuple[str, ...]
    expect: str
    restated: str
    reason: str
    quick: bool
    time: float

    def claim(self) -> RealFormula:
        """What the checker reads."""
        return parse_claim(self.prove, self.ranges, self.where, self.let)


@dataclass(frozen=True)
class Theorem:
    """A file: what is said, in which setting, and the formulas that say it."""

    key: str
    title: str
    setting: str
    source: str
    meaning: str
    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Result:
    """How a formula was settled; grade, rules and size are those of the certificate."""

    verdict: str
    proving: float
    checking: float = 0.0
    grade: str = ""
    rules: str = ""
    point: str = ""
    size: int = 0
    stuck: str = ""


def read(path: Path) -> Theorem:
    """The theorem of a file, whose formulas can be read."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TheoremError(f"{path.name}: {error}") from None
    _keys(path.name, data, (*TEXTS, "time", "formula"), (*TEXTS, "time", "formula"))
    formulas = tuple(_formula(path.name, entry, float(data["time"])) for entry in data["formula"])
    names = [formula.name for formula in formulas]
    if len(set(names)) < len(names):
        raise TheoremError(f"{path.name}: two formulas have the same name")
    return Theorem(path.stem, *(" ".join(data[text].split()) for text in TEXTS), formulas)


def _formula(file: str, entry: dict[str, Any], time: float) -> Formula:
    _keys(file, entry, KEYS, ("name", "prove", "expect"))
    name, lists = entry["name"], [tuple(entry.get(key, ())) for key in ("for", "where", "let")]
    if entry["expect"] not in EXPECTED:
        raise TheoremError(f"{file}, {name}: expect is not one of {', '.join(EXPECTED)}")
    if entry["expect"] == "open" and not entry.get("reason"):
        raise TheoremError(f"{file}, {name}: a formula that stays open needs a reason")
    formula = Formula(name, entry["prove"], *lists, entry["expect"], entry.get("restated", ""),
                      entry.get("reason", ""), entry.get("quick", False), float(entry.get("time", time)))  # fmt: skip
    try:
        formula.claim()
    except LanguageError as error:
        raise TheoremError(f"{file}, {name}: {error}") from None
    return formula


def _keys(file: str, entry: dict[str, Any], known: Sequence[str], needed: Sequence[str]) -> None:
    for wrong in (*(entry.keys() - {*known}), *({*needed} - entry.keys())):
        what = "unknown key" if wrong in entry else "there is no"
        raise TheoremError(f"{file}: {what} {wrong}")


def settle(formula: Formula, certificate: Path | None, *, reuse: bool = False) -> Result:
    """Search, write the certificate and check what was written; or only check what is there."""
    if reuse and certificate is not None and certificate.is_file():
        known = _checked(formula, certificate.read_bytes())
        if known is not None:
            return known
    start = perf_counter()
    outcome = search_formula(formula.claim(), time=formula.time)
    proving = perf_counter() - start
    if isinstance(outcome, Undecided):
        return Result("open", proving, stuck=_stuck(formula.claim(), outcome))
    data = outcome.certificate
    if certificate is not None:
        certificate.write_bytes(data)
        data = certificate.read_bytes()
    result = _checked(formula, data, proving)
    if result is None:
        raise AssertionError(f"{formula.name}: the checker refuses what the search found")
    return result


def _checked(formula: Formula, data: bytes, proving: float = 0.0) -> Result | None:
    """What the checker says of a certificate; nothing when it is invalid or about another claim."""
    start = perf_counter()
    verdict = check_formula(data)
    checking = perf_counter() - start
    if not verdict.valid or verdict.claim is None or replace(verdict.claim, assertion="holds") != formula.claim():
        return None
    name = MEANING[verdict.claim.assertion]
    rules = ", ".join(f"{rule} {times}" for rule, times in sorted(verdict.rules.items()))
    point = ", ".join(f"{variable} = {value}" for variable, value in (point_of(verdict) or {}).items())
    return Result(name, proving, checking, verdict.grade, rules, point, len(data))


def _stuck(claim: RealFormula, outcome: Undecided) -> str:
    names = [variable.name for variable in claim.variables]
    parts = [outcome.reason]
    if outcome.where:
        box = zip(names, outcome.where, strict=False)
        parts.append("at " + ", ".join(f"{name} in [{low:.6g}, {high:.6g}]" for name, (low, high) in box))
    if outcome.best is not None:
        best = ", ".join(f"{name} = {x:.6g}" for name, x in zip(names, outcome.best[1], strict=True))
        parts.append(f"lowest value found {outcome.best[0]:.6g} at {best}")
    return "; ".join(parts)


def report(settled: Iterable[tuple[Theorem, Formula, Result]]) -> int:
    """The rows as they come; how many verdicts are not the expected ones."""
    print(ROW.format("theorem", "formula", "verdict", "grade", "prove s", "check s", "bytes"))
    wrong = 0
    for theorem, formula, result in settled:
        seconds = (f"{result.proving:.2f}", f"{result.checking:.2f}" if result.size else "")
        row = ROW.format(theorem.key[:28], formula.name[:42], result.verdict, result.grade, *seconds, result.size or "")
        if result.verdict != formula.expect:
            wrong += 1
            row += f"  expected: {formula.expect} {result.stuck}"
        print(row.rstrip(), flush=True)
    return wrong


def page(settled: Sequence[tuple[Theorem, Formula, Result]]) -> str:
    """docs/theorems.md."""
    counts = {name: sum(result.verdict == name for _, _, result in settled) for name in EXPECTED}
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    lines = [HEADER, f"{len(settled)} formulas: {said}."]
    last = None
    for theorem, formula, result in settled:
        if theorem is not last:
            link = f"[`{theorem.key}.toml`](../examples/theorems/{theorem.key}.toml)"
            lines += ["", f"## {theorem.title}", "", theorem.setting, "", theorem.meaning, "",
                      f"{link}. Source: {theorem.source}."]  # fmt: skip
            last = theorem
        lines += ["", *_entry(formula, result)]
    return "\n".join(lines) + "\n"


def _entry(formula: Formula, result: Result) -> list[str]:
    verdict = f"**{formula.name}: {result.verdict}**" + (f", {result.grade}" if result.grade else "")
    lines = [verdict + (f"; {formula.reason}" if formula.reason else "") + "."]
    if formula.restated:
        lines.append(f"Restated: {formula.restated}.")
    lines += ["", "```text", formula.claim().in_words(), "```", ""]
    if result.verdict == "refuted":
        lines.append(f"Counterexample: {result.point}.")
    if result.rules:
        lines.append(f"Rules: {result.rules}.")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description="settle the theorems of examples/theorems")
    parser.add_argument("names", nargs="*", metavar="NAME", help="files without .toml (default: all)")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "out" / "theorems", help="for certificates")
    parser.add_argument("--quick", action="store_true", help="only formulas that are marked quick")
    parser.add_argument("--reuse", action="store_true", help="replay the certificates that are there")
    parser.add_argument("--page", action="store_true", help="write docs/theorems.md; all theorems are settled")
    options = parser.parse_args(arguments)
    if options.page and (options.names or options.quick):
        parser.error("--page is about all theorems: leave names and --quick out")
    try:
        theorems = [read(path) for path in sorted(FOLDER.glob("*.toml"))]
    except TheoremError as error:
        parser.error(str(error))
    unknown = {*options.names} - {theorem.key for theorem in theorems}
    if unknown:
        parser.error(f"there is no {sorted(unknown)[0]}.toml in examples/theorems")
    options.output.mkdir(parents=True, exist_ok=True)
    settled: list[tuple[Theorem, Formula, Result]] = []

    def work() -> Iterable[tuple[Theorem, Formula, Result]]:
        for theorem in theorems:
            for number, formula in enumerate(theorem.formulas, 1):
                if (not options.names or theorem.key in options.names) and (formula.quick or not options.quick):
                    certificate = options.output / f"{theorem.key}-{number}.json"
                    settled.append((theorem, formula, settle(formula, certificate, reuse=options.reuse)))
                    yield settled[-1]

    wrong = report(work())
    if options.page:
        PAGE.write_text(page(settled), encoding="utf-8")
    print(f"{len(settled)} formulas, {wrong} with another verdict than expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
