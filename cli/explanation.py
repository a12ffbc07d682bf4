"""What a certificate says and how it proves it, for people: numbers, proof trees, and where the bound is tight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.check.evidence import Evidence, Proof, decode_evidence
from relucert.certify.check.kernel import check_bytes
from relucert.certify.check.report import as_json, decimal
from relucert.certify.check.rules.dual_value import Dual
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.check.verdict import Verdict
from relucert.certify.claim import Network, TrainingGap, TrainingProblem, spell_rational
from relucert.cli.explanation_gap import Accounts, account

FloatArray = NDArray[np.float64]

# A hidden unit counts as tight when |φ_ν(w)| / (T |w|) is this close to 1.
TIGHT = 1e-6
# Samples listed by the size of their residual.
LARGEST = 10


@dataclass(frozen=True, eq=False)
class Explanation:
    """A replayed certificate in numbers.

    Attributes
    ----------
    valid, reason : the checker's verdict; nothing below is set unless it is VALID.
    summary : everything a report needs, ready for JSON.
    rows : (n, p) inputs as a direction meets them, with a column of ones appended when there is a hidden bias.
    penalised : so many leading coordinates of a direction count in |u|: all, or all but the bias when it is free.
    dual_variable : (n,) ν.  scale : s of the bound D(sν).  threshold : T with |φ_ν(u)| <= T |u| for all u.
    """

    valid: bool
    reason: str
    summary: dict[str, Any] = field(default_factory=dict)
    rows: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    penalised: int = 0
    dual_variable: FloatArray = field(default_factory=lambda: np.zeros(0))
    scale: float = 0.0
    threshold: float = 0.0
    network: Network | None = None
    problem: TrainingProblem | None = None

    def ratio(self, directions: FloatArray) -> FloatArray:
        """(k,) values φ_ν(u) / (T |u|) of directions (k, p); 0 where T |u| is 0."""
        norms = self.threshold * np.linalg.norm(directions[:, : self.penalised], axis=1)
        values = np.maximum(directions @ self.rows.T, 0.0) @ self.dual_variable
        return np.asarray(np.divide(values, norms, out=np.zeros(len(directions)), where=norms > 0), dtype=np.float64)


def explain(data: bytes) -> Explanation:
    """Replay a certificate and gather what there is to say about it."""
    verdict = check_bytes(data)
    if not verdict.valid or verdict.claim is None:
        return Explanation(False, verdict.reason)
    stream = Stream(decode_text(data))
    evidence = decode_evidence(header(stream)[1])
    claim, dual = verdict.claim, evidence.dual
    accounts = account(claim, dual)
    one = claim.problem.hidden_bias != "none"
    rows = np.array([[float(v) for v in row] + [1.0] * one for row in claim.problem.X])
    summary = {
        "certificate": {
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "text_bytes": len(stream.text),
        },
        "claim": as_json(verdict),
        "balanced_gap": _balanced_gap(verdict),
        "network": _network(claim, accounts),
        "better_width": None if evidence.better_network is None else evidence.better_network.width,
        "dual_variable": _dual(dual),
        "proofs": _proofs(evidence, stream),
        "gap_parts": _parts(accounts),
        "units": _units(accounts, claim.problem.sum_scaling),
        "residuals": _residuals(claim, dual, accounts),
    }
    return Explanation(
        True,
        "",
        summary,
        rows,
        claim.problem.features + (claim.problem.hidden_bias == "penalised"),
        np.array([float(dual.unit * m) for m in dual.mantissas]),
        float(dual.scale),
        float(dual.threshold),
        claim.network,
        claim.problem,
    )


# ------------------------------------------------------------------------------------------------ claim and network


def _balanced_gap(verdict: Verdict) -> str | None:
    """The relative gap after every hidden unit is rescaled by its best factor, when that changes the objective."""
    if verdict.claim is None or verdict.balanced_loss is None or verdict.balanced_loss == verdict.loss:
        return None
    high = verdict.balanced_loss.high
    return decimal((high - verdict.claim.lower_bound) / high, up=True, digits=4) if high > 0 else "0"


def _network(claim: TrainingGap, accounts: Accounts) -> dict[str, Any]:
    silent = [unit.index for unit in accounts.units if unit.active == 0 or unit.sign == 0 or unit.coefficient == 0]
    tight = [unit for unit in accounts.units if unit.slack is not None and unit.slack <= TIGHT and unit.agrees]
    mass = sum((unit.coefficient for unit in accounts.units), Fraction(0))
    share = sum((unit.coefficient for unit in tight), Fraction(0)) / mass if mass else Fraction(0)
    return {
        "width": claim.network.width,
        "dead_units": silent,
        "tight_units": [unit.index for unit in tight],
        "tight_share": float(share),
        "tight_tolerance": TIGHT,
        "coefficient_sum": float(mass),
        "output_bias": None if claim.network.output_bias is None else float(claim.network.output_bias[0]),
        "squared_error": float(sum((r * r for r in accounts.residuals), Fraction(0))),
    }


def _dual(dual: Dual) -> dict[str, Any]:
    return {
        "nonzero": sum([m != 0 for m in dual.mantissas]),
        "positive": sum([m > 0 for m in dual.mantissas]),
        "negative": sum([m < 0 for m in dual.mantissas]),
        "bits": max((abs(m).bit_length() for m in dual.mantissas), default=0),
        "threshold": float(dual.threshold),
        "threshold_exact": spell_rational(dual.threshold),
        "scale": float(dual.scale),
        "scale_exact": spell_rational(dual.scale),
    }


# ------------------------------------------------------------------------------------------------------ proof trees


@dataclass
class TreeCount:
    """Trees in preorder: a node is a branch or a leaf, a cap belongs to the node it tightens; leaves by depth."""

    trees: int = 0
    branches: int = 0
    leaves: int = 0
    caps: int = 0
    size: int = 0  # characters
    depths: dict[int, int] = field(default_factory=dict)

    def add_tree(self, stream: Stream) -> None:
        """Read one tree from the stream."""
        stream.peek()
        start, open_nodes = stream.position, [0]
        for record in stream.items():
            if record[0] == "L":
                depth = open_nodes.pop()
                self.leaves += 1
                self.depths[depth] = self.depths.get(depth, 0) + 1
            elif record[0] == "K":
                self.caps += 1
            else:
                depth = open_nodes.pop()
                self.branches += 1
                open_nodes += [depth + 1, depth + 1]
        self.trees += 1
        self.size += stream.position - start

    def add(self, other: TreeCount) -> None:
        """Count the trees of another proof too."""
        self.trees += other.trees
        self.branches += other.branches
        self.leaves += other.leaves
        self.caps += other.caps
        self.size += other.size
        for depth, leaves in other.depths.items():
            self.depths[depth] = self.depths.get(depth, 0) + leaves

    def to_json(self) -> dict[str, Any]:
        """As `relucert explain --json` prints it."""
        nodes = self.branches + self.leaves
        total = sum(depth * leaves for depth, leaves in self.depths.items())
        return {
            "trees": self.trees,
            "nodes": nodes,
            "branches": self.branches,
            "leaves": self.leaves,
            "caps": self.caps,
            "depth_max": max(self.depths, default=0),
            "depth_mean": total / self.leaves if self.leaves else 0.0,
            "depth_histogram": {str(depth): self.depths[depth] for depth in sorted(self.depths)},
            "bytes": self.size,
            "bytes_per_node": self.size / nodes if nodes else 0.0,
        }


def _in_words(proof: Proof) -> str:
    """How a rule covers all directions."""
    if proof.basis is not None:
        rank = len(proof.basis)
        return f"branch and bound over the {1 << rank} orthants of {rank} basis vectors"
    if proof.parts is not None:
        return f"one bias-free proof for each of {len(proof.parts)} samples with a negative dual variable"
    if proof.rule == "sign_tree":
        return "branch and bound over the signs of x_i.u"
    return "largest singular value of the data, no search"


def _proofs(evidence: Evidence, stream: Stream) -> dict[str, Any]:
    """The rule and the trees of each sign, and of both together; reads the trees in the order of the file."""
    counts = {sign: TreeCount() for sign in evidence.proofs}
    stream.expect("[")
    first = True
    for leaf in evidence.leaves():
        for _ in range(leaf.proof.trees):
            if not first:
                stream.expect(",")
            first = False
            counts[leaf.sign].add_tree(stream)
    total = TreeCount()
    result: dict[str, Any] = {}
    for sign, proof in evidence.proofs.items():
        total.add(counts[sign])
        rules: dict[str, int] = {}
        for _, part in proof.parts or []:
            rules[part.rule] = rules.get(part.rule, 0) + 1
        name = "+" if sign > 0 else "-"
        result[name] = {"rule": proof.rule, "in_words": _in_words(proof), "part_rules": rules, **counts[sign].to_json()}
    return {**result, "total": total.to_json()}


# ------------------------------------------------------------------------------------------------ where it is tight


def _parts(accounts: Accounts) -> list[dict[str, Any]]:
    total = accounts.total
    return [
        {
            "part": part.name,
            "amount": float(part.amount),
            "share": float(part.amount / total) if total else 0.0,
            "meaning": part.meaning,
        }
        for part in accounts.parts
    ]


def _units(accounts: Accounts, scaling: Fraction) -> list[dict[str, Any]]:
    """Hidden units, those where the bound is tightest first."""
    mass = sum((unit.coefficient for unit in accounts.units), Fraction(0))
    total = accounts.total * scaling
    ordered = sorted(accounts.units, key=lambda unit: (2.0 if unit.slack is None else unit.slack, unit.index))
    return [
        {
            "unit": unit.index,
            "sign": unit.sign,
            "ratio": None if unit.slack is None else 1 - unit.slack,
            "slack": unit.slack,
            "agrees": unit.agrees,
            "coefficient": float(unit.coefficient),
            "share": float(unit.coefficient / mass) if mass else 0.0,
            "active": unit.active,
            "gap_share": float(unit.loss / total) if total else 0.0,
        }
        for unit in ordered
    ]


def _residuals(claim: TrainingGap, dual: Dual, accounts: Accounts) -> list[dict[str, Any]]:
    """The samples with the largest residuals, next to the dual variable that stands for them in the bound."""
    order = sorted(range(len(accounts.residuals)), key=lambda i: (-abs(accounts.residuals[i]), i))
    return [
        {
            "sample": i,
            "target": float(claim.problem.Y[i][0]),
            "output": float(claim.problem.Y[i][0] - accounts.residuals[i]),
            "residual": float(accounts.residuals[i]),
            "scaled_dual": float(dual.scale * dual.unit * dual.mantissas[i]),
        }
        for i in order[:LARGEST]
    ]
