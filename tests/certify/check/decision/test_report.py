"""What is printed about decisions, by both commands; --problem compares."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from relucert.certify.check.__main__ import main
from relucert.certify.check.real.door import as_json, as_text, check_any, exit_code
from relucert.cli.main import main as command
from tests.certify.check.decision.examples import YES, Json, bytes_of, certificate
from tools.build_checker import build

NO = certificate()


@pytest.mark.parametrize(
    ("value", "answer", "line"), [(YES, "yes", "Some filter of 1 real"), (NO, "no", "No filter of 1 real")]
)
def test_a_yes_and_a_no_are_both_valid(value: Json, answer: str, line: str) -> None:
    verdict = check_any(bytes_of(value))
    assert exit_code(verdict) == 0
    report = as_json(verdict)
    assert (report["verdict"], report["answer"], report["grade"]) == ("VALID", answer, "exact")
    assert (report["k"], report["p"]) == (2, 1)
    text = as_text(verdict)
    assert line in text
    assert f"answer       {answer}" in text
    assert text.endswith("\nVALID")


def test_an_invalid_one_says_no_answer() -> None:
    verdict = check_any(bytes_of(certificate(steps=NO["steps"][:5])))
    assert exit_code(verdict) == 1
    assert as_text(verdict) == "INVALID: steps, rule refutation, S2: the last clause is not empty"
    assert "answer" not in as_json(verdict)


def test_the_commands_and_the_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, problem, other = tmp_path / "no.json", tmp_path / "problem.json", tmp_path / "other.json"
    path.write_bytes(bytes_of(NO))
    instance = NO["claim"]["instance"]
    problem.write_text(json.dumps(instance), encoding="ascii")
    other.write_text(json.dumps(instance | {"p": 2}), encoding="ascii")
    for run in (main, lambda arguments: command(["check", *arguments])):
        assert run([str(path), "--problem", str(problem)]) == 0
        assert "No filter of 1 real weights" in capsys.readouterr().out
        assert run([str(path), "--problem", str(other)]) == 1
        assert "instance.p differs" in capsys.readouterr().out
    assert command(["check", str(path), "--model", str(path)]) == 2
    assert "the certificate is about a decision" in capsys.readouterr().err
    archive = tmp_path / "check.pyz"
    build(archive)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(archive), str(path), "--problem", str(problem), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, json.loads(ran.stdout)["answer"]) == (0, "no")


def test_any_file_of_the_instance_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command, unlike the archive, reads every format of instances, and bundles."""
    path, dense, bundle, formula = (tmp_path / name for name in ("no.json", "dense.json", "bundle.json", "f.cnf"))
    path.write_bytes(bytes_of(NO))
    patches = [[["1"], ["-1"]], [["1"], ["0"]], [["0"], ["-1/3"]]]
    dense.write_text(json.dumps({"patches": patches, "labels": ["1/2", 0, 0]}), encoding="ascii")
    assert command(["check", str(path), "--problem", str(dense)]) == 0
    formula.write_text("p cnf 1 2\n1 0\n-1 0\n", encoding="ascii")
    assert command(["reduce", str(formula), "--to", "k-non-overlap", "-o", str(bundle)]) == 0
    assert command(["check", str(path), "--problem", str(bundle)]) == 1
    assert "instance.p differs" in capsys.readouterr().out
    assert command(["check", str(path), "--problem", str(formula)]) == 2
    assert "or give an instance of k-non-overlap" in capsys.readouterr().err


def test_a_problem_of_another_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, problem = tmp_path / "no.json", tmp_path / "problem.json"
    path.write_bytes(bytes_of(NO))
    gap = json.loads(
        (Path(__file__).parents[3] / "certificates" / "valid" / "nothing.json").read_text(encoding="ascii")
    )
    problem.write_text(json.dumps({name: gap["claim"][name] for name in ("problem", "network")}), encoding="ascii")
    assert main([str(path), "--problem", str(problem)]) == 1
    assert "the kind differs" in capsys.readouterr().out


def test_the_example_of_the_page() -> None:
    page = (Path(__file__).parents[4] / "docs" / "decision_certificate.md").read_text(encoding="utf-8")
    text = page.partition("## Example")[2].split("```")[1]
    verdict = check_any(text.strip().encode("ascii"))
    assert verdict.valid
    assert verdict.rules == {"max": 1, "farkas": 2, "lrat": 1}
