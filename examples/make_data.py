"""Export the data sets of `examples/data/` from scikit-learn.

    python examples/make_data.py            # rewrites the folder examples/data/
    python examples/make_data.py OUTPUT     # writes the same files somewhere else

Every feature and the target are standardised (mean 0, variance 1); `_pcaK` files hold the first K principal
components of the standardised features. Class codes 0, 1, 2 are treated as a number to regress on, which makes
iris, wine and breast cancer least-squares problems too.

All numbers are rounded to multiples of 2^-20. They are written with `repr`, so reading a file back as binary64 gives
exactly these dyadic numbers. The rounding has two purposes: the exact numbers of a certificate stay short (at most
26 bits each), and a last-bit difference between two LAPACK builds does not reach the files.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

DATA_FOLDER = Path(__file__).resolve().parent / "data"
GRID = 2.0**20

LOADERS = {
    "diabetes": datasets.load_diabetes,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
}
# (data set, number of principal components or None for all standardised features)
EXPORTS: tuple[tuple[str, int | None], ...] = (
    ("diabetes", None),
    ("diabetes", 2),
    ("diabetes", 4),
    ("diabetes", 6),
    ("iris", None),
    ("wine", None),
    ("breast_cancer", None),
    ("breast_cancer", 4),
    ("breast_cancer", 8),
)


@dataclass(frozen=True)
class Table:
    """A regression data set with named columns.

    Attributes
    ----------
    features : (n, d) float64
    target : (n,) float64
    feature_names : the d column names
    """

    features: NDArray[np.float64]
    target: NDArray[np.float64]
    feature_names: tuple[str, ...]


def standardise(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift and scale every column to mean 0 and (population) variance 1."""
    scaled: NDArray[np.float64] = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def principal_components(features: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Coordinates of centred `features` (n, d) along the first `count` principal axes, shape (n, count).

    The sign of a principal axis is arbitrary; here its loading of largest magnitude is positive.
    """
    axes = np.linalg.svd(features, full_matrices=False)[2][:count]
    largest = np.abs(axes).argmax(axis=1)
    signs = np.sign(axes[np.arange(count), largest])
    components: NDArray[np.float64] = features @ (axes * signs[:, None]).T
    return components


def round_to_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nearest multiples of 2^-20 (without negative zeros)."""
    return np.round(values * GRID) / GRID + 0.0


def make_table(name: str, components: int | None) -> Table:
    """Standardised (and reduced) data set `name` of scikit-learn, rounded to multiples of 2^-20."""
    bunch = LOADERS[name]()
    features = standardise(np.asarray(bunch.data, dtype=np.float64))
    target = standardise(np.asarray(bunch.target, dtype=np.float64))
    if components is None:
        names = tuple(re.sub(r"[^a-z0-9]+", "_", str(column).lower()).strip("_") for column in bunch.feature_names)
    else:
        features = principal_components(features, components)
        names = tuple(f"pc{index + 1}" for index in range(components))
    return Table(round_to_grid(features), round_to_grid(target), names)


def write_csv(path: Path, table: Table) -> None:
    """Write `table` with a header line; the target is the last column."""
    rows = np.column_stack([table.features, table.target])
    lines = [",".join((*table.feature_names, "target"))]
    lines += [",".join(repr(float(value)) for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def file_name(name: str, components: int | None) -> str:
    """File name of an export, for example `diabetes_pca4.csv`."""
    return f"{name}.csv" if components is None else f"{name}_pca{components}.csv"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all exports into the given folder."""
    parser = argparse.ArgumentParser(description="Export the example data sets from scikit-learn.")
    parser.add_argument("output", nargs="?", type=Path, default=DATA_FOLDER, help="folder (default: examples/data)")
    output: Path = parser.parse_args(arguments).output
    output.mkdir(parents=True, exist_ok=True)
    for name, components in EXPORTS:
        write_csv(output / file_name(name, components), make_table(name, components))


if __name__ == "__main__":
    main()
