"""Where the boxes of a graph stand and how the arrows run between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from relucert.claims.graph import Graph

WIDTH, HEIGHT, ACROSS, DOWN, LANE = 170, 44, 26, 58, 12
ALONE_ACROSS = 5  # boxes in a row of those that are joined with nothing
SWEEPS = 8

Key = str | tuple[str, str, int]  # a box, or where an arrow from one box to another passes a layer


@dataclass(frozen=True)
class Layout:
    """Upper left corners of the boxes, and for every arrow the middles of its lanes, from its tail on."""

    boxes: Mapping[str, tuple[float, float]]
    lanes: Mapping[tuple[str, str], Sequence[tuple[float, float]]]


def layout(graph: Graph, left: float, top: float) -> Layout:
    """Layers from top to bottom, with lanes for the arrows that pass them; below them what is joined with nothing."""
    used = {other for key, others in graph.rests_on.items() for other in others if other != key}
    joined = {key for key, others in graph.rests_on.items() if any(other != key for other in others)} | used
    layers: list[list[Key]] = [[key for key in layer if key in joined] for layer in graph.layers()]
    layers = [layer for layer in layers if layer]
    depth = {key: row for row, layer in enumerate(layers) for key in layer}
    beside: dict[Key, list[Key]] = {key: [] for layer in layers for key in layer}
    chains: dict[tuple[str, str], list[Key]] = {}
    for key, others in graph.rests_on.items():
        for other in others:
            if key in depth and other in depth and key != other:
                passed: list[Key] = [(key, other, row) for row in range(depth[key] - 1, depth[other], -1)]
                for lane in passed:
                    layers[lane[2]].append(lane)  # type: ignore[index]
                chains[key, other] = passed
                route = [key, *passed, other]
                for one, next_one in pairwise(route):
                    beside.setdefault(one, []).append(next_one)
                    beside.setdefault(next_one, []).append(one)
    _sort(layers, beside)
    sizes = [sum(map(_width, layer)) + ACROSS * (len(layer) - 1) for layer in layers]
    at: dict[Key, tuple[float, float]] = {}
    for row, (layer, size) in enumerate(zip(layers, sizes, strict=True)):
        x = left + (max(sizes) - size) / 2
        for entry in layer:
            at[entry] = (x, top + row * (HEIGHT + DOWN))
            x += _width(entry) + ACROSS
    alone = [node.key for node in graph.nodes if node.key not in joined]
    below = top + len(layers) * (HEIGHT + DOWN)
    columns = max([ALONE_ACROSS, *(int(size // (WIDTH + ACROSS)) for size in sizes)])
    for place, key in enumerate(alone):
        row, column = divmod(place, columns)
        at[key] = (left + column * (WIDTH + ACROSS), below + row * (HEIGHT + ACROSS))
    return Layout(
        {key: place for key, place in at.items() if isinstance(key, str)},
        {edge: [(at[lane][0] + LANE / 2, at[lane][1]) for lane in passed] for edge, passed in chains.items()},
    )


def _width(key: Key) -> float:
    return WIDTH if isinstance(key, str) else LANE


def _sort(layers: list[list[Key]], beside: Mapping[Key, Sequence[Key]]) -> None:
    """Boxes and lanes stand near those that they are joined with: means of neighbours, a few times up and down."""
    at: dict[Key, float] = {}
    for layer in layers:
        at |= _middles(layer)
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            means = {key: sum(at[other] for other in beside[key]) / len(beside[key]) for key in layer}
            layer.sort(key=means.__getitem__)
            at |= _middles(layer)


def _middles(layer: Sequence[Key]) -> dict[Key, float]:
    """Middles on a line whose zero is the middle of the layer."""
    x, found = 0.0, dict[Key, float]()
    for key in layer:
        found[key] = x + _width(key) / 2
        x += _width(key) + ACROSS
    return {key: middle - (x - ACROSS) / 2 for key, middle in found.items()}
