"""docs/trusted_base.md lists the trusted files, all of them and no others."""

from __future__ import annotations

import re

from tests.house.test_trusted_base import DECISION_LINE_BUDGET, LINE_BUDGET, REAL_LINE_BUDGET
from tests.house.tree import ROOT, trusted_files

TEXT = (ROOT / "docs" / "trusted_base.md").read_text(encoding="utf-8")


def test_every_trusted_file_is_described() -> None:
    rows = "".join(line for line in TEXT.splitlines() if line.startswith("| `certify/"))
    listed = re.findall(r"`(certify/[\w/]+\.py)`", rows)
    assert sorted(listed) == sorted(path.as_posix() for path in trusted_files() if (ROOT / path).stat().st_size)


def test_the_budget_is_the_one_that_is_kept() -> None:
    assert f"at most {LINE_BUDGET} lines" in TEXT
    assert f"at most {REAL_LINE_BUDGET} more in `certify/formula.py`" in TEXT
    assert f"at most {DECISION_LINE_BUDGET} in `certify/non_overlap.py`" in TEXT
