"""The way in for claims about networks with one shared filter: a witness, or a refutation step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from relucert.certify.check.decision.farkas import farkas
from relucert.certify.check.decision.lrat import lrat
from relucert.certify.check.decision.max_rule import max_rule
from relucert.certify.check.decision.network import Network, atoms
from relucert.certify.check.decision.witness import witness
from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.claim import ClaimError
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining


@dataclass(frozen=True)
class DecisionVerdict:
    """VALID or INVALID, the claim that was checked, and how often each rule was applied."""

    kind: str
    reason: str = ""
    claim: NonOverlapTraining | None = None
    rules: dict[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return self.kind == "VALID"


def check_decision(data: bytes) -> DecisionVerdict:
    """Check a certificate (JSON text, possibly gzipped) that some filter fits all samples, or that none does."""
    try:
        return _check(decode_text(data))
    except CertificateError as error:
        return DecisionVerdict("INVALID", str(error))


def _check(text: str) -> DecisionVerdict:
    stream = Stream(text)
    claim_json, evidence = header(stream, "steps")
    try:
        claim = NonOverlapTraining.from_json(claim_json)
    except ClaimError as error:
        raise CertificateError("claim", "format", "S8", str(error)) from None
    wanted = "filter" if claim.assertion == "reachable" else "atoms"
    shaped = isinstance(evidence, dict) and list(evidence) == [wanted]
    require(shaped, "evidence", "format", "S9", f"must be an object with the one field {wanted}")
    tally: Counter[str] = Counter()
    if claim.assertion == "reachable":
        witness(claim.instance, evidence["filter"], "filter")
        tally["witness"] += 1
        require(all(False for _ in stream.items()), "steps", "format", "S9", "a witness needs no steps")
    else:
        refutation(claim.instance, evidence["atoms"], stream.items(), tally)
    stream.expect("}")
    require(stream.peek() == "", "file", "format", "S1", "text after the certificate")
    return DecisionVerdict("VALID", "", claim, dict(tally))


def refutation(instance: NonOverlapInstance, named: Any, records: Iterator[Any], tally: Counter[str]) -> None:
    """
    ::

        steps 0, 1, .. that prove one clause each, the last the empty clause
        --------------------------------------------------------------------
        no filter fits every sample

    S1  every step is an array that begins with max, farkas or lrat    S2  the last clause is empty

    Every clause is true of the atoms at every filter that fits the samples: docs/theory/decisions.md.
    """
    rule = "refutation"
    network = Network.of(instance)
    numbers = atoms(network, named, "evidence")
    listed = list(numbers)
    clauses: list[list[int]] = []
    for record in records:
        step = f"step {len(clauses)}"
        require(isinstance(record, list) and len(record) > 0, step, rule, "S1", "must be an array")
        name = record[0]
        if name == "lrat":
            clause = lrat(len(listed), clauses, record, step)
        elif name == "farkas":
            clause = farkas(network, listed, record, step)
        elif name == "max":
            clause = max_rule(network, numbers, record, step)
        else:
            raise CertificateError(step, rule, "S1", "must begin with max, farkas or lrat")
        clauses.append(clause)
        tally[name] += 1
    require(bool(clauses) and not clauses[-1], "steps", rule, "S2", "the last clause is not empty")
