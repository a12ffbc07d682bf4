"""Put the tables of problems, reductions and families into docs/reductions.md, and the graph into docs/images.

`make reductions` runs this; the text round the tables is written by hand.  A test compares what is there with what this
writes.
"""

from __future__ import annotations

import re
from pathlib import Path

from relucert.reductions.families import FAMILIES
from relucert.reductions.graph import PROBLEMS, REDUCTIONS, as_svg

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, PICTURE = DOCS / "reductions.md", DOCS / "images" / "reductions.svg"
TABLE = re.compile(r"(?<=<!-- )(problems|reductions|families)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def problems() -> str:
    """One row per problem."""
    rows = [f"| `{problem.name}` | {_cell(problem.question)} |" for problem in PROBLEMS]
    return "\n".join(["| problem | question |", "|---|---|", *rows, ""])


def reductions() -> str:
    """One row per reduction: from where to where, bounds on sizes, marks, source."""
    rows = []
    for link in REDUCTIONS:
        bounds = "; ".join(f"{name} ≤ {bound}" for name, bound in link.size_bound.items())
        marks = ", ".join(["one to one"] * link.parsimonious + ["proofs of NO"] * link.refutes)
        ends = f"`{link.source.name}` → `{link.target.name}`"
        rows.append(f"| `{link.name}` | {ends} | {_cell(bounds)} | {marks} | {_cell(link.citation)} |")
    head = "| reduction | from, to | size of the target | marks | source |"
    return "\n".join([head, "|---|---|---|---|---|", *rows, ""])


def families() -> str:
    """One row per family."""
    rows = [f"| `{family.syntax}` | {_cell(family.about)} |" for family in FAMILIES]
    return "\n".join(["| `--instance` | what it is, and what is known |", "|---|---|", *rows, ""])


def filled(page: str) -> str:
    """The page with its tables."""
    tables = {"problems": problems, "reductions": reductions, "families": families}
    return TABLE.sub(lambda found: found[1] + found[2] + tables[found[1]](), page)


def _cell(text: str) -> str:
    """Text that cannot end a cell or become emphasis."""
    return text.replace("|", "\\|").replace("*", "·").replace("<", "&lt;")


def main() -> None:
    """Rewrite the page and the picture."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(as_svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
