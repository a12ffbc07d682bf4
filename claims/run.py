"""Checks ledgers: in parallel, what is known from the cache, in the order of the files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from relucert.claims.cache import Cache, key_of
from relucert.claims.errors import LedgerError
from relucert.claims.files import sha256
from relucert.claims.ledger import GRADES, Claim, Ledger
from relucert.claims.outcome import Certificate, Code, Finding, Outcome, Report, Settled, Status
from relucert.claims.read import read_ledger
from relucert.claims.settle import How, settle
from relucert.claims.workers import Died, Workers

NAME = "claims.toml"
LIBRARY = Path(__file__).with_name("library") / NAME  # the theorems of the field, shipped with the package
GRACE = 600.0  # seconds for reading and replay, besides twice the time of the claim
MOST_PARTS = 100  # of a landscape: its time is that of each part
Progress = Callable[[Outcome, int, int], None]


@dataclass(frozen=True)
class _Task:
    claim: Claim
    how: How


def find_ledgers(paths: Sequence[Path], *, allow_code: bool) -> list[Ledger]:
    """The ledgers that are named: files, folders with a claims.toml, Python files with decorated functions.

    Raises
    ------
    LedgerError
        One of them is not there or cannot be read, or is Python code that may not be run.
    """
    found: dict[Path, Ledger] = {}
    for path in paths or [Path(NAME)]:
        file = path / NAME if path.is_dir() else path
        key = Path(os.path.realpath(file))
        if key in found:
            continue
        if file.suffix == ".py":
            if not allow_code:
                raise LedgerError("a ledger in Python is run to be read", str(file), "allow it with --allow-code")
            from relucert.claims.decorator import read_module

            found[key] = read_module(file)
        else:
            found[key] = read_ledger(file)
    return list(found.values())


def check_ledgers(
    paths: Sequence[Path | str],
    *,
    frozen: bool = False,
    allow_code: bool = False,
    jobs: int | None = None,
    cache: Path | None = None,
    only: Sequence[str] = (),
    grade: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check every claim of the ledgers.

    Parameters
    ----------
    paths : files or folders; without any, ``claims.toml`` in the current folder.
    frozen : replay the recorded certificates; search for none, and neither read nor write the cache.
    allow_code : run the Python functions that claims name.
    jobs : processes; default one for every core.
    cache : the folder of what was found before; None keeps nothing.
    only : ids or labels; default all claims.
    grade : one of GRADES: proofs of weaker grades do not count, whatever the claims ask for.
    progress : called with every outcome as it comes, how many are known, and of how many.

    Raises
    ------
    LedgerError
        A ledger cannot be read, or an id of `only` is in none.
    """
    start = perf_counter()
    ledgers = find_ledgers([Path(path) for path in paths], allow_code=allow_code)
    if grade is not None:
        ledgers = [_stricter(ledger, grade) for ledger in ledgers]
    how = How(frozen=frozen, allow_code=allow_code)
    claims = chosen(ledgers, only)
    outcomes, interrupted = settle_all(claims, how, jobs=jobs, cache=None if frozen else cache, progress=progress)
    findings = [finding for ledger in ledgers for finding in findings_of(ledger, outcomes)]
    return Report(ledgers, outcomes, findings, checker(), perf_counter() - start, interrupted)


def _stricter(ledger: Ledger, grade: str) -> Ledger:
    """With claims that ask for this grade at least."""
    claims = [replace(claim, grade=min(claim.grade, grade, key=GRADES.index)) for claim in ledger.claims]
    return replace(ledger, claims=tuple(claims))


def chosen(ledgers: Sequence[Ledger], only: Sequence[str]) -> list[Claim]:
    """The claims with these ids or labels, in the order of the files; all without any.

    Raises
    ------
    LedgerError
        There is no such claim.
    """
    claims = [claim for ledger in ledgers for claim in ledger.claims]
    names = {name for claim in claims for name in (claim.id, claim.label) if name is not None}
    for name in only:
        if name not in names:
            from difflib import get_close_matches

            near = get_close_matches(name[:100], names, n=1)
            cure = f"did you mean {near[0]}?" if near else "relucert claims check shows all"
            raise LedgerError(f"there is no claim {name[:100]!r}", ", ".join(str(one.path) for one in ledgers), cure)
    return [claim for claim in claims if not only or {claim.id, claim.label} & set(only)]


def settle_all(
    claims: Sequence[Claim],
    how: How,
    *,
    jobs: int | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> tuple[list[Outcome], bool]:
    """The outcomes in the order of the claims, and whether Ctrl-C came before all were known."""
    store, found = Cache(cache), dict[int, Outcome]()
    keys = [None if cache is None else key_of(claim) for claim in claims]

    def keep(number: int, settled: Settled, cached: bool) -> None:
        found[number] = outcome = _outcome(claims[number], settled, cached)
        if progress is not None:
            progress(outcome, len(found), len(claims))

    open_claims = []
    for number, key in enumerate(keys):
        known = None if key is None else store.get(key)
        if known is None:
            open_claims.append(number)
        else:
            keep(number, known, True)
    workers = Workers(_work, jobs or _cores(), seconds=lambda task: _patience(task.claim))
    running = workers.run([_Task(claims[number], how) for number in open_claims])
    interrupted = False
    try:
        for place, answer in running:
            number, key = open_claims[place], keys[open_claims[place]]
            settled = _crashed(claims[number], answer) if isinstance(answer, Died) else answer
            if key is not None:
                store.put(key, settled)
            keep(number, settled, False)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        running.close()
    return [found[number] for number in sorted(found)], interrupted


def _patience(claim: Claim) -> float:
    """Seconds after which a worker is stopped; the searches end in time by themselves, the author's code may not."""
    time = float(claim.time)
    if claim.content == "python":
        return time
    return 2 * time * (MOST_PARTS if claim.content == "landscape" else 1) + GRACE


def _work(task: _Task) -> Settled:
    """In a worker."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return settle(task.claim, task.how)


def _crashed(claim: Claim, died: Died) -> Settled:
    cure = "run it again, with a smaller time or fewer --jobs"
    return Settled(Status.CRASHED, message=f"claim {claim.id!r}: {died.reason}", cure=cure, seconds=died.seconds)


def _outcome(claim: Claim, settled: Settled, cached: bool) -> Outcome:
    data = settled.certificate
    certificate = None
    if data is not None:
        digest = sha256(data)
        certificate = Certificate(claim.certificate if digest == claim.sha256 else None, len(data), digest)
    return Outcome(claim, settled, certificate, cached)


def findings_of(ledger: Ledger, outcomes: Sequence[Outcome]) -> list[Finding]:
    """What is to be said of a ledger as a whole: its paper, and the checker of its certificates."""
    from relucert.claims import graph
    from relucert.claims.paper.link import link

    found = [*link(ledger), *graph.findings(ledger, outcomes)]
    if ledger.checker is not None and not str(checker()["sha256"]).startswith(ledger.checker):
        found.append(
            Finding(
                "checker-changed",
                "error",
                f"the certificates were recorded with the checker {ledger.checker[:16]}, this one is "
                f"{str(checker()['sha256'])[:16]}; everything that counts here was replayed by this one",
                ledger.at("checker"),
                "read what changed, then record it: relucert claims update",
                code=Code.NOT_AS_DECLARED,
            )
        )
    return found


def checker() -> dict[str, Any]:
    """Lines and hash of the trusted files."""
    from relucert.certify.check.report import trusted_base

    return trusted_base()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
