"""relucert check DIR: replay every certificate of a theorem on a landscape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relucert.cli.output import ExitCode, UserError, emit_json, one_line

INDEX, FORMAT, VERSION = "index.json", "relucert-landscape", 1
MOST_BYTES = 1 << 26  # of an index


def check_folder(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Replay all parts that the index names; the claims must be the ones it names.

    What the parts make up together, the sentences of the index, is not checked: that is the argument of
    docs/theory/landscapes.md.
    """
    rows = [_replayed(folder, theorem, part) for theorem, part in _parts(folder)]
    valid = all(row["verdict"] == "VALID" for row in rows)
    if as_json:
        emit_json({"verdict": "VALID" if valid else "INVALID", "folder": str(folder), "certificates": rows})
    else:
        if not quiet:
            for row in rows:
                reason = f": {row['reason']}" if row["reason"] else ""
                print(f"{row['verdict']:7} {row['grade'] or '-':8} {one_line(row['name'])}{one_line(reason)}")
        count = sum(row["verdict"] == "VALID" for row in rows)
        print(f"{'VALID' if valid else 'INVALID'}: {count} of {len(rows)} certificates" if not quiet else
              "VALID" if valid else "INVALID")  # fmt: skip
    return ExitCode.PROVED if valid else ExitCode.REFUTED


def _parts(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    path = folder / INDEX
    cure = "relucert landscape MODEL -o DIR writes such a folder"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        index = json.loads(path.read_bytes())
        if index["format"] != FORMAT or index["version"] != VERSION:
            raise ValueError("another format")
        found = [(str(theorem["name"]), dict(part)) for theorem in index["theorems"] for part in theorem["parts"]]
        if not found or any(not isinstance(part.get("name"), str) for _, part in found):
            raise ValueError("no parts")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", cure=cure) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"is no index of a landscape: {error}", where=str(path), cure=cure) from None
    return found


def _replayed(folder: Path, theorem: str, part: dict[str, Any]) -> dict[str, str]:
    from relucert.certify.check.real.door import check_any, exit_code

    row = {"name": f"{theorem}/{part['name']}", "verdict": "INVALID", "grade": "", "reason": ""}
    file = part.get("file")
    if not isinstance(file, str):
        return row | {"reason": "has no certificate"}
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        return row | {"reason": "lies outside of the folder"}
    try:
        verdict = check_any(path.read_bytes())
    except OSError as error:
        return row | {"reason": f"cannot be read: {error.strerror}"}
    if exit_code(verdict) != ExitCode.PROVED or verdict.claim is None:
        return row | {"reason": verdict.reason or "proves nothing"}
    if getattr(verdict.claim, "assertion", "holds") != "holds":
        return row | {"reason": "is a refutation"}
    if verdict.claim.sha256() != part.get("claim_sha256"):
        return row | {"reason": "is about another claim than the index says"}
    return row | {"verdict": "VALID", "grade": str(getattr(verdict, "grade", ""))}
