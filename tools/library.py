"""Write the library of claims that is shipped with the package, and the page that lists it.

    python tools/library.py [--update] [--page]

The ledger claims/library/claims.toml is put together from the derivations of `relucert derive`, examples/theorems
(formulas) and claims/library/others.toml (landscapes, descents, reductions).  With --update certificates that
are missing or stale are searched for, and recorded; with --page docs/library.md is written from a check of the whole.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from relucert.claims.outcome import Report
from relucert.claims.read import read_ledger
from relucert.claims.run import check_ledgers
from relucert.claims.update import update_ledgers
from relucert.symbolic.library import load

ROOT = Path(__file__).resolve().parents[1]
THEOREMS = ROOT / "examples" / "theorems"
FOLDER = ROOT / "claims" / "library"
LEDGER = FOLDER / "claims.toml"
PAGE = ROOT / "docs" / "library.md"
# name: kind of the claim.  The derivations that state a theorem; the others are their lemmas.
DERIVATIONS = {
    "relu-kernel": "identity",
    "relu-kernel-gradient": "identity",
    "non-overlapping-loss": "identity",
    "non-overlapping-gradient": "identity",
    "non-overlapping-reduced": "identity",
    "non-overlapping-critical-points": "critical-points",
    "both-layers-loss": "identity",
    "both-layers-spurious-minimum": "critical-points",
    "single-neuron": "identity",
    "symmetric-multi-neuron": "identity",
}
OTHERS = FOLDER / "others.toml"  # claims whose certificates other commands have written into the same folder
TITLE = "The theory of shallow ReLU networks: theorems of the field, and folklore that fails"
Entry = dict[str, Any]


def entries() -> Iterator[Entry]:
    """All claims of the library, in the order of the page."""
    for name, kind in DERIVATIONS.items():
        derivation = load(name)
        yield {
            "id": f"derive.{name}",
            "kind": kind,
            "statement": f"{derivation.title}.",
            "derivation": name,
            "source": derivation.source.replace("`", ""),
        }
    for path in sorted(THEOREMS.glob("*.toml")):
        yield from _formulas(path)
    if OTHERS.is_file():
        yield from tomllib.loads(OTHERS.read_text(encoding="utf-8"))["claim"]


def _formulas(path: Path) -> Iterator[Entry]:
    """The settled formulas of a theorem; those that stay open are in docs/theorems.md alone."""
    theorem = tomllib.loads(path.read_text(encoding="utf-8"))
    key = path.stem.partition("_")[0]
    for formula in theorem["formula"]:
        if formula["expect"] not in ("proved", "refuted"):
            continue
        entry: Entry = {
            "id": f"{key}.{_slug(formula['name'])}",
            "kind": "identity" if re.search(r"(?<![<>!])=(?!=)", formula["prove"]) else "inequality",
            "statement": f"{theorem['title']}: {formula['name']}.",
            "prove": formula["prove"],
        }
        entry |= {name: list(formula[name]) for name in ("for", "where", "let") if name in formula}
        if "restated" in formula:
            entry["assumptions"] = [f"the formula says the theorem: {formula['restated']}"]
        if formula["expect"] == "refuted":
            entry["expect"] = "refuted"
        entry["time"] = 2 * formula.get("time", theorem["time"])  # there is more than one claim at a time
        yield entry | {"source": theorem["source"], "note": " ".join(theorem["setting"].split())}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def ledger_text(recorded: Mapping[str, Mapping[str, str]]) -> str:
    """The ledger; what was recorded for a claim stays, and an update finds out whether it still fits."""
    blocks = [
        "# Written by tools/library.py from examples/theorems and the derivations; do not edit.",
        f"title = {json.dumps(TITLE)}",
    ]
    for entry in entries():
        known = {} if "derivation" in entry else recorded.get(entry["id"], {})
        lines = ["[[claim]]", *(f"{key} = {_toml(value)}" for key, value in {**entry, **known}.items())]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _toml(value: object) -> str:
    """A string, a number, a list or a table; TOML's strings are written like those of JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(entry)}' for key, entry in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def write_ledger() -> None:
    """The ledger from its sources."""
    recorded: dict[str, dict[str, str]] = {}
    if LEDGER.is_file():
        for claim in read_ledger(LEDGER).claims:
            if claim.certificate is not None and claim.sha256 is not None:
                recorded[claim.id] = {"certificate": claim.certificate, "sha256": claim.sha256}
    LEDGER.parent.mkdir(exist_ok=True)
    LEDGER.write_text(ledger_text(recorded), encoding="utf-8")


def page(report: Report) -> str:
    """docs/library.md: theorem, certificate, verdict, what is assumed."""
    lines = [
        "# The library of claims",
        "",
        "The theorems of the field as a ledger that is shipped with the package, and statements that are told but "
        "fail, as claims that are expected to be refuted. `relucert claims check --library --frozen` replays all; "
        "`relucert claims show --library ID` shows one in full. Written by `python tools/library.py --page`.",
        "",
        f"{report.summary()}.",
        "",
        "| claim | theorem | verdict | grade | certificate | what is assumed | source |",
        "|---|---|---|---|--:|---|---|",
    ]
    for outcome in report.outcomes:
        claim, certificate = outcome.claim, outcome.certificate
        size = "none: verified anew" if certificate is None else f"{certificate.size} B"
        cells = (claim.id, claim.statement, outcome.verdict, outcome.settled.grade, size, "; ".join(claim.assumptions),
                 claim.source)  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the ledger, then what is asked for."""
    parser = argparse.ArgumentParser(description="Write the library of claims.")
    parser.add_argument("--update", action="store_true", help="search for certificates that are missing or stale")
    parser.add_argument("--page", action="store_true", help="write docs/library.md")
    args = parser.parse_args(arguments)
    write_ledger()
    if args.update:
        done = update_ledgers([read_ledger(LEDGER)], progress=_progress)
        wrong = [outcome for outcome in done.outcomes if not outcome.established]
        for outcome in wrong:
            print(f"{outcome.claim.id}: {outcome.verdict}, {outcome.settled.message}")
        if wrong:
            return 1
    if args.page:
        PAGE.write_text(page(check_ledgers([LEDGER], frozen=True)), encoding="utf-8")
    return 0


def _progress(outcome: Any, known: int, of: int) -> None:
    print(f"[{known}/{of}] {outcome.claim.id}: {outcome.verdict}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
