"""The example programs: what needs no further package is run, the others are compiled."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from relucert.certify import api
from tests.house.tree import ROOT

EXAMPLES = ROOT / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))


def run(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an example in another folder than its own."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / program), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_compiles_and_says_how_to_run_it(program: Path) -> None:
    source = program.read_text(encoding="utf-8")
    compile(source, str(program), "exec")
    assert f"python examples/{program.name}" in source


def test_sklearn_example_writes_a_valid_certificate(tmp_path: Path) -> None:
    done = run("certify_sklearn.py", "bmi_bp.json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    verdict = api.check(tmp_path / "bmi_bp.json")
    assert verdict.valid and verdict.claim is not None and verdict.relative_gap is not None
    assert verdict.relative_gap < 1e-3
    assert (verdict.claim.problem.samples, verdict.claim.problem.features) == (150, 2)


@pytest.mark.parametrize(
    "program, package", [("certify_torch.py", "torch"), ("certify_dask.py", "dask"), ("descend_dask.py", "dask")]
)
def test_a_missing_package_is_one_line(program: str, package: str, tmp_path: Path) -> None:
    (tmp_path / f"{package}.py").write_text("raise ImportError\n", encoding="utf-8")  # stands before an installed one
    code = f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r}); runpy.run_path({str(EXAMPLES / program)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install" in done.stderr and done.stderr.count("\n") == 1


def test_demo_certifies_checks_and_draws() -> None:
    done = run("demo.py", folder=ROOT)
    assert done.returncode == 0, done.stderr
    assert [line.split()[2] for line in done.stdout.splitlines() if line.startswith("$ ")] == [
        "certify",
        "check",
        "explain",
    ]
    out = ROOT / "out"
    assert json.loads((out / "iris.json").read_bytes())["format"] == "relucert-certificate"
    assert (out / "iris.html").read_text(encoding="utf-8").lstrip().startswith("<!")
    assert (out / "iris.svg").stat().st_size > 1000


def test_demo_passes_the_exit_code_on(monkeypatch: pytest.MonkeyPatch) -> None:
    namespace = runpy.run_path(str(EXAMPLES / "demo.py"))
    main = namespace["main"]
    monkeypatch.setitem(main.__globals__, "COMMANDS", ("check out/no-such-file.json",))
    assert main() == 2
