"""The public Python interface of relucert's training-gap certificates.

Example
-------
>>> from relucert.certify import api                                             # doctest: +SKIP
>>> model = api.from_sklearn(fitted_pipeline)                                    # doctest: +SKIP
>>> data = model.dataset(X, y)                                                   # doctest: +SKIP
>>> result = api.certify(model.network, data, model.objective(data.n_samples))   # doctest: +SKIP
>>> result.status, float(result.relative_gap)                                    # doctest: +SKIP
('proved', 2.4e-09)
>>> result.write("model.cert.json")                                              # doctest: +SKIP

Everything that :func:`certify` returns has been replayed by the trusted checker (:func:`check`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from relucert.certify.check.kernel import Verdict, check_bytes
from relucert.certify.read.convention import by_convention, exact_network, exact_problem, explicit
from relucert.certify.read.dispatch import match, read_data, read_model
from relucert.certify.read.errors import InputError
from relucert.certify.read.model import Dataset, Network
from relucert.certify.read.objective import TrainingObjective
from relucert.certify.read.sklearn import SklearnRegressor, from_sklearn
from relucert.certify.read.torch_module import from_torch, training_objective, weight_decay_of

if TYPE_CHECKING:
    from relucert.certify.search.gap import Outcome, Progress

__all__ = [
    "Dataset", "InputError", "Network", "Result", "SklearnRegressor", "TrainingObjective", "Verdict", "by_convention",
    "certify", "check", "explicit", "from_sklearn", "from_torch", "read_data", "read_model", "training_objective",
    "weight_decay_of",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Result:
    """A certified answer.

    Attributes
    ----------
    status : "proved", "refuted", "undecided" or "vacuous", as the command line prints it.
    loss : the objective of the given network (its upper end for the product penalty), exact.
    lower_bound : no network of any width has a smaller objective, exact.
    relative_gap : (loss - lower_bound) / loss, exact; 0/0 is 0.
    better : the best network found, in binary64.
    certificate : the certificate as bytes.
    outcome : everything else, such as times and nodes.
    """

    status: str
    loss: Fraction
    lower_bound: Fraction
    relative_gap: Fraction
    better: Network
    certificate: bytes
    outcome: Outcome

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate; a name that ends in .gz is compressed."""
        from relucert.certify.search.emit import pack

        target = Path(path)
        temporary = target.with_name(target.name + ".tmp")
        temporary.write_bytes(pack(self.certificate, target.name))
        temporary.replace(target)


def certify(
    network: Network,
    dataset: Dataset,
    objective: TrainingObjective,
    *,
    gap: Fraction | float | str | None = None,
    seconds: float | None = None,
    nodes: int | None = None,
    memory: float = 2000.0,
    jobs: int = 1,
    executor: Executor | None = None,
    report: Callable[[Progress], None] | None = None,
    seed: int = 0,
) -> Result:
    """Bound how far ``network`` is from the least objective of any network of any width on ``dataset``.

    Parameters
    ----------
    network, dataset : from the readers, :func:`from_sklearn`, :func:`from_torch`, or built directly; taken exactly.
    objective : loss, penalty, decays and bias treatment; see :func:`explicit` and :func:`by_convention`.
    gap : ask whether the network is within this relative gap; a string is read as the exact decimal it shows.
    seconds, nodes : limits; the best bound proved by then is returned.
    memory : megabytes for the open nodes of the search.
    jobs : worker processes for sub-trees of the search and for the replay; the certificate does not depend on it.
        Where processes are spawned (all systems but Linux), the calling script needs ``if __name__ == "__main__":``.
    executor : any ``concurrent.futures.Executor`` for sub-trees, instead of ``jobs`` processes of its own.
    report : called with progress.

    Raises
    ------
    InputError : network and data do not fit each other, a decay is not positive, the gap is not in [0, 1), or
        ``memory`` or ``jobs`` is not positive.
    """
    import numpy as np

    from relucert.certify.search.gap import GapSearch

    match(network, dataset)
    if objective.hidden_weight_decay <= 0 or objective.output_weight_decay <= 0:
        raise InputError("a weight decay of 0 has no dual bound", field="weight_decay", cure="use a positive decay")
    wanted = None if gap is None else Fraction(gap)
    if wanted is not None and not 0 <= wanted < 1:
        raise InputError(f"the gap must be at least 0 and below 1, not {gap}", field="gap", cure="for 1 % say 0.01")
    for field, value in (("memory", memory), ("jobs", jobs)):
        if not 0 < value < float("inf"):
            raise InputError(f"{field} must be positive and finite, not {value}", field=field, cure="leave it out")
    problem = exact_problem(dataset, objective)
    own = ProcessPoolExecutor(jobs) if executor is None and jobs > 1 else None
    with own or nullcontext():
        outcome = GapSearch(
            problem, exact_network(network), gap=wanted, seconds=seconds, nodes=nodes, memory_bytes=int(memory * 1e6),
            executor=own or executor, report=report, seed=seed, jobs=jobs,
        ).run()  # fmt: skip
    verdict = outcome.verdict
    if verdict.claim is None or verdict.loss is None or verdict.relative_gap is None:
        raise RuntimeError("a valid verdict has a claim, a loss and a gap")
    best = outcome.better
    better = Network(
        np.array([[float(v) for v in row] for row in best.hidden_weights]),
        None if best.hidden_bias is None else np.array([float(v) for v in best.hidden_bias]),
        np.array([float(row[0]) for row in best.output_weights]),
        None if best.output_bias is None else float(best.output_bias[0]),
        source="polished network",
    )
    return Result(
        outcome.status,
        verdict.loss.high,
        verdict.claim.lower_bound,
        verdict.relative_gap,
        better,
        outcome.certificate,
        outcome,
    )


def check(certificate: bytes | str | os.PathLike[str], *, jobs: int = 1) -> Verdict:
    """Replay a certificate (bytes, or the path of a file) in the trusted checker."""
    data = certificate if isinstance(certificate, bytes) else Path(certificate).read_bytes()
    return check_bytes(data, jobs=jobs)
