"""How far a trained network is from the least objective over all widths: ``model``, ``data``, ``options``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING, Any

from relucert.claims.errors import LedgerError
from relucert.claims.files import input_file
from relucert.claims.kinds.certificate import checked
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.certify.check.verdict import Verdict
    from relucert.certify.claim import Network, TrainingProblem

TEXTS = ("convention", "loss", "penalty", "hidden_bias", "output_bias", "layout", "target")
NUMBERS = ("weight_decay", "output_weight_decay", "gap")
SETTLED_BY_CONVENTION = ("loss", "penalty", "hidden_bias", "output_bias", "output_weight_decay")
NEEDED = ("weight_decay", "gap")
CHOICES = {
    "convention": ("torch", "sklearn", "scnn"),
    "loss": ("half-sum", "half-mean", "mean"),
    "penalty": ("sum-of-squares", "product"),
    "hidden_bias": ("penalised", "free"),
    "output_bias": ("penalised", "free"),
}


def stated(claim: Claim) -> tuple[TrainingProblem, Network, Fraction, list[str]]:
    """The exact problem and network, the gap that is claimed, and notes of the readers.

    Raises
    ------
    LedgerError
        An option is missing or unknown, or a file cannot be read.
    """
    from relucert.certify.read import convention as conventions
    from relucert.certify.read.dispatch import match, read_data, read_model
    from relucert.certify.read.errors import InputError

    options = _options(claim)
    model = input_file(claim.folder, claim.model or "", claim.at("model"))
    data = input_file(claim.folder, claim.data or "", claim.at("data"))
    target = options.get("target")
    features = options.get("features")
    try:
        network = read_model(model, options.get("layout"))
        dataset = read_data(data, target=target, features=None if features is None else list(features))
        match(network, dataset)
        decay = options["weight_decay"]
        if "convention" in options:
            objective = conventions.by_convention(options["convention"], decay, network, dataset.n_samples)
        else:
            chosen = {name: options[name] for name in SETTLED_BY_CONVENTION if name in options}
            objective = conventions.explicit(network, decay, **chosen)
        problem = conventions.exact_problem(dataset, objective)
    except InputError as error:
        raise LedgerError(f"claim {claim.id!r}: {error}", str(claim.at("model"))) from None
    notes = [*network.notes, *dataset.notes, *objective.notes]
    return problem, conventions.exact_network(network), options["gap"], notes


def _options(claim: Claim) -> dict[str, Any]:
    """The options by their types; decimals are exact."""
    found: dict[str, Any] = {}

    def wrong(key: str, what: str, cure: str) -> LedgerError:
        return LedgerError(f"claim {claim.id!r}: options.{key} {what}", str(claim.at(f"options.{key}")), cure)

    for key, value in claim.options.items():
        if key in TEXTS and isinstance(value, str):
            choices = CHOICES.get(key)
            if choices is not None and value not in choices:
                raise wrong(key, f"is not one of {', '.join(choices)}", "choose one of them")
            found[key] = value
        elif key in NUMBERS and (type(value) is int or isinstance(value, Fraction)):
            found[key] = Fraction(value)
        elif key == "features" and isinstance(value, list) and all(isinstance(name, str) for name in value):
            found[key] = value
        else:
            known = ", ".join((*NUMBERS, *TEXTS, "features"))
            what = "has not the type that it needs" if key in known.split(", ") else "is unknown"
            raise wrong(key, what, f"the options are {known}; numbers stand without quotes")
    for key in NEEDED:
        if key not in found:
            raise wrong(key, "is missing", f"write options = {{ {key} = ... }}")
    if "convention" in found and (settled := [key for key in SETTLED_BY_CONVENTION if key in found]):
        raise wrong(settled[0], "is settled by the convention", "leave out one or the other")
    if found["weight_decay"] <= 0 or found.get("output_weight_decay", 1) <= 0:
        raise wrong("weight_decay", "is not positive", "give the decay that the network was trained with")
    if not 0 <= found["gap"] < 1:
        raise wrong("gap", "is not in [0, 1)", "for one per cent write gap = 0.01")
    return found


def settle(claim: Claim) -> Settled:
    """Polish, bound, and let the checker replay the certificate."""
    import warnings

    from relucert.certify.search.gap import GapSearch

    problem, network, gap, notes = stated(claim)
    start = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of floats in the search; what counts is checked exactly
        outcome = GapSearch(problem, network, gap=gap, seconds=float(claim.time)).run()
    seconds = perf_counter() - start
    found = judged(outcome.verdict, gap, outcome.certificate)
    message = "; ".join(part for part in (found.message, outcome.limit and f"stopped: {outcome.limit}") if part)
    return replace(found, message=message, notes=tuple(notes), seconds=seconds, check_seconds=outcome.check_seconds)


def replay(claim: Claim, data: bytes) -> Settled:
    """The certificate must be about the claim's own network, data and objective, and reach its gap."""
    from relucert.certify.check.binding import difference

    problem, network, gap, notes = stated(claim)
    verdict, found = checked(data)
    if found.status is Status.INVALID:
        return replace(found, words=problem.in_words())
    other = difference(verdict.claim, (problem, network))
    if other is not None:
        return replace(
            found,
            status=Status.DRIFTED,
            message=f"the certificate is about something else: {other} differs from the claim's",
            cure="correct the claim, or make a certificate for it: relucert claims update",
        )
    judgement = judged(verdict, gap, data)
    return replace(judgement, notes=tuple(notes), seconds=found.seconds, check_seconds=found.check_seconds)


def judged(verdict: Verdict, gap: Fraction, data: bytes) -> Settled:
    """What a valid certificate says about the claim that the network is within the gap."""
    from relucert.certify.check.report import as_text, decimal

    words = "\n".join(line for line in as_text(verdict).splitlines() if not line.startswith(
        ("grade", "rules", "claim ", "checker", "VALID")))  # fmt: skip
    claim, proved = verdict.claim, verdict.relative_gap
    if claim is None or proved is None:
        return Settled(Status.INVALID, message=f"the checker refuses it: {verdict.reason}", certificate=data)
    if claim.refuted_gap is not None and claim.refuted_gap >= gap:
        status, message = Status.REFUTED, "a better network is certified"
    elif proved <= gap:
        status, message = Status.PROVED, ""
    else:
        status = Status.VACUOUS if proved >= 1 else Status.UNDECIDED
        message = f"the certified gap is {decimal(proved, up=True, digits=4)}, not {decimal(gap, up=False, digits=4)}"
    return Settled(status, words, message, grade=verdict.grade, rules=dict(verdict.rules), facts=facts(verdict),
                   certificate=data)  # fmt: skip


def facts(verdict: Verdict) -> Mapping[str, str]:
    """Objective, bound and gap, rounded to the safe side."""
    from relucert.certify.check.report import decimal

    claim, loss, gap = verdict.claim, verdict.loss, verdict.relative_gap
    if claim is None or loss is None or gap is None:
        return {}
    found = {
        "objective": decimal(loss.high, up=True),
        "lower bound": decimal(claim.lower_bound, up=False),
        "relative gap": decimal(gap, up=True, digits=4),
    }
    if verdict.better_loss is not None:
        found["better objective"] = decimal(verdict.better_loss.high, up=True)
    return found
