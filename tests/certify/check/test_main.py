"""The command of the stand-alone checker: exit codes and output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from relucert.certify.check.__main__ import main
from tests.certify.check.build import Json, edited, text_of
from tests.certify.check.catalogue import CATALOGUE

BASE = CATALOGUE["cone_cover_with_split"]


@pytest.fixture
def written(tmp_path: Path) -> Json:
    def write(value: Json, name: str = "certificate.json") -> str:
        path = tmp_path / name
        path.write_text(text_of(value), encoding="ascii")
        return str(path)

    return write


def test_exit_codes(written: Json, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(BASE)]) == 0
    assert capsys.readouterr().out.endswith("VALID\n")
    assert main([written(edited(BASE, ("claim.lower_bound", "8")))]) == 1
    assert capsys.readouterr().out.startswith("INVALID: ")
    assert main([written(CATALOGUE["nothing"])]) == 1  # vacuous
    assert main(["/no/such/file"]) == 2
    assert "cannot read /no/such/file" in capsys.readouterr().err


def test_json(written: Json, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(BASE), "--json", "--jobs", "2"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["verdict"] == "VALID" and shown["lower_bound_exact"] == "7" and shown["vacuous"] is False


def test_problem(written: Json, capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"problem": BASE["claim"]["problem"], "network": BASE["claim"]["network"]}
    assert main([written(BASE), "--problem", written(problem, "problem.json")]) == 0
    other = edited(problem, ("problem.Y.1.0", "0x1p+3"))
    capsys.readouterr()
    assert main([written(BASE), "--problem", written(other, "other.json"), "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["verdict"] == "INVALID" and "problem.Y differs" in shown["reason"]
    assert main([written(BASE), "--problem", written([], "list.json")]) == 2
    assert main([written(BASE), "--problem", "/no/such/file"]) == 2


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--job", "2", "a"], ["a", "--jobs", "two"]])
def test_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_it_runs_on_the_standard_library_alone(written: Json) -> None:
    """No module outside the standard library and the trusted base is loaded by a check."""
    code = (
        "import sys; from relucert.certify.check.__main__ import main; code = main(sys.argv[1:]);"
        "own = {'claim', 'formula', 'non_overlap', 'zero_set', 'descent_claim', 'check'};"
        "names = [m.split('.') for m in sys.modules if m.startswith('relucert.certify.')];"
        "bad = [name for name in names if name[2] not in own];"
        "bad += [m for m in ('numpy', 'scipy', 'sklearn') if m in sys.modules];"
        "sys.exit(f'loaded {bad}' if bad else code)"
    )
    done = subprocess.run([sys.executable, "-c", code, written(BASE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
