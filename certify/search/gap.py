"""From a problem and a network to a checked certificate: polish, prove, feed violators back, write, replay."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf, sqrt

import numpy as np

from relucert.certify import claim
from relucert.certify.check.kernel import Verdict, check_bytes
from relucert.certify.search.cones import Limits
from relucert.certify.search.deadline import Deadline, NotWritten
from relucert.certify.search.difficulty import Difficulty, assess
from relucert.certify.search.dual import DualProblem, FloatArray
from relucert.certify.search.emit import Evidence, certificate_bytes
from relucert.certify.search.floats import better_network_of, dual_problem, float_objective, start_units
from relucert.certify.search.polish import Polished, polish
from relucert.certify.search.portfolio import OutOfTime, Search, prove_sphere, singular_value_proofs
from relucert.certify.search.resume import Start
from relucert.certify.search.rounding import DualVariable, best_scale, binary64_above, exact_bound, round_dual

# Without --gap the bound aims at this relative distance from the best network known.
DEFAULT_TOLERANCE = 1e-9
# Rounds of branch and bound -> violators -> polish.
MAX_ROUNDS = 12
# Without limits of the user's own the search gives up after this many seconds and reports what it has.
DEFAULT_SECONDS = 120.0
# Share of the user's seconds for polishing and searching: writing a bound down and replaying it takes longer than that.
SEARCH_SHARE = 0.3
# The checker's seconds, about, for a node per sample and dimension; a root costs a node per dimension.
REPLAY_SECONDS = 2e-7
# Certificates that would need longer than this, or much longer than the time left, are not written.
MOST_REPLAY_SECONDS = 1800.0
# A stopped search is repeated when its bound is written: for at least so many seconds, and at most this part of those
# that are left, because the replay comes after it.  If that is too short, a bound this many times farther off is tried.
LEAST_WRITING_SECONDS = 2.0
WRITING_SHARE = 0.3
COARSER = 4.0
# An objective this much smaller than the network's is called 0 in a note.
TINY = 1e-12
# After a refutation the lower bound only says where the optimum is.
SECONDS_AFTER_REFUTATION = 5.0


@dataclass(frozen=True)
class Progress:
    """One line of the log: the phase, nodes and open nodes, and bounds on the optimum in the problem's scaling."""

    phase: str
    nodes: int
    open_nodes: int
    upper: float
    lower: float
    seconds: float


Report = Callable[[Progress], None]


@dataclass
class Outcome:
    """A replayed certificate and how it was found.

    status : "proved", "refuted", "undecided" or "vacuous".  limit : what stopped the search early, or "".
    better : the polished network, whose objective the same bound certifies.
    """

    status: str
    certificate: bytes
    verdict: Verdict
    difficulty: Difficulty
    better: claim.Network
    polish_seconds: float
    search_seconds: float
    check_seconds: float
    nodes: int
    limit: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class _Bound:
    """A lower bound with its evidence (without the better network)."""

    value: Fraction
    evidence: Evidence


class GapSearch:
    """One question: how far is this network from the optimum over all widths?"""

    def __init__(
        self,
        problem: claim.TrainingProblem,
        network: claim.Network,
        *,
        gap: Fraction | None = None,
        seconds: float | None = None,
        nodes: int | None = None,
        memory_bytes: int = 2 * 10**9,
        executor: Executor | None = None,
        report: Report | None = None,
        seed: int = 0,
        jobs: int = 1,
        starts: Mapping[int, Start] | None = None,
    ) -> None:
        self.problem, self.network, self.gap = problem, network, gap
        self.started = time.monotonic()
        self.limited = seconds is not None or nodes is not None
        self.end = inf if seconds is None else self.started + seconds
        self.deadline = Deadline(self.started + (DEFAULT_SECONDS if seconds is None else SEARCH_SHARE * seconds))
        self.node_limit = 10**9 if nodes is None else nodes
        self.memory_bytes, self.executor, self.report, self.seed, self.jobs = memory_bytes, executor, report, seed, jobs
        self.starts = starts  # trees of an earlier certificate
        self.dual: DualProblem = dual_problem(problem)
        self.scaling = float(problem.sum_scaling)
        self.bounds = [_Bound(Fraction(0), _trivial(problem, self.dual))]  # increasing
        self.polished: Polished | None = None
        self.nodes = 0
        self.upper = inf
        self.limit = ""
        self.notes: list[str] = []

    @property
    def bound(self) -> _Bound:
        """The best bound so far."""
        return self.bounds[-1]

    # ------------------------------------------------------------------------------------------------ the steps

    def interrupt(self) -> None:
        """End the search soon and keep what it has proved; may be called from a signal handler or another thread."""
        self.limit = "interrupted"
        self.deadline.stop()

    def run(self) -> Outcome:
        """Polish, search, write and replay; a keyboard interrupt ends the search and keeps the best bound."""
        difficulty = assess(self.problem, self.network, self.dual, self.seed)
        start = time.monotonic()
        refuted = False
        try:
            self._keep_singular_value_bound()
            self._polish(None)
            polish_seconds = time.monotonic() - start
            better = self._better_network()
            refuted = self._refutes(better)
            if refuted:
                self.deadline = self.deadline.at_most(time.monotonic() + SECONDS_AFTER_REFUTATION)
            start = time.monotonic()
            self._prove()
        except (KeyboardInterrupt, BrokenExecutor) as error:
            self.limit = "a worker process died" if self._unasked(error) else "interrupted"
            polish_seconds = time.monotonic() - start
        search_seconds = time.monotonic() - start
        better = self._better_network()
        refuted = self._refutes(better)
        start = time.monotonic()
        certificate, verdict = self._write(better if refuted else None)
        status = self._status(verdict)
        if status == "vacuous" and float_objective(self.problem, better) <= TINY * self._loss():
            self.notes.append("the infimum over all widths is 0 or next to it: no bound could say more")
        return Outcome(
            status, certificate, verdict, difficulty, better, polish_seconds, search_seconds,
            time.monotonic() - start, self.nodes, self.limit, list(dict.fromkeys(self.notes)),
        )  # fmt: skip

    def _unasked(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor) and not self.deadline.stopped

    def _polish(self, violators: FloatArray | None) -> None:
        previous = self.polished
        start = start_units(self.dual, self.network) if previous is None else previous.units

        def progress(rounds: int, primal: float, ratio: float) -> None:
            del ratio
            self._log(f"polish {rounds}", 0, primal)
            if self.deadline.stopped:
                raise KeyboardInterrupt

        self.polished = polish(
            self.dual,
            start=start,
            time_limit=max(0.1, float(self.deadline) - time.monotonic()),
            seed=self.seed,
            extra_directions=violators,
            progress=progress,
        )
        self.upper = min(self.upper, self.polished.primal)

    def _prove(self) -> None:
        """Branch and bound at the threshold that the target needs; violators go back into polishing."""
        slack = 0.0
        for _ in range(MAX_ROUNDS):
            if self.polished is None or self.bound.value >= self._target() / self.scaling:
                return
            dual = round_dual(self.polished.nu, self.dual.constant == "free")
            threshold = self._threshold(dual.values, max(self.polished.max_ratio - 1, 0.0) + slack)
            search = self._search(dual, threshold)
            if search is None:
                return
            self.nodes += search.nodes
            if search.violators is None:
                self._keep(dual, threshold, search)
                if search.stopped:
                    self._stop_early()
                return
            before = self.polished.primal
            self._polish(search.violators)
            if self.polished.primal >= before * (1 - 1e-13):
                slack = 4 * slack + 1e-10  # local search cannot improve: prove a little less
            if time.monotonic() >= self.deadline:
                self._stop_early()
                return
        self.notes.append(
            "branch and bound kept finding better directions; the bound is the best one proved on the way"
        )

    def _stop_early(self) -> None:
        self.limit = self.limit or ("limit reached" if self.limited else "effort limit")

    def _search(self, dual: DualVariable, threshold: float) -> Search | None:
        """One branch and bound; None when it ended without any bound."""
        if not self._replayable(self._least_roots(dual), 0):
            return None

        def progress(part: str, nodes: int, open_nodes: int, ratio: float) -> None:
            del ratio
            self._log(f"prove {part}", open_nodes, None, self.nodes + nodes)

        try:
            return prove_sphere(
                self.dual.rows,
                dual.values,
                threshold,
                free_hidden_bias=self.dual.free_hidden_bias,
                limits=Limits(max(1, self.node_limit - self.nodes), self.deadline, self.memory_bytes),
                executor=self.executor,
                progress=progress,
                starts=self.starts,
            )
        except OutOfTime:
            self._stop_early()
            self.notes.append("the time was too short for branch and bound; the bound is the singular values'")
        except np.linalg.LinAlgError as error:
            self._stop_early()
            self.notes.append(f"branch and bound met numerical limits ({error}); the bound is an earlier one")
        return None

    def _replayable(self, roots: int, nodes: int) -> bool:
        """Whether a proof of this size can be replayed in about the time left."""
        rows = self.dual.rows
        cost = REPLAY_SECONDS * rows.size * (roots * rows.shape[1] + nodes)
        if cost <= min(MOST_REPLAY_SECONDS, 5.0 + 2 * max(0.0, self.end - time.monotonic())):
            return True
        self._stop_early()
        what = "a free hidden bias needs a proof for every sample; " if self.dual.free_hidden_bias else ""
        self.notes.append(f"{what}replaying this proof would take about {cost:.0f} s, more than there is time for")
        return False

    def _least_roots(self, dual: DualVariable) -> int:
        """Statements to prove: two signs, or the kinks of a free hidden bias."""
        return int(np.count_nonzero(dual.mantissas)) if self.dual.free_hidden_bias else 2

    def _target(self) -> float:
        """The lower bound (in sum scaling) at which the search has done what was asked."""
        target = self.upper * (1 - DEFAULT_TOLERANCE)
        if self.gap is not None:
            target = min(target, (1 - float(self.gap) * (1 - 1e-6)) * self._loss() * self.scaling)
        return target

    def _threshold(self, nu: FloatArray, excess: float) -> float:
        """The largest T for which ``s = beta / T`` still reaches the target, and at least (1 + excess) beta."""
        beta = self.dual.beta
        linear, squares = float(nu @ self.dual.y), float(nu @ nu)
        if self.dual.constant == "penalised":
            squares += float(nu.sum()) ** 2 / self.dual.constant_decay
        target = self._target()
        discriminant = linear**2 - 2 * squares * max(target, 0.0)
        least = beta * (1 + excess * (1 + 1e-3) + 1e-11)
        if squares <= 0 or linear <= 0:
            return least
        if target <= 0:
            return max(least, 4 * beta)
        if discriminant < 0:  # this dual variable cannot reach the target: take what it gives
            return least
        scale = 2 * target / (linear + sqrt(discriminant))
        return max(least, beta / scale)

    # ------------------------------------------------------------------------------------------ bounds and evidence

    def _keep(self, dual: DualVariable, threshold: float, search: Search) -> None:
        ratio = max(search.bound, 1.0) if search.bound <= 1.0 else search.bound * (1 + 1e-9)
        if not np.isfinite(ratio):
            return
        for attempt in (ratio, 1 + COARSER * (ratio - 1)):
            try:
                self._keep_at(attempt, dual, threshold, search)
                return
            except NotWritten:
                self._stop_early()
        self.notes.append("the time was too short to write the best bound down; it is an earlier one")

    def _keep_at(self, ratio: float, dual: DualVariable, threshold: float, search: Search) -> None:
        exact = Fraction(threshold) if ratio == 1.0 else binary64_above(threshold * ratio)
        scale = best_scale(self.problem, dual, exact)
        value = exact_bound(self.problem, dual, scale)
        if value > self.bound.value and self._replayable(search.roots, search.nodes):
            self._log("write", 0, None)
            now = time.monotonic()
            seconds = max(LEAST_WRITING_SECONDS, WRITING_SHARE * min(self.end - now, MOST_REPLAY_SECONDS))
            proofs, trees = search.emit(float(exact) / threshold, now + seconds)
            self.bounds.append(_Bound(value, Evidence(dual, exact, scale, proofs, trees)))

    def _keep_singular_value_bound(self) -> None:
        """The free bound of the thresholded singular values: nu = y, centred when a constant is free."""
        y = self.dual.y - (self.dual.y.mean() if self.dual.constant == "free" else 0.0)
        dual = round_dual(y, self.dual.constant == "free")
        if not any(dual.mantissas) or not self._replayable(self._least_roots(dual), 0):
            return
        proofs, threshold = singular_value_proofs(self.dual.rows, dual.values, self.dual.free_hidden_bias)
        scale = best_scale(self.problem, dual, threshold)
        value = exact_bound(self.problem, dual, scale)
        if value > self.bound.value:
            self.bounds.append(_Bound(value, Evidence(dual, threshold, scale, proofs, [])))

    def _better_network(self) -> claim.Network:
        if self.polished is None:
            return self.network
        return better_network_of(self.problem, self.polished)

    def _loss(self) -> float:
        """The given network's objective in floats; only steers the search."""
        return float_objective(self.problem, self.network)

    def _refutes(self, better: claim.Network) -> bool:
        if self.gap is None or self.polished is None:
            return False
        return float_objective(self.problem, better) < (1 - float(self.gap)) * self._loss() * (1 - 1e-12)

    def _write(self, better: claim.Network | None) -> tuple[bytes, Verdict]:
        """Certificate and replay; what does not replay, for want of precision, is left out."""
        refuted = None if better is None else self.gap
        statement = claim.TrainingGap(self.problem, self.network, self.bound.value, refuted)
        data = certificate_bytes(statement, replace(self.bound.evidence, better_network=better))
        self._log("check", 0, None)
        verdict = check_bytes(data, jobs=self.jobs)
        if verdict.valid:
            return data, verdict
        if better is not None and "better" in verdict.reason:
            self.notes.append(f"the better network does not refute the gap exactly ({verdict.reason})")
            return self._write(None)
        if len(self.bounds) == 1:
            raise RuntimeError(f"the certificate found does not replay: {verdict.reason}")
        self.notes.append(f"the proof of a better bound did not survive rounding ({verdict.reason})")
        self.bounds.pop()
        self._stop_early()
        return self._write(better)

    def certificate_for(self, network: claim.Network) -> bytes:
        """A certificate of the same bound for another network of the same problem, such as the polished one."""
        statement = claim.TrainingGap(self.problem, network, self.bound.value, None)
        return certificate_bytes(statement, self.bound.evidence)

    def _status(self, verdict: Verdict) -> str:
        gap = verdict.relative_gap
        if verdict.claim is None or gap is None:
            raise RuntimeError("a valid verdict has a claim")
        if verdict.claim.refuted_gap is not None:
            return "refuted"
        if self.gap is not None:
            return "proved" if gap <= self.gap else "undecided"
        if self.limit and (self.limited or self.limit != "effort limit"):
            return "undecided"
        return "vacuous" if gap >= 1 else "proved"

    def _log(self, phase: str, open_nodes: int, primal: float | None, nodes: int | None = None) -> None:
        if self.report is None:
            return
        upper = min(self.upper, inf if primal is None else primal) / self.scaling
        seconds = time.monotonic() - self.started
        self.report(
            Progress(phase, self.nodes if nodes is None else nodes, open_nodes, upper, float(self.bound.value), seconds)
        )


def _trivial(problem: claim.TrainingProblem, dual: DualProblem) -> Evidence:
    """The bound 0 from nu = 0."""
    zero = DualVariable([0] * problem.samples, 0)
    proofs, _ = singular_value_proofs(dual.rows, zero.values, dual.free_hidden_bias)
    return Evidence(zero, Fraction(0), Fraction(0), proofs, [])
