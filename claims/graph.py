"""What rests on what: claims and theorems, joined by ``depends`` in the ledger and by references in the paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from relucert.claims.ledger import Ledger
from relucert.claims.outcome import Code, Finding, Outcome
from relucert.claims.paper.link import read_paper

UNCLAIMED = "no claim"


@dataclass(frozen=True)
class Node:
    """A claim, or a theorem without one.

    Attributes
    ----------
    key : the claim's id, or the theorem's label.
    verdict : as :attr:`Outcome.verdict`, ``"no claim"``, or empty when it was not checked.
    expected : whether it stands as declared.
    words : of the statement.
    """

    key: str
    verdict: str
    expected: bool
    words: str
    label: str | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of the paper, and for each key the keys that it rests on."""

    nodes: Sequence[Node] = ()
    rests_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def layers(self) -> list[list[str]]:
        """The keys in layers: what rests on nothing first, everything else below what it rests on.

        Keys on a circle are put where the first of them is met.
        """
        depth: dict[str, int] = {}
        for node in self.nodes:
            self._measure(node.key, depth)
        found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for node in self.nodes:
            found[depth[node.key]].append(node.key)
        return found

    def _measure(self, first: str, depth: dict[str, int]) -> None:
        stack, open_keys = [(first, False)], set[str]()
        while stack:
            key, ready = stack.pop()
            if ready:
                depth[key] = 1 + max((depth.get(other, -1) for other in self.rests_on.get(key, ())), default=-1)
                open_keys.discard(key)
            elif key not in depth and key not in open_keys:
                open_keys.add(key)
                stack.append((key, True))
                stack.extend((other, False) for other in self.rests_on.get(key, ()) if other not in open_keys)


def graph_of(ledger: Ledger, outcomes: Iterable[Outcome]) -> Graph:
    """The graph of one ledger and its paper; claims without an outcome were not checked."""
    known = {outcome.claim.id: outcome for outcome in outcomes if outcome.claim.place.file == ledger.path}
    read = read_paper(ledger)
    theorems = [] if read is None else read[0].theorems
    owner = {claim.label: claim.id for claim in ledger.claims if claim.label is not None}
    keys, edges = dict[str, str](), dict[str, list[str]]()
    for theorem in theorems:
        key = next((owner[label] for label in theorem.labels if label in owner), None)
        key = key or (theorem.labels[0] if theorem.labels else None)
        if key is not None:
            keys |= dict.fromkeys(theorem.labels, key)
            edges.setdefault(key, [])
    for theorem in theorems:
        if theorem.labels:
            key = keys[theorem.labels[0]]
            edges[key] += [keys[ref] for ref in theorem.refs if keys.get(ref, key) != key]
    statements = {keys[theorem.labels[0]]: theorem.body for theorem in theorems if theorem.labels}
    claims = {claim.id: claim for claim in ledger.claims}
    for claim in ledger.claims:
        edges[claim.id] = [*edges.get(claim.id, ()), *(name for name in claim.depends if name != claim.id)]
    nodes = []
    for key in edges:
        outcome = known.get(key)
        if key not in claims:
            nodes.append(Node(key, UNCLAIMED, False, statements.get(key, ""), key))
        elif outcome is None:
            nodes.append(Node(key, "", True, claims[key].statement, claims[key].label))
        else:
            nodes.append(Node(key, outcome.verdict, outcome.expected, claims[key].statement, claims[key].label))
    return Graph(nodes, {key: tuple(dict.fromkeys(others)) for key, others in edges.items()})


def findings(ledger: Ledger, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Circles of ``depends``, and claims that stand while one that they depend on does not."""
    claims = {claim.id: claim for claim in ledger.claims}
    found = []
    circle = _circle({claim.id: claim.depends for claim in ledger.claims})
    if circle:
        message = f"claims depend on each other in a circle: {' -> '.join([*circle, circle[0]])}"
        place = claims[circle[0]].at("depends")
        cure = "nothing on it is proved by the others: break it"
        found.append(Finding("circle", "error", message, place, cure, circle[0], Code.NOT_AS_DECLARED))
    known = {outcome.claim.id: outcome for outcome in outcomes if outcome.claim.place.file == ledger.path}
    for claim in ledger.claims:
        for name in claim.depends:
            outcome = known.get(name)
            if claim.id in known and known[claim.id].established and outcome is not None and not outcome.established:
                message = f"claim {claim.id} depends on {name}, which is {outcome.verdict}"
                cure = "the checker needed nothing of it; the paper's argument may"
                found.append(Finding("rests-on-unproved", "warning", message, claim.at("depends"), cure, claim.id))
    return found


def _circle(rests_on: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys that depend on each other, in order; empty when there are none."""
    done: set[str] = set()
    for first in rests_on:
        path, stack = list[str](), [iter([first])]
        while stack:
            key = next(stack[-1], None)
            if key is None:
                stack.pop()
                if path:
                    done.add(path.pop())
            elif key in path:
                return path[path.index(key) :]
            elif key not in done:
                path.append(key)
                stack.append(iter(rests_on.get(key, ())))
    return []
