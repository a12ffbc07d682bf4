"""The search driver: its bounds hold and are tight, for every convention, on degenerate data and within limits."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from relucert.certify.check.kernel import check_bytes
from relucert.certify.check.rules.primal_value import primal_value
from relucert.certify.claim import Network, TrainingProblem
from relucert.certify.search import cones
from relucert.certify.search import gap as driver
from relucert.certify.search.gap import GapSearch, Outcome, Progress
from relucert.certify.search.portfolio import OutOfTime, Search
from tests.certify.search.small_problems import network, problem, regression

TIGHT = 1e-7
X, Y = regression()
LONG_X, LONG_Y = regression(40, 4, seed=3)


def loss_of(task: TrainingProblem, net: Network) -> Fraction:
    return primal_value(task, net)[0].high


def gap_of(task: TrainingProblem, outcome: Outcome) -> float:
    """Relative distance of the polished network from the certified bound."""
    assert outcome.verdict.claim is not None
    loss = loss_of(task, outcome.better)
    return 0.0 if loss == 0 else float(1 - outcome.verdict.claim.lower_bound / loss)


def long_search(**options: Any) -> GapSearch:
    """Far more than a few seconds of work."""
    task = problem(LONG_X, LONG_Y, 0.05, "penalised", "penalised")
    return GapSearch(task, network(task, 4), **options)


CONVENTIONS = [
    (loss, penalty, hidden, output, ratio)
    for loss, penalty, hidden, output, ratio in product(
        ("half-sum", "half-mean", "mean"),
        ("sum-of-squares", "product"),
        ("none", "penalised", "free"),
        ("none", "penalised", "free"),
        (1, Fraction(1, 3)),
    )
    if not (penalty == "product" and (output == "penalised" or ratio != 1))
    and (
        loss == "half-sum"
        or penalty == "product"
        or (hidden, output, ratio) == ("penalised", "penalised", Fraction(1, 3))
    )
]


@pytest.mark.parametrize(("loss", "penalty", "hidden", "output", "ratio"), CONVENTIONS)
def test_every_convention_is_bounded_tightly(loss: str, penalty: str, hidden: str, output: str, ratio: Any) -> None:
    task = problem(X, Y, 0.5, hidden, output, loss=loss, penalty=penalty, ratio=ratio)
    outcome = GapSearch(task, network(task, 3), seconds=60).run()
    assert outcome.status == "proved" and outcome.verdict.claim is not None
    bound = outcome.verdict.claim.lower_bound
    rivals = [network(task, 1 + seed % 5, size, seed) for seed in range(12) for size in (0.2, 0.6)]
    assert all(loss_of(task, rival) >= bound for rival in [*rivals, network(task, 1, 0.0), outcome.better])
    assert 0 <= gap_of(task, outcome) <= TIGHT


def test_losses_scale_the_same_problem() -> None:
    """The half-mean and the mean are the half-sum divided by n and n/2, decays included."""
    bounds = []
    for loss, sigma in (("half-sum", 1), ("half-mean", len(Y)), ("mean", Fraction(len(Y), 2))):
        task = problem(X, Y, Fraction(1, 2), "penalised", "free", loss=loss)
        outcome = GapSearch(task, network(task, 3)).run()
        assert outcome.verdict.claim is not None
        bounds.append(float(outcome.verdict.claim.lower_bound * sigma))
    assert bounds == pytest.approx([bounds[0]] * 3, rel=1e-9)


@pytest.mark.parametrize("power", [-27, 27])
def test_scale_of_the_data_does_not_matter(power: int) -> None:
    """Inputs and targets times s: the same weights, the loss times s^2, and so the decay; 2^27 is about 1e8."""
    scale = 2.0**power
    task = problem(X, Y, 0.5, "none", "none")
    net = network(task, 3)
    other = problem(X * scale, Y * scale, 0.5 * scale**2)
    plain, scaled = GapSearch(task, net).run(), GapSearch(other, net).run()
    assert plain.status == scaled.status == "proved"
    assert float(scaled.verdict.relative_gap or 0) == pytest.approx(float(plain.verdict.relative_gap or 0), rel=1e-6)
    assert gap_of(other, scaled) <= TIGHT


DATA = {
    "duplicate rows": (np.vstack([X, X]), np.append(Y, Y + 0.1)),
    "collinear": (np.outer(np.linspace(-1, 2, 7), [1.0, 2.0]), Y[:7]),
    "zero rows": (np.vstack([X, np.zeros((2, 2))]), np.append(Y, [1, 2])),
    "zero column": (np.hstack([X, np.zeros((8, 1))]), Y),
    "duplicate column": (np.hstack([X, X[:, :1]]), Y),
    "zero inputs": (np.zeros((5, 2)), Y[:5]),
    "constant target": (X, np.ones(8)),
    "zero target": (X, np.zeros(8)),
    "one sample": (X[:1], Y[:1]),
    "one number": (X[:1, :1], Y[:1]),
    "one feature": (X[:, :1], Y),
    "three samples in six dimensions": (np.random.default_rng(1).normal(size=(3, 6)), Y[:3]),
    "two samples in twenty dimensions": (np.random.default_rng(2).normal(size=(2, 20)), Y[:2]),
    "integers": (np.round(3 * X), np.round(3 * Y)),
    "long and short columns": (X * [1e-4, 1e4], Y),
}


@pytest.mark.parametrize("biases", [("none", "none"), ("penalised", "penalised"), ("free", "free"), ("none", "free")])
@pytest.mark.parametrize("name", DATA)
def test_degenerate_data(name: str, biases: tuple[str, str]) -> None:
    task = problem(*DATA[name], 0.3, *biases)
    outcome = GapSearch(task, network(task, 3), seconds=60).run()
    assert outcome.status in ("proved", "vacuous") and outcome.verdict.valid
    assert gap_of(task, outcome) <= TIGHT
    if outcome.status == "vacuous":  # the optimum itself is 0
        assert loss_of(task, outcome.better) < 1e-20 and any("infimum" in note for note in outcome.notes)


def test_zero_over_zero_is_zero() -> None:
    task = problem(X, np.zeros(8), 0.5, "penalised", "free")
    outcome = GapSearch(task, network(task, 2, 0.0), gap=Fraction(0)).run()
    assert (outcome.status, outcome.verdict.relative_gap) == ("proved", 0)


@pytest.mark.parametrize("biases", [("none", "none"), ("free", "free")])
@pytest.mark.parametrize("beta", [1e3, 2.0**900])
def test_above_beta_max_the_zero_network_is_optimal(beta: float, biases: tuple[str, str]) -> None:
    task = problem(X, Y - Y.mean(), beta, *biases)
    outcome = GapSearch(task, network(task, 1, 0.0)).run()
    assert outcome.status == "proved" and float(outcome.verdict.relative_gap or 0) <= TIGHT
    assert outcome.difficulty.share > 1


@pytest.mark.parametrize("beta", [1e-6, 1e-300])
def test_tiny_decay_gives_a_valid_certificate(beta: float) -> None:
    task = problem(X, Y, beta)
    outcome = GapSearch(task, network(task, 3), seconds=3).run()
    assert outcome.verdict.valid and check_bytes(outcome.certificate).valid


# ------------------------------------------------------------------------------------------------------ verdicts


def test_a_gap_is_proved_refuted_or_undecided() -> None:
    task = problem(X, Y, 0.5)
    poor = network(task, 3)
    best = GapSearch(task, poor).run().better
    refuted = GapSearch(task, poor, gap=Fraction(1, 100)).run()
    assert refuted.status == "refuted" and refuted.verdict.claim is not None and refuted.verdict.better_loss is not None
    assert refuted.verdict.better_loss.high < Fraction(99, 100) * loss_of(task, poor)
    proved = GapSearch(task, best, gap=Fraction(1, 10**6)).run()
    assert proved.status == "proved" and (proved.verdict.relative_gap or 0) <= Fraction(1, 10**6)
    finer = GapSearch(task, best, gap=Fraction(1, 10**14)).run()
    assert finer.status == "undecided" and (finer.verdict.relative_gap or 1) > Fraction(1, 10**14)


def test_a_coarse_gap_needs_fewer_nodes() -> None:
    task = problem(LONG_X, LONG_Y, 2.0, "penalised", "penalised")
    best = GapSearch(task, network(task, 3), nodes=1).run().better
    coarse = GapSearch(task, best, gap=Fraction(1, 10)).run()
    fine = GapSearch(task, best, gap=Fraction(1, 1000)).run()
    assert coarse.status == fine.status == "proved"
    assert coarse.nodes < fine.nodes


def test_node_limit_keeps_the_best_bound() -> None:
    outcome = long_search(nodes=10).run()
    assert (outcome.status, outcome.limit) == ("undecided", "limit reached")
    assert outcome.verdict.claim is not None and outcome.verdict.claim.lower_bound > 0


def test_time_limit_keeps_the_best_bound() -> None:
    outcome = long_search(seconds=1.0).run()
    assert outcome.status == "undecided"
    assert outcome.verdict.claim is not None and outcome.verdict.claim.lower_bound > 0


def test_without_limits_the_effort_limit_is_a_proof_of_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "DEFAULT_SECONDS", 1.0)
    outcome = long_search().run()
    assert (outcome.status, outcome.limit) == ("proved", "effort limit")


@pytest.mark.parametrize("phase", ["polish", "prove"])
def test_interruption_keeps_the_bound(phase: str) -> None:
    search = long_search()

    def watch(step: Progress) -> None:
        if step.phase.startswith(phase):
            search.interrupt()

    search.report = watch
    outcome = search.run()
    assert (outcome.status, outcome.limit) == ("undecided", "interrupted")
    assert outcome.verdict.claim is not None and outcome.verdict.claim.lower_bound > 0


def test_keyboard_interrupt_falls_back_on_an_earlier_bound() -> None:
    def interrupt(step: Progress) -> None:
        if step.phase.startswith("prove"):
            raise KeyboardInterrupt

    outcome = long_search(report=interrupt).run()
    assert (outcome.status, outcome.limit) == ("undecided", "interrupted") and outcome.verdict.valid


def test_death_of_a_worker_keeps_an_earlier_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(*_: Any, **__: Any) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(driver, "prove_sphere", dying)
    outcome = long_search().run()
    assert (outcome.status, outcome.limit) == ("undecided", "a worker process died") and outcome.verdict.valid


def test_search_that_never_ends_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise OutOfTime

    monkeypatch.setattr(driver, "prove_sphere", never)
    outcome = long_search(seconds=5).run()
    assert outcome.status == "undecided" and any("too short" in note for note in outcome.notes)


def stopped_search() -> GapSearch:
    """Stopped when its bound is better than those of the singular values and of the root cones."""
    task = problem(LONG_X, LONG_Y, 2.0, "penalised", "penalised")
    return GapSearch(task, network(task, 3), nodes=1000)


def test_writing_that_takes_too_long_falls_back_on_an_earlier_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "LEAST_WRITING_SECONDS", 0.0)
    monkeypatch.setattr(driver, "WRITING_SHARE", 0.0)
    outcome = stopped_search().run()
    assert (outcome.status, outcome.limit) == ("undecided", "limit reached") and outcome.verdict.valid
    assert outcome.verdict.claim is not None and outcome.verdict.claim.lower_bound > 0
    assert any("too short to write" in note for note in outcome.notes)


def test_writing_that_takes_too_long_is_tried_with_a_coarser_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = stopped_search().run()
    original, ratios = Search.emit, []

    def slow(self: Search, ratio: float, deadline: float) -> Any:
        ratios.append(ratio)
        return original(self, ratio, deadline if len(ratios) > 1 else -np.inf)

    monkeypatch.setattr(Search, "emit", slow)
    outcome = stopped_search().run()
    assert outcome.verdict.valid and not outcome.notes and 1 < ratios[0] < ratios[1]
    assert whole.verdict.claim is not None and outcome.verdict.claim is not None
    assert 0 < outcome.verdict.claim.lower_bound < whole.verdict.claim.lower_bound
    assert outcome.verdict.rules["simplicial_leaf"] < whole.verdict.rules["simplicial_leaf"]


def test_proofs_that_would_take_too_long_to_replay_are_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "MOST_REPLAY_SECONDS", 0.0)
    task = problem(X, Y, 0.5, "free", "free")
    outcome = GapSearch(task, network(task, 2)).run()
    assert outcome.nodes == 0 and len(outcome.notes) == 1 and "proof for every sample" in outcome.notes[0]


def test_a_proof_that_does_not_replay_is_replaced_by_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numerical trouble must not cost the user the certificate."""
    original = driver.prove_sphere

    def spoiled(*arguments: Any, **options: Any) -> Any:
        search = original(*arguments, **options)
        monkeypatch.setattr(
            search, "emit", lambda ratio, deadline: (({"rule": "sign_tree"},) * 2, [[["L", 0, [0, 0], 0, []]]] * 2)
        )
        return search

    monkeypatch.setattr(driver, "prove_sphere", spoiled)
    task = problem(X, Y, 0.5)
    outcome = GapSearch(task, network(task, 3)).run()
    assert outcome.verdict.valid and any("did not survive" in note for note in outcome.notes)


# ---------------------------------------------------------------------------------------------------- determinism


def test_same_bytes_every_time() -> None:
    task = problem(X, Y, 0.3, "free", "free")
    first, second = (GapSearch(task, network(task, 3)).run().certificate for _ in range(2))
    assert first == second


def test_same_bytes_with_threads() -> None:
    task = problem(LONG_X, LONG_Y, 4.0, "penalised", "penalised")
    alone = GapSearch(task, network(task, 3)).run()
    with ThreadPoolExecutor(2) as executor:
        together = GapSearch(task, network(task, 3), executor=executor).run()
    assert alone.certificate == together.certificate


def test_same_bytes_with_processes_when_the_frontier_is_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cones, "WIDE", 64)
    task = problem(LONG_X, LONG_Y, 1.0, "penalised", "penalised")
    alone = GapSearch(task, network(task, 3)).run()
    assert alone.nodes > 500
    with ProcessPoolExecutor(2) as executor:
        together = GapSearch(task, network(task, 3), executor=executor, jobs=2).run()
    assert alone.certificate == together.certificate


@pytest.mark.slow
def test_ten_thousand_samples_in_three_dimensions() -> None:
    data, targets = regression(10_000, 3)
    task = problem(data, targets, 500.0, "penalised", "free")
    outcome = GapSearch(task, network(task, 10)).run()
    assert outcome.status == "proved" and gap_of(task, outcome) <= TIGHT
