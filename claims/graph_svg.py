"""The graph of a paper as an SVG: a box for every claim, its colour and its word for how it stands, and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from relucert.claims.graph import UNCLAIMED, Graph, Node
from relucert.claims.graph_layout import ACROSS, HEIGHT, WIDTH, layout

# Fill and border; told apart by lightness and by the word in the box too, not by hue alone (Okabe and Ito's hues).
COLOURS = {
    "proved": ("#c7ead9", "#00694c"),
    "refuted": ("#cfe3f5", "#0b5394"),
    "open": ("#ffffff", "#666666"),
    "numeric": ("#fdf1c4", "#8a6d00"),
    "modulo": ("#fdf1c4", "#8a6d00"),
    "failing": ("#f8d0bf", "#a33000"),
    UNCLAIMED: ("#eeeeee", "#888888"),
    "": ("#eeeeee", "#888888"),
}
MEANINGS = {
    "proved": "proved as declared",
    "refuted": "refuted as declared",
    "open": "declared open",
    "numeric": "sampled only",
    "modulo": "modulo an oracle",
    "failing": "not as declared",
    UNCLAIMED: "no claim",
    "": "not checked",
}
MARGIN, LETTERS = 20, 23


@dataclass(frozen=True)
class _Box:
    node: Node
    x: float
    y: float


def svg(graph: Graph, title: str) -> str:
    """A picture without scripts; what is used lies above what uses it, and an arrow leads to what is used."""
    placed = layout(graph, MARGIN, 44)
    boxes = {node.key: _Box(node, *placed.boxes[node.key]) for node in graph.nodes}
    right = max((box.x for box in boxes.values()), default=0.0) + WIDTH + MARGIN
    bottom = max((box.y for box in boxes.values()), default=0.0) + HEIGHT + MARGIN
    used = list(dict.fromkeys(_colour(node) for node in graph.nodes))
    legend = [key for key in COLOURS if key in used]
    right = max(right, 2 * MARGIN + 150.0 * len(legend), 2 * MARGIN + 7.5 * len(title))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom + 34:.0f}" width="{right:.0f}" '
        f'height="{bottom + 34:.0f}" role="img" aria-labelledby="title" font-family="Helvetica, Arial, sans-serif">',
        f'<title id="title">{escape(title)}</title>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#555555"/></marker></defs>',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="{MARGIN}" y="26" font-size="15" fill="#111111">'
        f"{escape(title)}</text>",
    ]
    for key, others in graph.rests_on.items():
        lines += [
            _arrow(boxes[key], boxes[other], placed.lanes.get((key, other), ()))
            for other in others
            if key in boxes and other in boxes
        ]
    lines += [_drawn(box) for box in boxes.values()]
    for place, name in enumerate(legend):
        fill, border = COLOURS[name]
        x = MARGIN + 150 * place
        lines.append(
            f'<rect x="{x}" y="{bottom + 8:.0f}" width="16" height="12" rx="3" fill="{fill}" stroke="{border}"'
            f'{_dash(name)}/><text x="{x + 22}" y="{bottom + 18:.0f}" font-size="11" fill="#333333">'
            f"{escape(MEANINGS[name])}</text>"
        )
    return "\n".join([*lines, "</svg>", ""])


def _colour(node: Node) -> str:
    if node.verdict in (UNCLAIMED, ""):
        return node.verdict
    if not node.expected:
        return "failing"
    return node.verdict if node.verdict in COLOURS else "failing"


def _dash(colour: str) -> str:
    return ' stroke-dasharray="4 3"' if colour in ("open", UNCLAIMED, "") else ""


def _drawn(box: _Box) -> str:
    name = _colour(box.node)
    fill, border = COLOURS[name]
    label = box.node.label or box.node.key
    said = box.node.verdict or "not checked"
    if name == "failing":
        said = f"{said}, not as declared"
    words = f"{label}: {said}. {box.node.words}"
    return (
        f"<g><title>{escape(words)}</title>"
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="6" '
        f'fill="{fill}" stroke="{border}" stroke-width="1.5"{_dash(name)}/>'
        f'<text x="{box.x + WIDTH / 2:.1f}" y="{box.y + 19:.1f}" font-size="12" text-anchor="middle" fill="#111111">'
        f"{escape(_cut(label))}</text>"
        f'<text x="{box.x + WIDTH / 2:.1f}" y="{box.y + 35:.1f}" font-size="11" text-anchor="middle" fill="{border}">'
        f"{escape(said)}</text></g>"
    )


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def _arrow(start: _Box, end: _Box, lanes: Sequence[tuple[float, float]]) -> str:
    """From the upper edge of what uses, through the lanes of the layers between, to the lower edge of what is used."""
    x, y = start.x + WIDTH / 2, start.y
    x1, y1 = end.x + WIDTH / 2, end.y + HEIGHT
    if start.y <= end.y:  # on a circle
        x, y, x1, y1 = start.x + WIDTH, start.y + HEIGHT / 2, end.x + WIDTH, end.y + HEIGHT / 2
        side = max(x, x1) + ACROSS
        return f'<path d="M{x:.1f} {y:.1f} C{side:.1f} {y:.1f} {side:.1f} {y1:.1f} {x1:.1f} {y1:.1f}" {_LINE}/>'
    path = [f"M{x:.1f} {y:.1f}"]
    for lane, upper in lanes:
        path.append(f"{_bend(x, y, lane, upper + HEIGHT)} L{lane:.1f} {upper:.1f}")
        x, y = lane, upper
    path.append(_bend(x, y, x1, y1))
    return f'<path d="{" ".join(path)}" {_LINE}/>'


def _bend(x0: float, y0: float, x1: float, y1: float) -> str:
    """Upright at both ends."""
    half = (y0 - y1) / 2
    return f"C{x0:.1f} {y0 - half:.1f} {x1:.1f} {y1 + half:.1f} {x1:.1f} {y1:.1f}"


_LINE = 'fill="none" stroke="#555555" stroke-width="1.2" marker-end="url(#tip)"'
