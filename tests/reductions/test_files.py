"""Files: text with its line numbers, archives of arrays, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.reductions.files import read_problem
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.k_non_overlap import KNonOverlap


def archive(folder: Path, **arrays: Any) -> Path:
    path = folder / "data.npz"
    np.savez(path, **arrays)
    return path


def test_text_files(tmp_path: Path) -> None:
    path = tmp_path / "f.cnf"
    path.write_bytes(b"\xef\xbb\xbfp cnf 1 1\r\n1 0\r\n")
    assert read_problem(path) == CNF(1, ((1,),))


def test_arrays_are_the_numbers_that_they_are(tmp_path: Path) -> None:
    path = archive(tmp_path, patches=np.array([[[1, 0], [0.1, 2]]]), labels=np.array([0.5]))
    network = read_problem(path)
    assert isinstance(network, KNonOverlap)
    (sample,) = network.instance.samples
    assert sample.patches == (((0, Fraction(1)),), ((0, Fraction(0.1)), (1, Fraction(2))))
    assert sample.label == Fraction(1, 2)
    assert read_problem(path, k=2) == network


def test_rows_are_cut_into_patches(tmp_path: Path) -> None:
    path = archive(tmp_path, X=np.arange(8).reshape(2, 4), y=np.array([1, 2], dtype=np.int64))
    network = read_problem(path, k=2)
    assert isinstance(network, KNonOverlap)
    assert (network.instance.k, network.instance.p) == (2, 2)
    assert network.instance.samples[1].patches == (((0, 4), (1, 5)), ((0, 6), (1, 7)))


def test_exact_texts_replace_floats(tmp_path: Path) -> None:
    arrays = {"patches": np.ones((1, 3, 1)), "labels": np.array([1 / 3])}
    with pytest.raises(ProblemError) as error:
        read_problem(archive(tmp_path, **arrays))
    assert "labels[0]): store texts like '1/3' in the array exact_labels" in str(error.value)
    assert "is not 1/3, only the float nearest to it" in str(error.value)
    network = read_problem(archive(tmp_path, **arrays, exact_labels=np.array(["1/3"])))
    assert isinstance(network, KNonOverlap)
    assert network.instance.samples[0].label == Fraction(1, 3)


@pytest.mark.parametrize("exact", [["1/2"], ["1/3", "1/3"], ["1e1000"]])
def test_exact_texts_and_floats_have_to_agree(tmp_path: Path, exact: list[str]) -> None:
    arrays = {"patches": np.ones((1, 3, 1)), "labels": np.array([1 / 3])}
    with pytest.raises(ProblemError, match="not those nearest to the exact numbers"):
        read_problem(archive(tmp_path, **arrays, exact_labels=np.array(exact)))


@pytest.mark.parametrize("label", [0.1, np.float32(0.1), 2 / 3, 1e-3])
def test_floats_next_to_fractions_are_refused(tmp_path: Path, label: Any) -> None:
    with pytest.raises(ProblemError, match="only the float nearest to it"):
        read_problem(archive(tmp_path, patches=np.ones((1, 2, 1)), labels=np.array([label])))


@pytest.mark.parametrize("label", [0.5, 0.123456789012345678, np.pi, 3.0, -0.375])
def test_other_floats_are_meant(tmp_path: Path, label: float) -> None:
    assert read_problem(archive(tmp_path, patches=np.ones((1, 2, 1)), labels=np.array([label])))


@pytest.mark.parametrize(
    ("arrays", "k", "message"),
    [
        ({"patches": np.ones((1, 2))}, None, "no array 'labels'"),
        ({"labels": np.ones(1)}, None, "no array 'patches'"),
        ({"patches": np.ones((1, 2)), "labels": np.ones(1)}, None, "arrays of shape (1, 2) and (1,)"),
        ({"patches": np.ones((1, 2, 1)), "labels": np.ones(2)}, None, "1 samples and 2 labels"),
        ({"patches": np.ones((1, 2, 1)), "labels": np.ones(1)}, 3, "2 patches, not 3"),
        ({"X": np.ones((1, 4)), "y": np.ones(1)}, None, "how many patches are in a row of X?"),
        ({"X": np.ones((1, 4)), "y": np.ones(1)}, 3, "X of shape (1, 4) is not 3 patches a row"),
        ({"patches": np.full((1, 1, 1), np.nan), "labels": np.ones(1)}, None, "'nan' is not a number"),
        ({"patches": np.ones((1, 1, 1)), "labels": np.array([np.inf])}, None, "'inf' is not a number"),
        ({"patches": np.ones((1, 1, 1), dtype=complex), "labels": np.ones(1)}, None, "of type complex is not read"),
        ({"patches": np.array([[["a"]]]), "labels": np.ones(1)}, None, "'a' is not a number"),
        ({"patches": np.ones((0, 2, 1)), "labels": np.ones(0)}, None, "no samples"),
        ({"patches": np.ones((1, 0, 1)), "labels": np.ones(1)}, None, "a sample without patches"),
        ({"patches": np.ones((1, 1, 1)), "labels": np.ones(1), "z": np.ones(1)}, None, "unknown array 'z'"),
    ],
)
def test_arrays_that_are_no_network(tmp_path: Path, arrays: dict[str, Any], k: int | None, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        read_problem(archive(tmp_path, **arrays), k=k)
    assert message in str(error.value) and "data.npz" in str(error.value)


def test_damaged_files(tmp_path: Path) -> None:
    for content, message in (
        (b"PK\x03\x04 no archive", "not a valid zip archive"),
        (b"\xff\xfe", "the file is no UTF-8 text"),
        (b" \n", "the file is empty"),
    ):
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(ProblemError, match=message):
            read_problem(path)
    with pytest.raises(ProblemError, match="cannot be read: No such file"):
        read_problem(tmp_path / "missing.cnf")
    with pytest.raises(ProblemError, match="cannot be read: Is a directory"):
        read_problem(tmp_path)
    with pytest.raises(ProblemError, match="an archive of arrays is no cnf"):
        read_problem(archive(tmp_path, patches=np.ones((1, 1, 1)), labels=np.ones(1)), kind="cnf")
    path.write_bytes(b"p cnf 1 1\n1 0\n\xe9\n")
    with pytest.raises(ProblemError, match=r"file:3"):
        read_problem(path)
