"""Spread the search over the workers of a Dask cluster: `certify` takes any `concurrent.futures.Executor`.

    pip install 'dask[distributed]'
    python examples/certify_dask.py                           # two workers on this machine
    python examples/certify_dask.py tcp://scheduler:8786      # a cluster that is running already

relucert must be installed on every worker. The certificate is the same as without a cluster.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

from relucert.certify import api

try:
    from dask.distributed import Client
except ImportError:
    sys.exit("certify_dask.py needs Dask: pip install 'dask[distributed]'")

FOLDER = Path(__file__).resolve().parent
WEIGHT_DECAY = Fraction("0.2")  # the `weight_decay` of Adam


def main(arguments: list[str]) -> int:
    """Certify with and without the cluster; 0 when both give the same certificate."""
    network = api.read_model(FOLDER / "networks" / "iris_torch.pt")
    data = api.read_data(FOLDER / "data" / "iris.csv")
    objective = api.by_convention("torch", WEIGHT_DECAY, network, data.n_samples)
    client = Client(arguments[0]) if arguments else Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with client, client.get_executor() as executor:
        result = api.certify(network, data, objective, executor=executor)
    alone = api.certify(network, data, objective)
    print(f"{result.status}: relative gap {float(result.relative_gap):.4g}, {result.outcome.nodes} nodes")
    print("the certificate is", "the same" if result.certificate == alone.certificate else "NOT the same", "as without")
    return 0 if result.status == "proved" and result.certificate == alone.certificate else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
