"""Makes the certificates that are missing or stale, and records them in the ledger."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from relucert.claims.cache import formal
from relucert.claims.edit import with_keys
from relucert.claims.errors import LedgerError
from relucert.claims.files import inside, sha256, write_atomically
from relucert.claims.ledger import Claim, Ledger
from relucert.claims.outcome import Outcome, Status
from relucert.claims.read import read_ledger
from relucert.claims.run import Progress, checker, chosen, settle_all
from relucert.claims.settle import How

FOLDER = "certificates"
STALE = (Status.DRIFTED, Status.INVALID, Status.MISSING, Status.UNDECIDED)


@dataclass(frozen=True)
class Updated:
    """What an update did.

    outcomes : of the claims, in their order, as they stand now.
    written : the certificates that were written, by the ids of their claims.
    interrupted : Ctrl-C came; what was finished by then is recorded.
    """

    outcomes: Sequence[Outcome]
    written: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False


def update_ledgers(
    ledgers: Sequence[Ledger],
    *,
    only: Sequence[str] = (),
    allow_code: bool = False,
    jobs: int | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Updated:
    """Replay what is recorded, search for the rest, write what stands as declared.

    Certificates are written as they come, so that an interruption costs the unfinished claims only; the ledgers are
    changed at the end, all their comments stay.

    Raises
    ------
    LedgerError
        Another update is at work on a ledger, or it cannot be written.
    """
    ledgers = [ledger for ledger in ledgers if ledger.path.suffix != ".py"]
    claims, how = chosen(ledgers, only), How(allow_code=allow_code)
    new: dict[tuple[Path, str], dict[str, str]] = {}
    found: dict[tuple[Path, str], Outcome] = {}

    def store(outcome: Outcome) -> None:
        claim = outcome.claim
        found[_key(claim)] = outcome
        data = outcome.settled.certificate
        if data is None or not outcome.established:
            return
        name = claim.certificate or f"{FOLDER}/{claim.id}.cert.json"
        digest = sha256(data)
        path = inside(claim.folder, name, claim.at("certificate"))
        if not path.exists() or path.read_bytes() != data:
            _write(path, data)
        if (claim.certificate, claim.sha256) != (name, digest):
            new[_key(claim)] = {"certificate": name, "sha256": digest}

    with contextlib.ExitStack() as locks:
        for ledger in ledgers:
            locks.enter_context(_lock(ledger.path))
        recorded = [claim for claim in claims if claim.certificate is not None]
        before, interrupted = settle_all(recorded, how, jobs=jobs, cache=cache)
        for outcome in before:
            found[_key(outcome.claim)] = outcome
        wanted = [_unrecorded(claim, found.get(_key(claim))) for claim in claims]
        originals = {_key(claim): claim for claim in claims}

        def as_recorded(outcome: Outcome, known: int, of: int) -> None:
            outcome = replace(outcome, claim=originals[_key(outcome.claim)])
            store(outcome)
            if progress is not None:
                progress(outcome, known, of)

        if not interrupted:
            todo = [claim for claim in wanted if claim is not None]
            _, interrupted = settle_all(todo, how, jobs=jobs, cache=cache, progress=as_recorded)
        outcomes = [found[_key(claim)] for claim in claims if _key(claim) in found]
        complete = (
            not only and not interrupted and all(o.exit_code == 0 or o.status is Status.NUMERIC for o in outcomes)
        )
        for ledger in ledgers:
            _record(ledger, new, complete)
    return Updated(outcomes, {claim: keys["certificate"] for (_, claim), keys in new.items()}, interrupted)


def _key(claim: Claim) -> tuple[Path, str]:
    return claim.place.file, claim.id


def _unrecorded(claim: Claim, before: Outcome | None) -> Claim | None:
    """The claim as if nothing were recorded, when what is recorded does not do."""
    if claim.certificate is None:
        return claim
    if before is None or before.status not in STALE:
        return None
    if claim.content == "certificate":  # the bytes are all there is: they are recorded as they are, if they are valid
        data = before.settled.certificate
        return None if data is None else replace(claim, sha256=sha256(data))
    return replace(claim, certificate=None, sha256=None)


def _record(ledger: Ledger, new: dict[tuple[Path, str], dict[str, str]], complete: bool) -> None:
    """Into the file as it is now: what was changed meanwhile stays, and a claim that became another gets nothing."""
    now, before = read_ledger(ledger.path), {claim.id: claim for claim in ledger.claims}
    changes = {
        number: new[_key(claim)]
        for number, claim in enumerate(now.claims)
        if _key(claim) in new and formal(claim) == formal(before[claim.id])
    }
    head = {}
    if now.checker is not None and complete:
        head = {"checker": str(checker()["sha256"])[: max(16, len(now.checker))]}
    if changes or (head and head["checker"] != now.checker):
        text = ledger.path.read_bytes().decode("utf-8")
        _write(ledger.path, with_keys(text, str(ledger.path), changes, head).encode())


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError as error:
        raise LedgerError(f"cannot write {path}: {error.strerror}", cure="make room or choose another folder") from None


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One update of a ledger at a time; a lock ends with the process that holds it."""
    try:
        import fcntl
    except ImportError:  # not on this system: the writes are whole nevertheless
        yield
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise LedgerError(f"cannot read: {error.strerror}", str(path), "check the path") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerError("another update is at work on it", str(path), "wait for its end") from None
        yield
    finally:
        os.close(descriptor)
