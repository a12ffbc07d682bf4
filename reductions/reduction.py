"""What a reduction is: a map of instances with maps of witnesses both ways; chains of reductions are reductions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Generic, TypeVar

from relucert.reductions.problem import Problem
from relucert.reductions.size_bound import evaluate, substitute

S = TypeVar("S", bound=Problem[Any])
T = TypeVar("T", bound=Problem[Any])
SW = TypeVar("SW")
TW = TypeVar("TW")


class Reduction(ABC, Generic[S, SW, T, TW]):
    """A polynomial-time many-one reduction with its maps of witnesses, from S with witnesses SW to T with witnesses TW.

    Laws, for every instance: a witness w of the instance gives a witness ``forward(instance, w)`` of
    ``apply(instance)``, and every witness v of ``apply(instance)``, image of `forward` or not, gives a witness
    ``backward(instance, v)`` of the instance.  So the answers are the same.  All maps are pure.

    Attributes
    ----------
    name, source, target : kebab-case name and the two classes of problems.
    citation : where the construction comes from.
    parsimonious : whether `forward` is a bijection between the witnesses.
    size_bound : for each parameter of the target's size an upper bound, a formula in the parameters of the source's
        size and of the reduction itself.  Formulas are built from whole numbers, +, * and max: being monotone, they
        can be put into each other.
    refutes : whether a propositional proof of NO for the source becomes a certificate about the target, with no linear
        program: :mod:`relucert.reductions.solve.transport` writes it.
    """

    name: str
    source: type[Problem[Any]]
    target: type[Problem[Any]]
    citation: str
    parsimonious: bool
    size_bound: Mapping[str, str]
    refutes: bool = False

    @abstractmethod
    def apply(self, instance: S) -> T:
        """The target instance with the same answer."""

    @abstractmethod
    def forward(self, instance: S, witness: SW) -> TW:
        """A witness of ``apply(instance)`` from a witness of `instance`."""

    @abstractmethod
    def backward(self, instance: S, witness: TW) -> SW:
        """A witness of `instance` from any witness of ``apply(instance)``."""

    def parameters(self) -> dict[str, int]:
        """The reduction's own parameters, e.g. k."""
        return {field.name: getattr(self, field.name) for field in fields(self)} if is_dataclass(self) else {}

    def bounded_size(self, instance: S) -> dict[str, int]:
        """The size bound, evaluated at an instance."""
        return self.bound_at(instance.size())

    def bound_at(self, size: Mapping[str, int]) -> dict[str, int]:
        """The size bound, evaluated at the size of an instance."""
        values = {**size, **self.parameters()}
        return {parameter: evaluate(formula, values) for parameter, formula in self.size_bound.items()}


class Chain(Reduction[Any, Any, Any, Any]):
    """Reductions one after another; the target of each is the source of the next.

    It has no class-wide source and target: they are those of the first and last link.
    """

    def __init__(self, links: Sequence[Reduction[Any, Any, Any, Any]]) -> None:
        if not links:
            raise ValueError("a chain needs a link")
        for first, second in pairwise(links):
            if first.target is not second.source:
                raise ValueError(f"{second.name} does not start at {first.target.name}, where {first.name} ends")
        self.links = tuple(links)
        self.name = " > ".join(link.name for link in links)
        self.source, self.target = links[0].source, links[-1].target
        self.citation = "; ".join(dict.fromkeys(link.citation for link in links))
        self.parsimonious = all(link.parsimonious for link in links)
        self.refutes = all(link.refutes for link in links)
        self.size_bound = reduce(_composed, links[1:], _own_bound(links[0]))

    def instances(self, instance: Any) -> list[Any]:
        """The instance and its images, one more than there are links."""
        found = [instance]
        for link in self.links:
            found.append(link.apply(found[-1]))
        return found

    def apply(self, instance: Any) -> Any:
        """The image under all links."""
        return self.instances(instance)[-1]

    def forward(self, instance: Any, witness: Any) -> Any:
        """The witness through all links, first to last."""
        for link, source in zip(self.links, self.instances(instance)[:-1], strict=True):
            witness = link.forward(source, witness)
        return witness

    def backward(self, instance: Any, witness: Any) -> Any:
        """The witness through all links, last to first."""
        for link, source in zip(reversed(self.links), reversed(self.instances(instance)[:-1]), strict=True):
            witness = link.backward(source, witness)
        return witness


def _own_bound(link: Reduction[Any, Any, Any, Any]) -> Mapping[str, str]:
    """The size bound with the reduction's own parameters filled in."""
    own = {name: str(value) for name, value in link.parameters().items()}
    return {parameter: substitute(formula, own) for parameter, formula in link.size_bound.items()}


def _composed(bound: Mapping[str, str], link: Reduction[Any, Any, Any, Any]) -> Mapping[str, str]:
    return {parameter: substitute(formula, bound) for parameter, formula in _own_bound(link).items()}
