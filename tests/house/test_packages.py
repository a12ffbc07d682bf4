"""The package list, the mapping of folders, and the wheel say the same as the tracked files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.house.tree import FOLDERS, ROOT, module_name, project, source_files

PACKAGES = sorted({path.parent for path in source_files()})


def test_every_folder_with_sources_is_listed_as_a_package() -> None:
    assert project()["tool"]["setuptools"]["packages"], "the list of packages is empty"
    assert sorted(project()["tool"]["setuptools"]["packages"]) == sorted(
        module_name(folder / "__init__") for folder in PACKAGES
    )


def test_every_package_is_mapped_to_its_folder() -> None:
    mapping = project()["tool"]["setuptools"]["package-dir"]
    assert mapping == {module_name(folder / "__init__"): folder.as_posix() for folder in PACKAGES}


@pytest.mark.parametrize("folder", PACKAGES, ids=str)
def test_every_package_is_typed_and_has_an_init(folder: Path) -> None:
    assert (ROOT / folder / "__init__.py").is_file()
    assert (ROOT / folder / "py.typed").is_file()


@pytest.mark.parametrize("folder", ["certify", *(str(p) for p in PACKAGES if p.parts[:1] == ("certify",))])
def test_init_files_above_and_inside_the_checker_are_empty(folder: str) -> None:
    # importing relucert.certify.check runs certify/__init__.py, and the import contracts do not see that
    assert (ROOT / folder / "__init__.py").read_bytes() == b""


def test_relucert_itself_is_a_namespace() -> None:
    assert not (ROOT / "relucert").exists()


def test_the_wheel_holds_the_tracked_sources_and_nothing_else(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for path in [Path("pyproject.toml"), Path("README.md"), Path("LICENSE"), *source_files()]:
        (tree / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tree / path)
    for folder in PACKAGES:
        shutil.copyfile(ROOT / folder / "py.typed", tree / folder / "py.typed")
    program = f"from setuptools import build_meta; build_meta.build_wheel({str(tmp_path)!r})"
    built = subprocess.run([sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {f"relucert/{path.as_posix()}" for path in source_files()}
    assert names == expected | {f"relucert/{folder.as_posix()}/py.typed" for folder in PACKAGES}


def test_the_view_for_type_checkers_shows_every_folder() -> None:
    links = {link.name: os.readlink(link) for link in (ROOT / ".typing" / "relucert").iterdir()}
    assert links == {folder: f"../../{folder}" for folder in FOLDERS}


def test_the_import_contracts_cover_every_folder() -> None:
    contracts = ConfigParser(interpolation=None)
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    assert set(contracts["importlinter"]["root_packages"].split()) == {f"relucert.{folder}" for folder in FOLDERS}


def test_extras_that_appear_twice_agree() -> None:
    table = project()
    assert table["dependency-groups"]["dev"] == table["project"]["optional-dependencies"]["dev"]
