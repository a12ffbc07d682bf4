"""The one way in: bytes of a certificate -> verdict.

Every route ends in :func:`_check_leaf`, whether the trees are replayed one after the other or in several processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.evidence import Evidence, Leaf, decode_evidence
from relucert.certify.check.numbers import common_exponent, scaled
from relucert.certify.check.rules.better_network import better_network
from relucert.certify.check.rules.cone_cover import check_basis, cone_tree
from relucert.certify.check.rules.dual_value import dual_value
from relucert.certify.check.rules.free_bias_split import check_parts, part
from relucert.certify.check.rules.primal_value import primal_value
from relucert.certify.check.rules.sign_tree import sign_tree
from relucert.certify.check.rules.singular_value import singular_value
from relucert.certify.check.sphere import SphereClaim
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.check.verdict import Verdict
from relucert.certify.claim import ClaimError, TrainingGap, TrainingProblem

__all__ = ["Verdict", "check_bytes"]

_Orthants = Iterator[tuple[int, Iterator[Any]]]  # (orthant, records) of the trees of one leaf


def _spheres(problem: TrainingProblem, evidence: Evidence) -> tuple[dict[int, SphereClaim], int]:
    """phi_nu <= T |u| and phi_{-nu} <= T |u| in integers, and the exponent k of the rows' unit 2^-k."""
    exponent = common_exponent(value for row in problem.X for value in row)
    one = [1 << exponent] if problem.hidden_bias != "none" else []
    rows = [scaled(row, exponent) + one for row in problem.X]
    # the rows are 2^exponent times the data and nu is the dual variable divided by its unit; T is scaled like both
    threshold = evidence.dual.threshold * (1 << exponent) / evidence.dual.unit
    return {
        sign: SphereClaim(
            rows,
            [sign * m for m in evidence.dual.mantissas],
            threshold.numerator,
            threshold.denominator,
            problem.features + len(one),
            problem.hidden_bias == "free",
        )
        for sign in (1, -1)
    }, exponent


class _Statement:
    """The decoded certificate without its trees."""

    def __init__(self, claim_json: Any, evidence_json: Any) -> None:
        try:
            self.claim = TrainingGap.from_json(claim_json)
        except ClaimError as error:
            raise CertificateError("claim", "format", "S8", str(error)) from None
        self.evidence = decode_evidence(evidence_json)
        dual_value(self.claim, self.evidence.dual, "dual")
        self.spheres, self.exponent = _spheres(self.claim.problem, self.evidence)
        self.leaves = list(self.evidence.leaves())
        self._last: tuple[Leaf, SphereClaim] | None = None

    def sphere(self, leaf: Leaf) -> SphereClaim:
        """The statement that a leaf proves; the last one is kept, because its trees come one after the other."""
        if leaf.kink is None:
            return self.spheres[leaf.sign]
        if self._last is None or self._last[0] is not leaf:
            self._last = (leaf, part(self.spheres[leaf.sign], leaf.kink))
        return self._last[1]


def _check_leaf(statement: _Statement, leaf: Leaf, orthants: _Orthants, tally: Counter[str]) -> None:
    """Replay the proof of one leaf on the given trees (orthant, records)."""
    claim, proof = statement.sphere(leaf), leaf.proof
    if proof.bound is not None:
        singular_value(claim, proof.bound * (1 << (2 * statement.exponent)), leaf.name)
    elif proof.basis is not None:
        basis = check_basis(claim, proof.basis, leaf.name)
        for orthant, records in orthants:
            cone_tree(claim, basis, orthant, records, tally, f"{leaf.name} tree {orthant}")
    else:
        for _, records in orthants:
            sign_tree(claim, records, tally, f"{leaf.name} tree")


class _Trees:
    """The array "trees", tree by tree."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.first = stream, True
        stream.expect("[")

    def next(self, step: str) -> Iterator[Any]:
        require(self.stream.peek() == ("[" if self.first else ","), step, "format", "S9", "there are too few trees")
        if not self.first:
            self.stream.expect(",")
        self.first = False
        return self.stream.items()

    def take(self, leaf: Leaf) -> _Orthants:
        """The next trees, as many as the leaf's rule needs; each must be used up before the next is asked for."""
        for orthant in range(leaf.proof.trees):
            yield orthant, self.next(f"{leaf.name} tree {orthant}")

    def end(self) -> None:
        require(self.stream.peek() == "]", "trees", "format", "S9", "there are too many trees")
        self.stream.expect("]")
        self.stream.expect("}")
        require(self.stream.peek() == "", "file", "format", "S1", "text after the certificate")


def _check_statement(statement: _Statement) -> None:
    """Side conditions that belong to a whole sign rather than to one of its leaves."""
    for sign, proof in statement.evidence.proofs.items():
        if proof.parts is not None:
            check_parts(statement.spheres[sign], [kink for kink, _ in proof.parts], f"proof {'+' if sign > 0 else '-'}")


def _check(text: str, jobs: int) -> Verdict:
    stream = Stream(text)
    statement = _Statement(*header(stream))
    tally: Counter[str] = Counter()
    _check_statement(statement)
    tally["dual_value"] += 1
    tally.update([proof.rule for proof in statement.evidence.proofs.values()])
    trees = _Trees(stream)
    if jobs <= 1:
        for leaf in statement.leaves:
            _check_leaf(statement, leaf, trees.take(leaf), tally)
    else:
        _check_in_processes(text, statement, trees, jobs, tally)
    trees.end()
    loss, balanced = primal_value(statement.claim.problem, statement.claim.network)
    tally["primal_value"] += 1
    better = better_network(statement.claim, loss, statement.evidence.better_network, "better network")
    if better is not None:
        tally["better_network"] += 1
    return Verdict("VALID", "", statement.claim, loss, balanced, better, dict(tally))


def check_bytes(data: bytes, *, jobs: int = 1) -> Verdict:
    """Check a certificate (JSON text, possibly gzipped) and say what it proves.

    Nothing is valid by default: the verdict is VALID only at the end of :func:`_check`, after every rule has held.
    """
    try:
        return _check(decode_text(data), jobs)
    except CertificateError as error:
        return Verdict("INVALID", str(error))


# ------------------------------------------------------------------------------------------- several processes

Task = tuple[int, int, int, int]  # leaf, orthant, and the part of the text that holds the tree

_worker: tuple[str, _Statement] | None = None


def _start_worker(text: str) -> None:
    global _worker
    _worker = (text, _Statement(*header(Stream(text))))


def _run_tasks(tasks: list[Task]) -> tuple[dict[str, int], tuple[str, str, str, str] | None]:
    if _worker is None:
        return {}, ("worker", "format", "S9", "a worker process was not started")
    text, statement = _worker
    tally: Counter[str] = Counter()
    try:
        for index, orthant, start, end in tasks:
            stream = Stream(text, start)
            _check_leaf(statement, statement.leaves[index], iter([(orthant, stream.items())]), tally)
            require(stream.position == end, "trees", "format", "S9", "a tree ends in another place")
    except CertificateError as error:
        return {}, (error.step, error.rule, error.condition, error.detail)
    return dict(tally), None


def _check_in_processes(text: str, statement: _Statement, trees: _Trees, jobs: int, tally: Counter[str]) -> None:
    """Find where every tree stands, then replay the trees in worker processes; the first failure in order is raised."""
    tasks: list[Task] = []
    for index, leaf in enumerate(statement.leaves):
        _check_leaf(statement, leaf, iter(()), tally)  # all that does not need its trees
        for orthant, records in trees.take(leaf):
            start = trees.stream.position
            for _ in records:
                pass
            tasks.append((index, orthant, start, trees.stream.position))
    size = sum(end - start for _, _, start, end in tasks) // (8 * jobs) + 1
    batches: list[list[Task]] = []
    filled = size
    for task in tasks:
        if filled >= size:
            batches.append([])
            filled = 0
        batches[-1].append(task)
        filled += task[3] - task[2]
    with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(text,)) as pool:
        for counts, failure in pool.map(_run_tasks, batches):
            if failure is not None:
                pool.shutdown(cancel_futures=True)
                raise CertificateError(*failure)
            tally.update(counts)
