"""What a check says of one claim, and of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from relucert.claims.ledger import Claim, Ledger, Place


class Status(StrEnum):
    """How a claim stands."""

    PROVED = "proved"
    REFUTED = "refuted"  # by a counterexample or better network that the checker has replayed
    UNDECIDED = "undecided"  # within the limits, or nothing formal is stated
    VACUOUS = "vacuous"  # the assumptions contradict each other, or a bound says nothing
    MODULO = "modulo"  # proved but for the answer of an oracle
    NUMERIC = "numeric"  # sampled only
    FAILED = "failed"  # a sampled check or a step of a derivation came out wrong
    INVALID = "invalid"  # the checker refuses the certificate
    DRIFTED = "drifted"  # the certificate is another one, or about something else, than the ledger says
    MISSING = "missing"  # there is no certificate to replay
    REFUSED = "refused"  # the entry cannot be read or may not be run
    CRASHED = "crashed"  # its process ended
    ERROR = "error"  # a fault of this program


class Code(IntEnum):
    """The exit codes of the house."""

    AS_DECLARED = 0
    NOT_AS_DECLARED = 1
    INPUT_ERROR = 2
    NOT_PROVED = 3
    UNDECIDED = 4
    NOTHING_TO_CHECK = 5
    INTERNAL_ERROR = 70


_CODES = {
    Status.MODULO: Code.NOT_PROVED,
    Status.NUMERIC: Code.NOT_PROVED,
    Status.UNDECIDED: Code.UNDECIDED,
    Status.MISSING: Code.UNDECIDED,
    Status.CRASHED: Code.UNDECIDED,
    Status.REFUSED: Code.INPUT_ERROR,
    Status.ERROR: Code.INTERNAL_ERROR,
}
_WORST_FIRST = (Code.INTERNAL_ERROR, Code.INPUT_ERROR, Code.NOT_AS_DECLARED, Code.UNDECIDED, Code.NOT_PROVED)


@dataclass(frozen=True)
class Settled:
    """What a process found about one claim, whatever was expected of it; this is what the cache keeps.

    Attributes
    ----------
    status : how it stands.
    words : the formal content in the checker's own words (of a derivation: its title and results).
    message : one line: why it is not settled, or what to know about how it is.
    cure : what to do about it.
    grade : of a proof: "exact", "interval", "symbolic"; of a solver's word "smt"; of a sample "numeric".
    point : the counterexample, or a point that shows that a proof is not vacuous: exact numbers by their names.
    rules : how often the checker applied each rule.
    facts : further numbers by their names, rounded to the safe side: loss, bound, relative gap, times of an event.
    stuck : where the search ended: "where", "margin", "lowest_found" as `relucert prove --json` prints them.
    certificate : the bytes that were replayed.
    believe : what has to be believed besides the trusted checker.
    notes : of the readers of files: which columns and tensors were taken.
    seconds, check_seconds : for everything, and for the replay.
    """

    status: Status
    words: str = ""
    message: str = ""
    cure: str = ""
    grade: str = ""
    point: Mapping[str, str] | None = None
    rules: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    stuck: Mapping[str, Any] | None = None
    certificate: bytes | None = None
    believe: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    check_seconds: float = 0.0


@dataclass(frozen=True)
class Certificate:
    """The bytes behind an outcome; without a path they are in the cache only."""

    path: str | None
    size: int
    sha256: str


@dataclass(frozen=True)
class Outcome:
    """A claim and how it stands.

    Attributes
    ----------
    claim : the entry: the author's words, what was expected, the place in the file.
    settled : what was found: the checker's words, grade, counterexample.
    certificate : path, size and hash.
    cached : whether it was found earlier, for the same claim, files and checker.
    """

    claim: Claim
    settled: Settled
    certificate: Certificate | None = None
    cached: bool = False

    @property
    def status(self) -> Status:
        return self.settled.status

    @property
    def expected(self) -> bool:
        """Whether it stands as the ledger says. A sampled claim does when it was to be proved, but is not proved."""
        status, expect = self.status, self.claim.expect
        if expect == "open":
            return status is Status.UNDECIDED or (status is Status.MISSING and self.claim.certificate is None)
        if expect == "refuted":
            return status is Status.REFUTED
        return status in (Status.PROVED, Status.NUMERIC, Status.MODULO)

    @property
    def established(self) -> bool:
        """Whether the checker, or computer algebra, has said yes to what the ledger says."""
        return self.expected and self.status in (Status.PROVED, Status.REFUTED)

    @property
    def exit_code(self) -> Code:
        """As a whole check with this claim alone; an open one that is declared so is no failure."""
        if self.expected and self.status not in (Status.NUMERIC, Status.MODULO):
            return Code.AS_DECLARED
        return _CODES.get(self.status, Code.NOT_AS_DECLARED)

    @property
    def verdict(self) -> str:
        """The status as people read it: "open" when that is what the ledger says."""
        return "open" if self.claim.expect == "open" and self.expected else self.status.value

    @property
    def must_believe(self) -> tuple[str, ...]:
        """What a human still has to believe besides the trusted checker."""
        believed = [f"{text} (assumed in words)" for text in self.claim.assumptions]
        believed += self.settled.believe
        if self.status is Status.NUMERIC:
            believed.append("samples: nothing is proved")
        if self.status in (Status.PROVED, Status.REFUTED):
            believed.append("the author's words say what the checker's words say")
        return tuple(believed)


@dataclass(frozen=True)
class Finding:
    """Something about the ledger or the paper as a whole.

    Attributes
    ----------
    rule : a short name, e.g. "label-not-in-paper".
    level : "error", "warning" or "note", as in SARIF; only errors change the exit code.
    message, cure : one line each.
    place : file and line.
    claim : the id of the claim it is about, if it is about one.
    code : the exit code of an error.
    """

    rule: str
    level: str
    message: str
    place: Place
    cure: str = ""
    claim: str | None = None
    code: Code = Code.INPUT_ERROR

    def __str__(self) -> str:
        return f"{self.message} ({self.place})" + (f": {self.cure}" if self.cure else "")


@dataclass(frozen=True)
class Report:
    """All outcomes in the order of the ledgers, and what was noticed besides.

    interrupted : Ctrl-C came: the outcomes are those that were finished.
    """

    ledgers: Sequence[Ledger]
    outcomes: Sequence[Outcome]
    findings: Sequence[Finding] = ()
    checker: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def exit_code(self) -> Code:
        """The worst of all; 5 without claims; open claims alone are 4, and so are claims that were not reached."""
        codes = {outcome.exit_code for outcome in self.outcomes}
        codes |= {finding.code for finding in self.findings if finding.level == "error"}
        codes |= {Code.UNDECIDED} if self.interrupted else set()
        worst = next((code for code in _WORST_FIRST if code in codes), None)
        if worst is not None:
            return worst
        if not self.outcomes:
            return Code.NOTHING_TO_CHECK
        return Code.AS_DECLARED if any(outcome.established for outcome in self.outcomes) else Code.UNDECIDED

    def counts(self) -> dict[str, int]:
        """How many claims stand how (:attr:`Outcome.verdict`), in the order of Status; "open" comes last."""
        names = [*(status.value for status in Status), "open"]
        found = {name: sum(outcome.verdict == name for outcome in self.outcomes) for name in names}
        return {name: count for name, count in found.items() if count}

    def summary(self) -> str:
        """E.g. "14/16 proved, 2 numeric": never only what is well."""
        counts = self.counts()
        proved = sum(outcome.established for outcome in self.outcomes)
        refuted = sum(outcome.established and outcome.status is Status.REFUTED for outcome in self.outcomes)
        parts = [f"{proved - refuted}/{len(self.outcomes)} proved"]
        if refuted:
            parts.append(f"{refuted} refuted as declared")
        for name, count in counts.items():
            count -= {"proved": proved - refuted, "refuted": refuted}.get(name, 0)
            if count:
                parts.append(f"{count} {name}" + (", not as declared" if name in ("proved", "refuted") else ""))
        if self.interrupted:
            parts.append("interrupted before the others")
        return ", ".join(parts)
