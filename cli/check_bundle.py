"""relucert check BUNDLE: the chain is derived anew, its witness evaluated exactly, its certificate replayed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.instances import described, one_line_errors, path_json, try_bundle
from relucert.cli.output import ExitCode, emit_json

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle
    from relucert.reductions.problem import Problem


def load_bundle(path: Path) -> Bundle | None:
    """The bundle of a file; ``None`` when it holds something else."""
    with one_line_errors():
        return try_bundle(path)


def load_instance(path: Path) -> Problem[Any]:
    """The caller's instance: of a file in any format, or the source of a bundle."""
    from relucert.reductions.files import read_problem

    with one_line_errors():
        bundle = try_bundle(path)
        return read_problem(path) if bundle is None else bundle.source


def check_bundle(bundle: Bundle, wanted: Problem[Any] | None = None, *, as_json: bool, quiet: bool) -> int:
    """Say whether the bundle proves an answer, of the instance `wanted` if there is one: it has to be on the path.

    The trusted checker vouches for the network at the end of the chain alone; that the source has the same answer
    rests on the reductions, whose maps are not part of the trusted base.
    """
    from relucert.reductions.solve.replay import replay_bundle

    found = replay_bundle(bundle)
    answer, reason = found.answer, found.wrong
    if wanted is not None and wanted not in bundle.instances:
        answer, reason = None, "the bundle is about something else: no instance on its path is yours"
    verdict = "INVALID" if reason else "NOTHING" if answer is None else "VALID"
    if as_json:
        emit_json({"verdict": verdict, "answer": answer, "reason": reason, **path_json(bundle)})
    elif verdict != "VALID":
        print(f"INVALID: {reason}" if reason else "nothing to check: the bundle holds neither witness nor certificate")
    elif quiet:
        print(verdict)
    else:
        print("\n".join(_lines(bundle, str(answer))))
    return {"VALID": ExitCode.PROVED, "INVALID": ExitCode.REFUTED}.get(verdict, ExitCode.NOTHING_TO_CHECK)


def _lines(bundle: Bundle, answer: str) -> list[str]:
    lines = [f"answer       {answer}", f"instance     {described(bundle.source)}"]
    for link, instance in zip(bundle.links, bundle.instances[1:], strict=True):
        lines.append(f"  by {link.name}, derived anew: {described(instance)}")
    if bundle.witness is not None:
        lines.append(f"witness      of {bundle.instances[bundle.witness.place].name}, evaluated exactly")
    if bundle.certificate is not None:
        where = "" if not bundle.links else "; the source has the same answer if the reductions are right"
        lines.append(f"certificate  about the last instance, replayed by the trusted checker{where}")
    return [*lines, "VALID"]
