"""One JSON file for a chain of reductions: the instances along the path, and a witness or a certificate at its end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from relucert.reductions.graph import reduction_named
from relucert.reductions.problem import Problem
from relucert.reductions.read import problem_named
from relucert.reductions.reduction import Reduction
from relucert.reductions.text import Json, ProblemError, array, fields, load_json, whole

FORMAT, VERSION = "relucert-reduction", 1
_FIELDS = ("format", "version", "path", "links", "witness", "certificate")

AnyProblem = Problem[Any]
AnyReduction = Reduction[Any, Any, Any, Any]


@dataclass(frozen=True)
class Witness:
    """A candidate that proves YES at one place of the path, if it is a witness."""

    place: int
    value: Any


@dataclass(frozen=True)
class Bundle:
    """Instances, each the image of the one before under its reduction.

    Attributes
    ----------
    instances : at least one; the first is the source.
    links : one fewer reductions than instances.
    witness : what was found at a place of the path; ``None`` if nothing was.
    certificate : the JSON text of a certificate about the last instance, a network; ``None`` if there is none.
    """

    instances: tuple[AnyProblem, ...]
    links: tuple[AnyReduction, ...] = ()
    witness: Witness | None = None
    certificate: str | None = None

    @property
    def source(self) -> AnyProblem:
        return self.instances[0]

    @property
    def target(self) -> AnyProblem:
        return self.instances[-1]

    def mismatch(self) -> str | None:
        """Where the path is not what the reductions make of the source, in words; ``None``: it is."""
        for place, link in enumerate(self.links):
            if link.apply(self.instances[place]) != self.instances[place + 1]:
                return f"instance {place + 1} is not what {link.name} makes of instance {place}"
        return None

    def push(self, witness: Any) -> Bundle:
        """With a witness of the source, carried to the target."""
        for place, link in enumerate(self.links):
            witness = link.forward(self.instances[place], witness)
        return replace(self, witness=Witness(len(self.links), witness))

    def pull(self, witness: Any) -> Bundle:
        """With a witness of the target, carried back to the source."""
        for place in reversed(range(len(self.links))):
            witness = self.links[place].backward(self.instances[place], witness)
        return replace(self, witness=Witness(0, witness))

    def to_text(self) -> str:
        """The file's text; one instance a line."""
        witness = self.witness
        parts = {
            "format": json.dumps(FORMAT),
            "version": json.dumps(VERSION),
            "path": _lines([instance.to_json() for instance in self.instances]),
            "links": _lines([{"reduction": link.name, "parameters": link.parameters()} for link in self.links]),
            "witness": "null"
            if witness is None
            else _compact({"at": witness.place, "value": self.instances[witness.place].witness_to_json(witness.value)}),
            "certificate": "null" if self.certificate is None else self.certificate.strip(),
        }
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {text}" for name, text in parts.items()) + "\n}\n"


def compose(source: AnyProblem, links: Sequence[AnyReduction]) -> Bundle:
    """The path that reductions make of an instance."""
    instances = [source]
    for link in links:
        instances.append(link.apply(instances[-1]))
    return Bundle(tuple(instances), tuple(links))


def is_bundle(text: str) -> bool:
    """Whether a text begins like a bundle."""
    return text.lstrip()[:200].replace(" ", "").replace("\n", "").startswith(f'{{"format":"{FORMAT}"')


def read_bundle(text: str, where: str) -> Bundle:
    """The bundle that a text is; ProblemError with file and field otherwise.  Nothing is checked but the shape."""
    values = fields(load_json(text, where), where, _FIELDS)
    if values["format"] != FORMAT or values["version"] != VERSION:
        raise ProblemError(
            "not a bundle of this version", where, f"write it anew with relucert reduce ({FORMAT} {VERSION})"
        )
    entries = array(values["path"], f"{where}, path")
    if not entries:
        raise ProblemError("no instance", f"{where}, path", "write it anew with relucert reduce")
    instances = tuple(_instance(entry, f"{where}, path[{place}]") for place, entry in enumerate(entries))
    given = array(values["links"], f"{where}, links", len(entries) - 1)
    links = tuple(_link(entry, f"{where}, links[{place}]") for place, entry in enumerate(given))
    for place, link in enumerate(links):
        if link.source is not type(instances[place]) or link.target is not type(instances[place + 1]):
            raise ProblemError(
                f"{link.name} is from {link.source.name} to {link.target.name}",
                f"{where}, links[{place}]",
                "write it anew with relucert reduce",
            )
    witness = None
    if values["witness"] is not None:
        entry = fields(values["witness"], f"{where}, witness", ("at", "value"))
        place = whole(entry["at"], f"{where}, witness.at", 0, len(instances) - 1)
        witness = Witness(place, instances[place].witness_from_json(entry["value"], f"{where}, witness.value"))
    certificate = values["certificate"]
    if certificate is not None and not isinstance(certificate, dict):
        raise ProblemError("not a certificate", f"{where}, certificate", "write it anew with relucert decide")
    return Bundle(instances, links, witness, None if certificate is None else _compact(certificate))


def _instance(entry: Json, where: str) -> AnyProblem:
    if not isinstance(entry, dict) or not isinstance(entry.get("problem"), str):
        raise ProblemError("no instance of a problem", where, "write it anew with relucert reduce")
    return problem_named(entry["problem"], where).from_json(entry, where)


def _link(entry: Json, where: str) -> AnyReduction:
    values = fields(entry, where, ("reduction", "parameters"))
    parameters = values["parameters"]
    if not isinstance(values["reduction"], str) or not isinstance(parameters, dict):
        raise ProblemError("no reduction", where, "write it anew with relucert reduce")
    numbers = {name: whole(value, f"{where}.{name}") for name, value in parameters.items()}
    return reduction_named(values["reduction"], numbers, where)


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def _lines(values: Sequence[Json]) -> str:
    return "[\n" + ",\n".join(_compact(value) for value in values) + "\n]" if values else "[]"
