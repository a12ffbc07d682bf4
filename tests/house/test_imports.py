"""Who imports what, seen from a fresh process and from the sources."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import FOLDERS, ROOT, module_name, source_files, trusted_files

CHECKER = [module_name(path) for path in trusted_files()]
HEAVY = {"numpy", "scipy", "sympy", "matplotlib", "sklearn", "onnx", "torch", "z3", "flint", "numba"}

NEW_MODULES = """
import importlib, json, sys
sys.path.insert(0, {view!r})
before = set(sys.modules)
for name in {names!r}:
    importlib.import_module(name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded_by(names: list[str], *flags: str) -> set[str]:
    """The modules that importing `names` loads in a new interpreter."""
    program = NEW_MODULES.format(view=str(ROOT / ".typing"), names=names)
    ran = subprocess.run([sys.executable, *flags, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout))


def imported_names(path: Path) -> set[str]:
    """Every module named in an import statement of the file; relative imports keep their dots."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def test_there_is_a_checker_to_look_at() -> None:
    assert {"relucert.certify.claim", "relucert.certify.check.kernel", "relucert.certify.check.rules"} <= set(CHECKER)


@pytest.mark.parametrize("flags", [("-I", "-S"), ("-I",)], ids=["standard library alone", "with site-packages"])
def test_the_checker_loads_the_standard_library_and_itself(flags: tuple[str, ...]) -> None:
    loaded = loaded_by(CHECKER, *flags)
    assert set(CHECKER) <= loaded
    foreign = {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names}
    allowed = {"relucert", "relucert.certify", "__mp_main__"}  # the last is multiprocessing's alias of __main__
    assert foreign - allowed <= set(CHECKER)


def test_the_command_loads_nothing_heavy_before_it_knows_what_to_do() -> None:
    loaded = loaded_by(["relucert.cli.main"])
    ours = {name for name in loaded if name.startswith("relucert.")}
    assert ours == {"relucert.cli", "relucert.cli.main", "relucert.cli.output"}
    assert not {name.partition(".")[0] for name in loaded} & HEAVY


def test_sources_import_by_the_full_name() -> None:
    sources = source_files()
    assert sources
    wrong = {
        str(path): names
        for path in sources
        if (names := {n for n in imported_names(path) if n.startswith(".") or n.partition(".")[0] in FOLDERS})
    }
    assert not wrong


def test_no_module_is_loaded_under_a_bare_name() -> None:
    # the root of the repository stands on sys.path in tests: `import certify` would work and load everything twice
    # (the compiled searches cannot be imported without numba, an extra)
    paths = [path for path in source_files() if path.name != "__main__.py" and not path.stem.endswith("_compiled")]
    loaded = loaded_by([module_name(path) for path in paths])
    assert not {name for name in loaded if name.partition(".")[0] in FOLDERS}
    assert not {name for name in sys.modules if name.partition(".")[0] in FOLDERS}
