"""Boxes do not overlap, and arrows pass layers in lanes beside the boxes."""

from __future__ import annotations

from itertools import combinations

from relucert.claims.graph import Graph, Node
from relucert.claims.graph_layout import HEIGHT, WIDTH, layout


def graph(**rests_on: str) -> Graph:
    return Graph(
        [Node(key, "", True, "") for key in rests_on], {key: tuple(on.split()) for key, on in rests_on.items()}
    )


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < WIDTH and abs(one[1] - other[1]) < HEIGHT


def test_what_is_used_stands_above() -> None:
    boxes = layout(graph(a="", b="a", c="b a"), 0, 0).boxes
    assert boxes["a"][1] < boxes["b"][1] < boxes["c"][1]


def test_an_arrow_over_several_layers_passes_beside_the_boxes() -> None:
    found = layout(graph(a="", b="a", c="b", d="c a b"), 0, 0)
    assert {edge: len(lanes) for edge, lanes in found.lanes.items() if lanes} == {("d", "a"): 2, ("d", "b"): 1}
    for lanes in found.lanes.values():
        for x, y in lanes:
            assert not any(box[1] == y and box[0] <= x <= box[0] + WIDTH for box in found.boxes.values())


def test_many_boxes_do_not_overlap() -> None:
    keys = {f"k{n}": " ".join(f"k{m}" for m in (n // 2, n // 3) if m < n) for n in range(40)}
    boxes = layout(graph(**keys), 0, 0).boxes
    assert len(boxes) == 40
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2))


def test_what_is_joined_with_nothing_stands_in_rows_below() -> None:
    boxes = layout(graph(a="", b="a", **{f"k{n}": "" for n in range(23)}), 0, 0).boxes
    alone = [boxes[f"k{n}"] for n in range(23)]
    assert min(y for _, y in alone) > boxes["b"][1] and max(x for x, _ in alone) < 6 * WIDTH * 1.2
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2))


def test_circles_have_places_too() -> None:
    assert set(layout(graph(a="b", b="a", c="c"), 0, 0).boxes) == {"a", "b", "c"}
    assert layout(Graph(), 0, 0).boxes == {}
