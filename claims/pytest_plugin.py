"""pytest collects ledgers: every claim is a test, and a failure shows the counterexample.

``pytest claims.toml`` collects the ledger that is named, ``pytest --relucert`` every file ``claims.toml`` in the
folders that pytest looks through.  Loading this plugin imports pytest alone: the rest comes when it
is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from relucert.claims.ledger import Claim, Ledger
    from relucert.claims.outcome import Outcome

NAME = "claims.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the plugin."""
    group = parser.getgroup("relucert", "claims of papers")
    group.addoption("--relucert", action="store_true", help=f"collect every {NAME}")
    group.addoption("--relucert-frozen", action="store_true", help="replay recorded certificates; search for none")
    group.addoption("--relucert-allow-code", action="store_true", help="run the Python functions that claims name")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Ledgers that are named on the command line, and all of them with --relucert."""
    if file_path.name != NAME and file_path.suffix != ".toml":
        return None
    session = parent.session
    if session.isinitpath(file_path) or (file_path.name == NAME and parent.config.getoption("relucert")):
        collector: pytest.Collector = LedgerFile.from_parent(parent, path=file_path)
        return collector
    return None


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> pytest.Item | None:
    """Functions with the decorator `claim` in the modules that pytest collects; pytest has run their code already."""
    claim = getattr(obj, "relucert_claim", None) if callable(obj) else None
    if claim is None or getattr(obj, "__module__", None) != getattr(getattr(collector, "obj", None), "__name__", None):
        return None
    from dataclasses import replace

    own = replace(claim, folder=collector.path.parent)
    item: pytest.Item = ClaimItem.from_parent(collector, name=name, claim=own, allow_code=True)
    return item


class LedgerFile(pytest.File):
    """A file of claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """The claims in the order of the file, and what is said of the file as a whole."""
        from relucert.claims.errors import LedgerError
        from relucert.claims.read import read_ledger

        try:
            ledger = read_ledger(self.path)
        except LedgerError as error:
            raise self.CollectError(str(error)) from None
        if not ledger.claims:
            raise self.CollectError(f"{self.path}: nothing to check, the ledger has no claims")
        for claim in ledger.claims:
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim)
        yield LedgerItem.from_parent(self, name="[ledger and paper]", ledger=ledger)


class NotAsDeclared(Exception):
    """What pytest shows instead of a traceback."""


class _Item(pytest.Item):
    """Failures are texts, not tracebacks."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> object:  # type: ignore[override]
        """The text of what is not as declared; anything else is a fault of the program."""
        if isinstance(excinfo.value, NotAsDeclared):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class ClaimItem(_Item):
    """One claim."""

    def __init__(self, *, claim: Claim, allow_code: bool = False, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.claim, self.allow_code = claim, allow_code

    def runtest(self) -> None:
        """Passes when the claim is established; skipped when it is declared open, or sampled only."""
        from relucert.claims.cache import default_folder
        from relucert.claims.run import settle_all
        from relucert.claims.settle import How

        frozen = bool(self.config.getoption("relucert_frozen"))
        how = How(frozen, self.allow_code or bool(self.config.getoption("relucert_allow_code")))
        outcomes, interrupted = settle_all([self.claim], how, jobs=1, cache=None if frozen else default_folder())
        if interrupted or not outcomes:
            raise KeyboardInterrupt
        outcome = outcomes[0]
        if not outcome.expected:
            raise NotAsDeclared(as_text(outcome))
        if outcome.verdict == "open":
            pytest.skip("declared open")
        if not outcome.established:
            pytest.skip(f"{outcome.verdict}: not proved")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the claim stands; pytest counts lines from 0."""
        return self.path, max(self.claim.place.line - 1, 0), f"claim {self.claim.id}"


class LedgerItem(_Item):
    """What is said of a ledger as a whole: labels that do not fit the paper, another checker."""

    def __init__(self, *, ledger: Ledger, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.ledger = ledger

    def runtest(self) -> None:
        """Fails when ledger and paper do not agree."""
        from relucert.claims.run import findings_of

        errors = [str(finding) for finding in findings_of(self.ledger, []) if finding.level == "error"]
        if errors:
            raise NotAsDeclared("\n".join(errors))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file."""
        return self.path, 0, f"ledger {self.ledger.title or self.path.name}"


def as_text(outcome: Outcome) -> str:
    """Everything that helps to see why a claim is not as declared."""
    claim, found = outcome.claim, outcome.settled
    lines = [
        f"{claim.id} is {outcome.verdict}, declared {claim.expect} ({claim.place})",
        f"author's words    {claim.statement.strip()}",
        f"checker's words   {found.words or 'nothing formal is stated'}",
    ]
    if found.point:
        role = "counterexample" if outcome.status.value == "refuted" else "not vacuous at"
        lines.append(f"{role:<18}{', '.join(f'{name} = {value}' for name, value in found.point.items())}")
    lines += [f"{name:<18}{value}" for name, value in found.facts.items()]
    if found.message:
        lines.append(f"{'remark':<18}{found.message}")
    if found.cure:
        lines.append(f"{'cure':<18}{found.cure}")
    return "\n".join(lines)
