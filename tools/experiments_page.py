"""Put what the experiments printed into docs/experiments.md, and make their figures smaller.

`make experiments` runs `relucert descend NAME` for every name and keeps its output as docs/figures/NAME.txt and its
plot as docs/figures/NAME.png.  In the page a block that begins with `$ relucert descend NAME` is filled with that
output, lines broken at 110 characters; the text round the blocks is written by hand.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCK = re.compile(r"^```console\n\$ relucert descend ([a-z-]+)\n.*?^```$", re.MULTILINE | re.DOTALL)
WIDTH = 110
COLOURS = 256  # of a figure's palette, as many as PNG allows


def block(name: str, printed: str) -> str:
    """The fenced block for one experiment; continued lines are indented."""
    lines = [
        textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for line in printed.splitlines()
    ]
    return "\n".join(["```console", f"$ relucert descend {name}", *lines, "```"])


def filled(page: str, figures: Path) -> str:
    """The page with all its blocks filled from figures/NAME.txt."""
    return BLOCK.sub(lambda found: block(found[1], (figures / f"{found[1]}.txt").read_text(encoding="utf-8")), page)


def shrink(figure: Path) -> None:
    """Give the picture a palette, which takes a third of the bytes; one that has a palette is left as it is."""
    from PIL import Image  # comes with matplotlib

    with Image.open(figure) as picture:
        if picture.mode == "P":
            return
        # maximum coverage keeps the colours of small marks; the default, median cut, does not
        small = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(figure, optimize=True)


def main() -> None:
    """Rewrite the page and the figures."""
    path, figures = DOCS / "experiments.md", DOCS / "figures"
    path.write_text(filled(path.read_text(encoding="utf-8"), figures), encoding="utf-8")
    for figure in sorted(figures.glob("*.png")):
        shrink(figure)


if __name__ == "__main__":
    main()
