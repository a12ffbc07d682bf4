"""An experiment of `relucert descend` on a Dask cluster, with the same bytes as on one core.

::

    python -m pip install "dask[distributed]"
    python examples/descend_dask.py non-overlapping-starts --workers 4 --set most_patches=4 starts=20000
    python examples/descend_dask.py non-overlapping-starts --scheduler tcp://host:8786

Any `concurrent.futures.Executor` carries the chunks of an experiment: its workers need relucert, and no shared disk.
Dask's own executor takes about 10 ms to hand a task over, so that chunks should run for longer than that.
"""

from __future__ import annotations

import argparse
from typing import Any

from relucert.numeric.experiment import Experiment, Runner, Table, load, settings_of

try:
    from dask.distributed import Client, LocalCluster
except ImportError:
    raise SystemExit("descend_dask.py needs Dask: pip install 'dask[distributed]'") from None


def main() -> None:
    parser = argparse.ArgumentParser(description="Run an experiment of relucert descend on a Dask cluster.")
    parser.add_argument("name", help="see relucert descend --list")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="settings of the experiment")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2, help="processes of a local cluster")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a running cluster, in place of a local one")
    parser.add_argument(
        "--compare", action="store_true", help="run it in this process, too: the tables must be the same"
    )
    options = parser.parse_args()
    values = dict(item.split("=", 1) for item in options.set)

    table = on_cluster(options.name, values, options.seed, options.workers, options.scheduler)
    print(table.to_csv(), end="")
    print("\n".join(table.findings))
    if options.compare:
        experiment = load(options.name)
        alone = experiment.run(settings_of(experiment, values), Runner(seed=options.seed))
        if alone.to_csv() != table.to_csv():
            raise SystemExit("the cluster's table differs")
        print("the same table as in one process, byte for byte")


def on_cluster(name: str, values: dict[str, str], seed: int, workers: int, scheduler: str | None = None) -> Table:
    """The experiment's table, computed by the workers of a cluster."""
    experiment = load(name)
    settings = settings_of(experiment, values)
    if scheduler is not None:
        with Client(scheduler) as client:
            return _run(experiment, settings, seed, client)
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        return _run(experiment, settings, seed, client)


def _run(experiment: Experiment, settings: Any, seed: int, client: Any) -> Table:
    threads = sum(client.nthreads().values())
    return experiment.run(settings, Runner(seed=seed, executor=client.get_executor(), workers=threads))


if __name__ == "__main__":  # a local cluster starts processes that import this file
    main()
