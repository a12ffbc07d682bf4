"""Refutations of networks under construction: atoms, and clauses that each have a step of the certificate.

Steps and rows are those of docs/decision_certificate.md; samples are in integers, numbered as in the instance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from relucert.certify.claim import canonical_json
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining, in_integers
from relucert.reductions.solve.elaborate import Lrat

Atom = tuple[str, int, int]  # kind, sample, slot
Literals = Sequence[tuple[int, int]]
Rows = Sequence[Sequence[Any]]


class Proof:
    """Clauses about the atoms of an instance; every one of them holds for every filter that fits.

    samples : in integers.  clauses : the clause of every step.
    """

    def __init__(self, instance: NonOverlapInstance) -> None:
        self.instance = instance
        self.samples = [in_integers(sample) for sample in instance.samples]
        self.numbers: dict[Atom, int] = {}
        self.clauses: list[tuple[int, ...]] = []
        self.records: list[list[Any]] = []
        self.pending: dict[int, Callable[[], tuple[Literals, Rows]]] = {}

    def atom(self, kind: str, t: int, s: int) -> int:
        """The positive literal that says a_ts >= 0 ("on") or a_ts >= Y_t ("max")."""
        return self.numbers.setdefault((kind, t, s), len(self.numbers) + 1)

    def max_rule(self, t: int) -> int:
        """Some slot of a sample with a positive label carries at least the label; the number of the step."""
        return self._add([self.atom("max", t, s) for s in range(self.instance.k)], ["max", t])

    def farkas(self, literals: Iterable[tuple[int, int]], rows: Iterable[Sequence[Any]]) -> int:
        """The negation of the literals, by multipliers of literals and rows that are positive integers."""
        used = [[literal, m] for literal, m in literals]
        return self._add([-literal for literal, _ in used], ["farkas", used, [list(row) for row in rows]])

    def farkas_later(self, clause: Sequence[int], make: Callable[[], tuple[Literals, Rows]]) -> int:
        """A clause whose multipliers are worked out when a certificate needs them; they may prove a part of it."""
        self.pending[len(self.clauses)] = make
        return self._add(clause, [])

    def lrat(self, clause: Sequence[int], hints: Sequence[int]) -> int:
        """A clause that follows by unit propagation through earlier steps."""
        return self._add(clause, ["lrat", list(clause), list(hints)])

    def _add(self, clause: Iterable[int], record: list[Any]) -> int:
        self.clauses.append(tuple(clause))
        self.records.append(record)
        return len(self.clauses) - 1

    def certificate(self, steps: Sequence[int], refutation: Lrat) -> bytes:
        """The certificate of no, by a refutation of the clauses of these steps."""
        axioms = [steps[number] for number in refutation.axioms]
        kept = set(axioms)
        for step in range(max(kept, default=0), -1, -1):
            if step in kept and step in self.pending:
                literals, rows = self.pending.pop(step)()
                self.records[step] = ["farkas", [list(entry) for entry in literals], [list(row) for row in rows]]
            if step in kept and self.records[step][0] == "lrat":
                kept.update(self.records[step][2])
        place: dict[int, int] = {}
        records: list[list[Any]] = []
        for step in sorted(kept):
            records.append(self._renumbered(self.records[step], place))
            if records[-1][0] == "farkas" and len(records[-1][1]) < len(self.clauses[step]):
                records.append(["lrat", list(self.clauses[step]), [len(records) - 1]])
            place[step] = len(records) - 1
        places = [*[place[step] for step in axioms], *range(len(records), len(records) + len(refutation.steps))]
        records += [["lrat", list(clause), [places[hint] for hint in hints]] for clause, hints in refutation.steps]
        evidence = {"atoms": [list(atom) for atom in self.numbers]}
        return certificate_text(NonOverlapTraining("unreachable", self.instance), evidence, records)

    @staticmethod
    def _renumbered(record: list[Any], place: dict[int, int]) -> list[Any]:
        return ["lrat", record[1], [place[hint] for hint in record[2]]] if record[0] == "lrat" else record


def certificate_text(claim: NonOverlapTraining, evidence: Any, steps: Iterable[Any]) -> bytes:
    """A certificate as ASCII JSON: one line for the header, one for every step."""
    header = {"format": "relucert-certificate", "version": 1, "claim": claim.to_json(), "evidence": evidence}
    rows = ",\n".join(json.dumps(step, separators=(",", ":")) for step in steps)
    return f'{canonical_json(header)[:-1]},"steps":[\n{rows}\n]}}\n'.encode("ascii")
