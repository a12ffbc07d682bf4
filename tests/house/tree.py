"""What belongs to the house: its folders and the Python files in them, as git tracks them."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("symbolic", "certify", "reductions", "numeric", "claims", "cli")


def project() -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def source_files() -> list[Path]:
    """The tracked Python files of the six folders, relative to the root; all files where there is no repository."""
    listing = subprocess.run(["git", "ls-files", "-z", *FOLDERS], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        names = [Path(name) for name in listing.stdout.decode().split("\0") if name]
        found = [name for name in names if (ROOT / name).is_file()]
    else:  # an unpacked source archive
        found = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if path.suffix == ".py")


def trusted_files() -> list[Path]:
    """The trusted base, tracked or not: a file that is there can be imported."""
    names = ("claim.py", "formula.py", "non_overlap.py", "zero_set.py", "descent_claim.py")
    claims = [ROOT / "certify" / name for name in names]
    found = [*claims, *(ROOT / "certify" / "check").rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def module_name(path: Path) -> str:
    """``certify/check/kernel.py`` is relucert.certify.check.kernel."""
    parts = path.with_suffix("").parts
    return ".".join(("relucert", *(parts[:-1] if parts[-1] == "__init__" else parts)))
