"""relucert check BUNDLE: the chain is derived anew, its witness evaluated exactly, its certificate replayed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.instances import described, one_line_errors, path_json, try_bundle
from relucert.cli.output import ExitCode, emit_json

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle


def load_bundle(path: Path) -> Bundle | None:
    """The bundle of a file; ``None`` when it holds something else."""
    with one_line_errors():
        return try_bundle(path)


def check_bundle(bundle: Bundle, *, as_json: bool, quiet: bool) -> int:
    """Say whether the bundle proves an answer.

    The trusted checker vouches for the network at the end of the chain alone; that the source has the same answer
    rests on the reductions, whose maps are not part of the trusted base.
    """
    answer, reason = _replayed(bundle)
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


def _replayed(bundle: Bundle) -> tuple[str | None, str]:
    """The answer that the evidence proves, and what is wrong with it."""
    wrong = bundle.mismatch()
    if wrong is not None:
        return None, wrong
    answers: list[str] = []
    if bundle.witness is not None:
        instance = bundle.instances[bundle.witness.place]
        if not instance.is_witness(bundle.witness.value):
            return None, f"what is given is no witness of instance {bundle.witness.place}, {instance.name}"
        answers.append("yes")
    if bundle.certificate is not None:
        said = _certified(bundle)
        if said not in ("yes", "no"):
            return None, said
        answers.append(said)
    if len(set(answers)) > 1:
        return None, "the witness and the certificate contradict each other"
    return (answers[0] if answers else None), ""


def _certified(bundle: Bundle) -> str:
    """ "yes" or "no" when the certificate is valid and about the last instance, else what is wrong."""
    from relucert.certify.check.decision.kernel import check_decision
    from relucert.reductions.problems.k_non_overlap import KNonOverlap

    target: Any = bundle.target
    verdict = check_decision((bundle.certificate or "").encode())
    if not verdict.valid or verdict.claim is None:
        return f"certificate: {verdict.reason}"
    if not isinstance(target, KNonOverlap) or verdict.claim.instance != target.instance:
        return "the certificate is about another network than the last instance"
    return "yes" if verdict.claim.assertion == "reachable" else "no"


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
