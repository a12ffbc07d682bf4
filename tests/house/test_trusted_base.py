"""What the trusted base may be made of: standard library, exact numbers, and not many lines."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, source_files, trusted_files

# of certify/claim.py and certify/check/, of what real functions need, and decisions; docs and comments count
LINE_BUDGET, REAL_LINE_BUDGET, DECISION_LINE_BUDGET = 2000, 4250, 700
FILE_LIMIT = 400
REAL_CLAIMS = ("certify/formula.py", "certify/zero_set.py", "certify/descent_claim.py")
OURS = (
    "relucert.certify.claim",
    "relucert.certify.formula",
    "relucert.certify.non_overlap",
    "relucert.certify.zero_set",
    "relucert.certify.descent_claim",
    "relucert.certify.check",
)
# of math only what takes and gives integers
EXACT_MATH = {"comb", "factorial", "gcd", "isqrt", "lcm", "perm"}
FORBIDDEN_NAMES = {"__import__", "compile", "complex", "eval", "exec", "float", "globals", "setattr"}
# standard modules that compute in floats, run foreign code, or answer differently from run to run
FORBIDDEN_MODULES = {
    "cmath", "ctypes", "importlib.util", "marshal", "pickle", "random", "runpy", "secrets", "shelve",
    "socket", "statistics", "subprocess", "time", "urllib",
}  # fmt: skip


@pytest.fixture(params=trusted_files(), ids=str)
def source(request: pytest.FixtureRequest) -> tuple[Path, ast.Module]:
    path: Path = request.param
    return path, ast.parse((ROOT / path).read_bytes())


def where(path: Path, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', '?')}"


def test_the_whole_base_is_looked_at() -> None:
    names = {path.as_posix() for path in trusted_files()}
    assert {"certify/claim.py", "certify/check/kernel.py", "certify/check/__main__.py"} <= names
    assert any(name.startswith("certify/check/rules/") and not name.endswith("__init__.py") for name in names)


def test_line_budget() -> None:
    parts = {
        (*REAL_CLAIMS, "certify/check/real"): REAL_LINE_BUDGET,
        ("certify/non_overlap.py", "certify/check/decision"): DECISION_LINE_BUDGET,
    }
    rest = set(trusted_files())
    for names, budget in parts.items():
        part = {path for path in rest if path.as_posix().startswith(names)}
        assert 0 < sum(map(lines, part)) <= budget
        rest -= part
    assert sum(map(lines, rest)) <= LINE_BUDGET


def lines(path: Path) -> int:
    return (ROOT / path).read_bytes().count(b"\n")


def test_no_float_is_written_or_made(source: tuple[Path, ast.Module]) -> None:
    path, tree = source
    for node in ast.walk(tree):
        literal = node.value if isinstance(node, ast.Constant) else None
        assert not isinstance(literal, float | complex), where(path, node)
        if isinstance(node, ast.Name):
            assert node.id not in FORBIDDEN_NAMES, f"{where(path, node)}: {node.id}"


def test_no_assert_statement(source: tuple[Path, ast.Module]) -> None:
    path, tree = source
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert), f"{where(path, node)}: `python -O` removes it, use require"


def test_no_import_but_the_standard_library_and_itself(source: tuple[Path, ast.Module]) -> None:
    path, tree = source
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names, picked = [alias.name for alias in node.names], set[str]()
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(path, node)}: relative import"
            names, picked = [node.module or ""], {alias.name for alias in node.names}
        else:
            continue
        for name in names:
            ours = any(name == allowed or name.startswith(f"{allowed}.") for allowed in OURS)
            assert ours or name.partition(".")[0] in sys.stdlib_module_names, f"{where(path, node)}: {name}"
            assert name not in FORBIDDEN_MODULES, f"{where(path, node)}: {name}"
            assert name != "math" or (picked and picked <= EXACT_MATH), (
                f"{where(path, node)}: from math import {picked}"
            )


def test_a_claim_does_not_know_the_checker() -> None:
    assert "relucert.certify.check" not in {
        node.module
        for name in ("claim.py", "formula.py", "non_overlap.py", "zero_set.py", "descent_claim.py")
        for node in ast.walk(ast.parse((ROOT / "certify" / name).read_bytes()))
        if isinstance(node, ast.ImportFrom)
    }


def test_no_file_is_too_long_to_read() -> None:
    sizes = {str(path): (ROOT / path).read_bytes().count(b"\n") for path in source_files()}
    assert sizes
    assert {path: size for path, size in sizes.items() if size > FILE_LIMIT} == {}
