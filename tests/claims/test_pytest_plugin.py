"""Ledgers as tests of pytest, run in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from tests.claims.ledgers import FALSE, OPEN, SINE, VACUOUS, written

UNEXPECTED = FALSE.replace('expect = "refuted"', "")


def _pytest(folder: Path, *arguments: str) -> tuple[int, str]:
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    installed = any(entry.name == "relucert" for entry in entry_points(group="pytest11"))
    loaded = [] if installed else ["-p", "relucert.claims.pytest_plugin"]  # as the entry point of an installation does
    command = [sys.executable, "-m", "pytest", *loaded, *options, *arguments]
    environment = {"XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_a_ledger_is_collected_and_a_failure_shows_the_counterexample_instead_of_a_traceback(tmp_path: Path) -> None:
    written(tmp_path, SINE + UNEXPECTED + OPEN + VACUOUS)
    code, text = _pytest(tmp_path, "claims.toml")
    assert code == 1 and "2 failed, 2 passed, 1 skipped" in text
    assert "counterexample    x = " in text and "Traceback" not in text
    assert "the conditions contradict each other" in text


def test_ledgers_are_not_collected_unasked(tmp_path: Path) -> None:
    written(tmp_path, SINE)
    assert _pytest(tmp_path)[0] == 5  # no tests
    code, text = _pytest(tmp_path, "--relucert")
    assert code == 0 and "2 passed" in text


def test_frozen_needs_certificates(tmp_path: Path) -> None:
    written(tmp_path, SINE)
    code, text = _pytest(tmp_path, "--relucert", "--relucert-frozen")
    assert code == 1 and "sine is missing, declared proved" in text


def test_an_unreadable_or_empty_ledger_is_an_error(tmp_path: Path) -> None:
    written(tmp_path, 'title = "empty"\n')
    code, text = _pytest(tmp_path, "claims.toml")
    assert code == 2 and "no claims" in text
    written(tmp_path, SINE.replace("inequality", "guess"))
    code, text = _pytest(tmp_path, "claims.toml")
    assert code == 2 and "guess" in text and "Traceback" not in text


def test_decorated_functions_of_a_test_module_are_claims(tmp_path: Path) -> None:
    (tmp_path / "test_paper.py").write_text(
        "from relucert.claims import claim, formula\n"
        '@claim("sine", kind="inequality", statement="below")\n'
        "def sine():\n"
        '    return formula("sin(x) <= x", "x in [0, 1]")\n'
        '@claim("wrong", kind="inequality", statement="far below")\n'
        "def wrong():\n"
        '    return formula("sin(x) <= x/2", "x in [0, 1]")\n'
    )
    code, text = _pytest(tmp_path, "-v")
    assert code == 1 and "test_paper.py::sine PASSED" in text and "test_paper.py::wrong FAILED" in text
