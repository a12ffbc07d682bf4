"""Claims as decorated functions: the keys are those of a ledger, the code runs only with leave."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from relucert.claims import LedgerError, check_ledgers, claim, formula
from relucert.claims.decorator import ATTRIBUTE, read_module

CODE = '''"""Claims in code.

More."""
from relucert.claims import claim, formula

@claim("sine", kind="inequality", statement="Below.", label="lem:sine", time=0.5)
def sine():
    return formula("sin(x) <= x", "x in [0, 1]")

@claim("false", kind="inequality", statement="Far below.", expect="refuted")
def wrong():
    return formula("sin(x) <= x/2", "x in [0, 1]", where=["x >= 0"], let=["a = 1"])

@claim("sampled", kind="numeric", statement="Seen.", depends=["sine"])
def sampled():
    return True
'''


def test_a_module_is_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "decorated_claims.py"
    path.write_text(CODE)
    with pytest.raises(LedgerError, match="is run to be read"):
        check_ledgers([path])
    report = check_ledgers([path], allow_code=True)
    assert [(one.claim.id, one.verdict) for one in report.outcomes] == [
        ("sine", "proved"), ("false", "refuted"), ("sampled", "numeric"),
    ]  # fmt: skip
    assert report.exit_code == 3 and report.ledgers[0].title == "Claims in code."
    sine = report.outcomes[0].claim
    assert (sine.label, sine.time, sine.place.line, sine.python) == (
        "lem:sine", Fraction(1, 2), 6, "decorated_claims:sine",
    )  # fmt: skip


def test_a_decorated_function_is_called_as_before() -> None:
    @claim("a", kind="numeric", statement="s")
    def answer() -> bool:
        return True

    assert answer() is True and getattr(answer, ATTRIBUTE).id == "a"


def test_decimals_are_what_they_show() -> None:
    @claim("a", kind="numeric", statement="s", time=0.1)
    def answer() -> bool:
        return True

    assert getattr(answer, ATTRIBUTE).time == Fraction(1, 10)


@pytest.mark.parametrize(
    ("keys", "what"),
    [({"statment": "s"}, "unknown key"), ({"expect": "yes"}, "not one of"), ({"time": -1}, "out of range")],
)
def test_wrong_keys_are_refused_at_once(keys: dict[str, object], what: str) -> None:
    with pytest.raises(LedgerError, match=what):
        claim("a", kind="numeric", statement="s", **keys)(lambda: True)


@pytest.mark.parametrize(
    ("code", "what"),
    [("def (", "SyntaxError"), ("import no_such_module", "ModuleNotFoundError"), ("1/0", "ZeroDivisionError"),
     (CODE + CODE.replace("def sine", "def other"), "the id")],
)  # fmt: skip
def test_a_module_that_cannot_be_read(tmp_path: Path, code: str, what: str) -> None:
    path = tmp_path / "broken_claims.py"
    path.write_text(code)
    with pytest.raises(LedgerError, match=what) as caught:
        read_module(path)
    assert "\n" not in str(caught.value)


def test_formulas_keep_their_parts() -> None:
    said = formula("x <= y", "x in [0, 1]", "y > 2", where=["x > 0"], let=["z = 1"])
    assert (said.prove, said.ranges, said.where, said.let) == (
        "x <= y",
        ("x in [0, 1]", "y > 2"),
        ("x > 0",),
        ("z = 1",),
    )
