"""Build relucert-check.pyz: the trusted base and nothing else, as one file that `python -I -S` runs.

The archive is the same byte for byte wherever it is built: entries are sorted, stored uncompressed and dated 1980.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
SHEBANG = b"#!/usr/bin/env -S python3 -I -S\n"
MAIN = """import sys

from relucert.certify.check.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
"""


def trusted_files(root: Path) -> Iterator[Path]:
    """The trusted sources relative to the repository, sorted."""
    certify = root / "certify"
    names = ("claim.py", "formula.py", "non_overlap.py", "zero_set.py", "descent_claim.py")
    claims = [certify / name for name in names]
    found = [certify / "__init__.py", *claims, *(certify / "check").rglob("*.py")]
    return iter(sorted(path.relative_to(root) for path in found))


def archive_entries(root: Path) -> dict[str, bytes]:
    """Name and content of every entry; a name that ends in ``/`` is a folder.

    Python 3.11 does not find a namespace package in an archive that has no entries for folders.
    """
    entries = {"__main__.py": MAIN.encode()}
    for path in trusted_files(root):
        name = PurePosixPath("relucert", *path.parts)
        entries.update({f"{folder}/": b"" for folder in list(name.parents)[:-1]})
        entries[str(name)] = (root / path).read_bytes()
    return entries


def build(target: Path, root: Path = ROOT) -> None:
    """Write the archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, content in sorted(archive_entries(root).items()):
                entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                entry.create_system = 3  # Unix, on every system
                entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
                archive.writestr(entry, content)
    target.chmod(0o755)


def main() -> None:
    """Build the archive named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("target", type=Path, nargs="?", default=ROOT / "dist" / "relucert-check.pyz")
    target = parser.parse_args().target
    build(target)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
