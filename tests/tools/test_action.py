"""The steps of the action, of the pre-commit hook and of the GitLab snippet, as they stand, on small repositories."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claims.ledgers import FALSE, SINE, written
from tests.house.tree import ROOT

SCRIPT = ROOT / "tools" / "action.sh"
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
WRONG = FALSE.replace('expect = "refuted"', "")


def run_action(folder: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Exit code, outputs and summary of the step that checks."""
    outputs, summary = folder / "outputs.txt", folder / "summary.txt"
    for file in (outputs, summary):
        file.write_text("")
    environment = {
        **{f"RELUCERT_{name.upper()}": value for name, value in inputs.items()},
        "RELUCERT_PYTHON": sys.executable,
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_ACTION_PATH": str(ROOT),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(["bash", SCRIPT, "check"], cwd=folder, env=environment, capture_output=True, timeout=300)
    found = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return done.returncode, found, summary.read_text()


def test_a_good_ledger_passes_and_all_reports_are_written(tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    written(tmp_path / "paper", SINE)
    code, outputs, summary = run_action(tmp_path, paths="paper", frozen="false")
    assert code == 0
    assert outputs == {"exit-code": "0", "summary": "1/1 proved", "sarif": "relucert-report/claims.sarif",
                       "badge": "relucert-report/badge.json"}  # fmt: skip
    assert "1/1 proved" in summary and "✔ | sine" in summary
    report = tmp_path / "relucert-report"
    assert json.loads((report / "badge.json").read_text())["color"] == "brightgreen"
    assert json.loads((report / "claims.sarif").read_text())["version"] == "2.1.0"
    assert (report / "claims.xml").is_file() and (report / "claims.html").is_file()


def test_a_wrong_claim_fails_with_the_counterexample_in_the_summary(tmp_path: Path) -> None:
    written(tmp_path, SINE + WRONG)
    code, outputs, summary = run_action(tmp_path, frozen="false")
    assert (code, outputs["exit-code"]) == (1, "1") and "counterexample" in summary


def test_frozen_is_the_default_and_a_grade_can_be_asked_for(tmp_path: Path) -> None:
    written(tmp_path, SINE)
    assert run_action(tmp_path)[0] == 4  # nothing is recorded
    assert run_action(tmp_path, frozen="false", grade="exact")[0] == 4  # it has the grade interval
    assert run_action(tmp_path, frozen="false", grade="interval")[0] == 0


def test_what_cannot_be_read_leaves_a_summary_too(tmp_path: Path) -> None:
    code, outputs, summary = run_action(tmp_path, paths="nowhere; touch hacked")
    assert (code, outputs["exit-code"]) == (2, "2") and "nothing was checked" in summary
    assert not (tmp_path / "hacked").exists()


def test_the_action_hands_over_every_variable_that_the_script_reads() -> None:
    read = set(re.findall(r"\bRELUCERT_[A-Z_]+", SCRIPT.read_text(encoding="utf-8")))
    assert read == set(re.findall(r"\b(RELUCERT_[A-Z_]+):", ACTION))
    assert not re.search(r"run:.*\$\{\{", ACTION)  # no text of a workflow inside of a command
    used = set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", ACTION))
    declared = ACTION.partition("inputs:")[2].partition("outputs:")[0]
    assert used == set(re.findall(r"^  ([a-z-]+):$", declared, re.MULTILINE))


def _commands() -> list[str]:
    hook = re.findall(r"entry: (relucert .*)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    snippets = re.findall(r"- (relucert .*)", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
    return [*hook, *snippets]


@pytest.mark.parametrize("command", _commands())
def test_commands_of_other_systems_run(command: str, tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    written(tmp_path / "paper", SINE)
    written(tmp_path, SINE)
    words = [sys.executable, "-m", "relucert.cli", *command.split()[1:]]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 4 and "missing" in done.stdout + done.stderr  # frozen, and nothing is recorded
