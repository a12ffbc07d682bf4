"""What was found before, by the hash of everything that it depends on.

One file for an entry, written under another name and renamed: two runs at once can only write the same bytes, and a
file that was cut off or changed is not what its own hash says and counts as absent.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from relucert.claims.errors import LedgerError
from relucert.claims.files import MAX_CERTIFICATE, MAX_INPUT, inside, read_bytes, sha256, write_atomically
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

ROOMS = ("certify", "symbolic", "numeric", "reductions", "claims")
KEPT = (Status.PROVED, Status.REFUTED, Status.UNDECIDED, Status.VACUOUS, Status.MODULO, Status.INVALID, Status.FAILED)
FORMAL = ("kind", "prove", "ranges", "where", "let", "derivation", "model", "data", "descent", "landscape", "bundle",
          "options", "certificate", "sha256",
          "grade", "time", "assumptions")  # fmt: skip
_MAX_ENTRY = 2 * MAX_CERTIFICATE


def default_folder() -> Path:
    """``$RELUCERT_CACHE``, or the user's folder for such things."""
    given = os.environ.get("RELUCERT_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "relucert" / "claims"


@cache
def engine_sha256() -> str:
    """One hash of the sources of every room that can change an answer, and of the version of computer algebra."""
    from importlib.metadata import PackageNotFoundError, version

    texts = []
    for room in ROOMS:
        top = Path(str(files(f"relucert.{room}")))
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                if name.endswith((".py", ".json")):
                    path = Path(folder, name)
                    texts.append(f"{room}/{path.relative_to(top).as_posix()} {sha256(path.read_bytes())}")
    for package in ("sympy", "numpy", "scipy"):
        try:
            texts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            texts.append(f"{package} absent")
    return sha256("\n".join(texts).encode())


def key_of(claim: Claim) -> str | None:
    """The hash of the formal content, the files and the program; None for what is not kept.

    Code of the author's can depend on anything, so what it says is never kept; nor are claims whose files are missing.
    """
    if claim.content in (None, "python"):
        return None
    values = formal(claim)
    try:
        for name in ("certificate", "model", "data", "bundle"):
            text = getattr(claim, name)
            if text is not None:
                place = claim.at(name)
                limit = MAX_CERTIFICATE if name == "certificate" else MAX_INPUT
                values[f"{name} bytes"] = sha256(read_bytes(inside(claim.folder, text, place), limit, place))
    except (LedgerError, FileNotFoundError):
        return None
    return sha256(json.dumps([engine_sha256(), values], sort_keys=True).encode())


def formal(claim: Claim) -> dict[str, Any]:
    """What of a claim decides how it stands, for JSON."""
    return {name: _plain(getattr(claim, name)) for name in FORMAL}


def _plain(value: Any) -> Any:
    """For JSON: numbers as exact texts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str) or value is None else f"{type(value).__name__} {value}"


class Cache:
    """A folder of entries; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str) -> Settled | None:
        """What is kept under a key, if it is whole."""
        if self.folder is None:
            return None
        try:
            data = self._path(self.folder, key).read_bytes()
        except OSError:
            return None
        digest, _, payload = data.partition(b"\n")
        if len(data) > _MAX_ENTRY or digest.decode("ascii", "replace") != sha256(key.encode() + payload):
            return None
        try:
            values = json.loads(payload)
            certificate = values.pop("certificate")
            values["certificate"] = None if certificate is None else base64.b64decode(certificate)
            values |= {name: tuple(values[name]) for name in ("believe", "notes")}
            return Settled(Status(values.pop("status")), **values)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, key: str, found: Settled) -> None:
        """Keep it, if it would be found again; a cache that cannot be written is no failure."""
        if self.folder is None or found.status not in KEPT:
            return
        values = dict(vars(found))
        values["certificate"] = None if found.certificate is None else base64.b64encode(found.certificate).decode()
        payload = json.dumps(values).encode()
        path = self._path(self.folder, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, sha256(key.encode() + payload).encode() + b"\n" + payload, durable=False)
        except OSError:
            return

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key[2:]}.json"
