"""The checker as one file runs on the bare standard library and is the checker of this tree."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from relucert.certify.check.report import trusted_base
from tests.house.tree import ROOT, trusted_files

BUILDER = ROOT / "tools" / "build_checker.py"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist") / "relucert-check.pyz"
    subprocess.run([sys.executable, str(BUILDER), str(target)], check=True, capture_output=True)
    return target


def run(archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(archive), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=archive.parent)


def test_it_holds_the_trusted_files_and_nothing_else(archive: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        names = {name for name in content.namelist() if not name.endswith("/")}
        assert names == {
            "__main__.py",
            "relucert/certify/__init__.py",
            *(f"relucert/{path.as_posix()}" for path in trusted_files()),
        }
        for path in trusted_files():
            assert content.read(f"relucert/{path.as_posix()}") == (ROOT / path).read_bytes()


def test_it_names_the_trusted_base_of_this_tree(archive: Path) -> None:
    shown = run(archive, "--version")
    base = trusted_base()
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.split() == f"trusted base: {base['lines']} lines, sha256 {base['sha256']}".split()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_refuses_what_is_no_certificate(archive: Path, tmp_path: Path, jobs: str) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", encoding="utf-8")
    ran = run(archive, str(wrong), "--json", "--jobs", jobs)
    assert ran.returncode == 1, ran.stderr
    assert json.loads(ran.stdout)["verdict"] == "INVALID"


def test_a_missing_file_is_one_line(archive: Path, tmp_path: Path) -> None:
    ran = run(archive, str(tmp_path / "missing.json"))
    assert ran.returncode == 2
    assert ran.stderr.startswith("relucert-check: error: cannot read")
    assert ran.stderr.count("\n") == 1


def test_it_is_the_same_file_every_time(archive: Path, tmp_path: Path) -> None:
    build = runpy.run_path(str(BUILDER))["build"]
    build(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == archive.read_bytes()
