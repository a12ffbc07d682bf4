"""docs/reductions.md and its picture are what the sources say now, and its example runs."""

from __future__ import annotations

import re
import runpy
from typing import Any

from relucert.reductions.families import FAMILIES
from relucert.reductions.graph import PROBLEMS, REDUCTIONS, as_svg
from tests.house.tree import ROOT

TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "reductions_page.py"))
PAGE = (ROOT / "docs" / "reductions.md").read_text(encoding="utf-8")


def test_tables_are_current() -> None:
    assert TOOL["filled"](PAGE) == PAGE
    assert TOOL["filled"](PAGE.replace("Karp 1972", "Krap 1972")) == PAGE


def test_tables_hold_everything() -> None:
    for name in (*(kind.name for kind in (*PROBLEMS, *REDUCTIONS)), *(family.syntax for family in FAMILIES)):
        assert f"\n| `{name}` |" in PAGE


def test_the_picture_is_current() -> None:
    assert (ROOT / "docs" / "images" / "reductions.svg").read_text(encoding="utf-8") == as_svg()


def test_the_example_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    assert names["network"].size()["p"] == 39
