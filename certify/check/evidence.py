"""Decoding the evidence: shapes and spelling only, no mathematics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.rules.dual_value import Dual
from relucert.certify.claim import ClaimError, Network, parse_rational

MAX_EXPONENT = 4096
RULES = ("cone_cover", "sign_tree", "singular_value", "free_bias_split")


@dataclass(frozen=True)
class Proof:
    """One named rule for phi <= T |u|; exactly the argument of that rule is set."""

    rule: str
    basis: list[list[int]] | None = None
    bound: Fraction | None = None
    parts: list[tuple[int, Proof]] | None = None

    @property
    def trees(self) -> int:
        """How many trees the rule itself consumes."""
        if self.basis is not None:
            return 1 << len(self.basis)
        return 1 if self.rule == "sign_tree" else 0


@dataclass(frozen=True)
class Leaf:
    """A proof that stands on its own: sign +1 or -1 of nu, and the kink when it is a part of a free_bias_split."""

    name: str
    sign: int
    kink: int | None
    proof: Proof


@dataclass(frozen=True)
class Evidence:
    dual: Dual
    proofs: dict[int, Proof]
    better_network: Network | None

    def leaves(self) -> Iterator[Leaf]:
        """In the order in which they consume the trees."""
        for sign, proof in self.proofs.items():
            name = f"proof {'+' if sign > 0 else '-'}"
            if proof.parts is None:
                yield Leaf(name, sign, None, proof)
            else:
                for kink, part in proof.parts:
                    yield Leaf(f"{name} kink {kink}", sign, kink, part)


def _fail(detail: str) -> NoReturn:
    raise CertificateError("evidence", "format", "S7", detail)


def _object(value: Any, names: tuple[str, ...], field: str) -> list[Any]:
    if not isinstance(value, dict) or tuple(value) != names:
        _fail(f"{field} must be an object with the fields {', '.join(names)} in this order")
    return list(value.values())


def _decode_proof(value: Any, field: str, nested: bool) -> Proof:
    rule = value.get("rule") if isinstance(value, dict) else None
    if rule not in RULES or (nested and rule == "free_bias_split"):
        _fail(f"{field}: unknown rule")
    if rule == "cone_cover":
        _, basis = _object(value, ("rule", "basis"), field)
        if not isinstance(basis, list):
            _fail(f"{field}: basis must be an array")
        return Proof(rule, basis=basis)
    if rule == "sign_tree":
        _object(value, ("rule",), field)
        return Proof(rule)
    if rule == "singular_value":
        _, bound = _object(value, ("rule", "bound"), field)
        return Proof(rule, bound=parse_rational(bound, f"{field}.bound"))
    _, listed = _object(value, ("rule", "parts"), field)
    if not isinstance(listed, list):
        _fail(f"{field}: parts must be an array")
    parts = []
    for entry in listed:
        kink, part = _object(entry, ("kink", "proof"), f"{field} part")
        if type(kink) is not int:
            _fail(f"{field}: kink must be an integer")
        parts.append((kink, _decode_proof(part, f"{field} kink {kink}", nested=True)))
    return Proof(rule, parts=parts)


def _decode_dual(value: Any) -> tuple[Dual, dict[int, Proof]]:
    variable, threshold, scale, proofs = _object(value, ("dual_variable", "threshold", "scale", "proofs"), "dual")
    exponent, mantissas = _object(variable, ("exponent", "mantissas"), "dual_variable")
    if type(exponent) is not int or abs(exponent) > MAX_EXPONENT:
        _fail("dual_variable.exponent must be a small integer")
    if not isinstance(mantissas, list) or not all(type(m) is int for m in mantissas):
        _fail("dual_variable.mantissas must be an array of integers")
    dual = Dual(mantissas, exponent, parse_rational(threshold, "threshold"), parse_rational(scale, "scale"))
    plus, minus = _object(proofs, ("+", "-"), "proofs")  # both signs, by name
    return dual, {1: _decode_proof(plus, "proof +", nested=False), -1: _decode_proof(minus, "proof -", nested=False)}


def decode_evidence(value: Any) -> Evidence:
    """The evidence of a training-gap certificate; raises CertificateError."""
    try:
        dual_json, better = _object(value, ("dual", "better_network"), "evidence")
        dual, proofs = _decode_dual(dual_json)
        return Evidence(dual, proofs, None if better is None else Network.from_json(better, "better_network"))
    except ClaimError as error:
        _fail(str(error))
