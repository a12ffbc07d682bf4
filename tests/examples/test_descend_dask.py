"""The experiment on a local Dask cluster has the table of one process, byte for byte."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.tree import ROOT


@pytest.mark.slow
def test_the_cluster_gives_the_same_bytes() -> None:
    pytest.importorskip("distributed")
    words = ["examples/descend_dask.py", "non-overlapping-starts", "--compare", "--seed", "3"]
    words += ["--set", "size=3", "most_patches=3", "limit=100", "starts=3000"]
    ran = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0].startswith("patches,starts,reached")
    assert ran.stdout.splitlines()[-1] == "the same table as in one process, byte for byte"
