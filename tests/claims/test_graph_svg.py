"""The picture of the graph is well-formed, says everything in words too, and lets nothing out of its text."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from relucert.claims.graph import UNCLAIMED, Graph, Node
from relucert.claims.graph_layout import WIDTH
from relucert.claims.graph_svg import svg

SPACE = "{http://www.w3.org/2000/svg}"


def drawn(graph: Graph, title: str = "title") -> ElementTree.Element:
    return ElementTree.fromstring(svg(graph, title))


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SPACE}text")]


def test_every_node_has_a_box_with_its_word_and_a_legend() -> None:
    nodes = [
        Node("a", "proved", True, "A."),
        Node("b", "refuted", False, "B.", "lem:b"),
        Node("c", UNCLAIMED, False, "C."),
        Node("d", "open", True, "D."),
    ]
    root = drawn(Graph(nodes, {"a": (), "b": ("a",), "c": ("a", "b"), "d": ()}))
    said = texts(root)
    for word in ("a", "proved", "lem:b", "refuted, not as declared", "no claim", "open", "declared open"):
        assert word in said
    assert "not as declared" in said  # in the legend
    assert len(list(root.iter(f"{SPACE}path"))) == 1 + 3  # the tip and the arrows
    assert "lem:b: refuted, not as declared. B." in [one.text for one in root.iter(f"{SPACE}title")]


def test_hostile_words_stay_words() -> None:
    node = Node("a", "proved", True, '<script>alert(1)</script> & "quotes"', "<b>")
    text = svg(Graph([node], {"a": ()}), "<i> & title")
    assert "<script" not in text and "<i>" not in text and "<b>" not in text
    ElementTree.fromstring(text)


def test_boxes_do_not_overlap_and_lie_inside() -> None:
    keys = [str(number) for number in range(30)]
    rests = {key: tuple(str(int(key) // 3 + shift) for shift in (0, 1) if int(key) > 3) for key in keys}
    root = drawn(Graph([Node(key, "proved", True, "") for key in keys], rests))
    boxes = [rect for rect in root.iter(f"{SPACE}rect") if rect.get("width") == str(WIDTH)]
    corners = sorted((float(box.get("y", "0")), float(box.get("x", "0"))) for box in boxes)
    assert len(corners) == 30
    for (y0, x0), (y1, x1) in pairwise(corners):
        assert y0 != y1 or x1 - x0 >= WIDTH
    assert max(x for _, x in corners) + WIDTH <= float(root.get("width", "0"))


def test_circles_and_nothing_are_drawn() -> None:
    drawn(Graph())
    drawn(Graph([Node("a", "", True, ""), Node("b", "", True, "")], {"a": ("b", "none"), "b": ("a",)}))
