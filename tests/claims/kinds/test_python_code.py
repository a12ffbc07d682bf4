"""Functions of the author's: certificates and formulas are checked, samples prove nothing, the rest is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.kinds import python_code
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Status
from relucert.claims.settle import How, settle
from tests.claims.ledgers import claim

CODE = """
from relucert.claims import formula

def sampled():
    return True

def wrong():
    return False

def sine():
    return formula("sin(x) <= x", "x in [0, 1]")

def certificate():
    from relucert.certify.language.parse import parse_claim
    from relucert.certify.search.formula_proof import search_formula
    return search_formula(parse_claim("x <= 2", ["x in [0, 1]"])).certificate

def forged():
    return b'{"format": "relucert-certificate"}'

def number():
    return 1

def broken():
    raise ValueError("no\\nway")

value = 3
"""


def entry(folder: Path, name: str, kind: str = "inequality") -> Claim:
    (folder / "author_code.py").write_text(CODE)
    return claim(folder, f'[[claim]]\nid = "a"\nkind = "{kind}"\nstatement = "w"\npython = "author_code:{name}"\n')


@pytest.mark.parametrize(
    ("name", "status", "grade"),
    [
        ("sampled", Status.NUMERIC, "numeric"),
        ("wrong", Status.FAILED, "numeric"),
        ("sine", Status.PROVED, "interval"),
        ("certificate", Status.PROVED, ""),
        ("forged", Status.INVALID, ""),
        ("broken", Status.FAILED, ""),
    ],
)
def test_what_a_function_returns_is_judged(tmp_path: Path, name: str, status: Status, grade: str) -> None:
    found = python_code.settle(entry(tmp_path, name))
    assert found.status is status
    assert not grade or found.grade == grade
    assert "\n" not in found.message


def test_true_is_no_proof_whatever_the_kind(tmp_path: Path) -> None:
    assert python_code.settle(entry(tmp_path, "sampled", "inequality")).status is Status.NUMERIC


@pytest.mark.parametrize(("name", "what"), [("number", "returned a int"), ("value", "no function"), ("no", "no")])
def test_what_makes_no_sense_is_refused(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what):
        python_code.settle(entry(tmp_path, name))


def test_code_is_not_run_without_leave(tmp_path: Path) -> None:
    one = entry(tmp_path, "sampled")
    (tmp_path / "author_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n" + CODE)
    for frozen in (False, True):
        found = settle(one, How(frozen=frozen))
        assert found.status is Status.REFUSED and found.cure == "allow it with --allow-code"
    assert not (tmp_path / "ran").exists()
    assert settle(one, How(allow_code=True)).status is Status.NUMERIC
    assert (tmp_path / "ran").exists()


def test_modules_of_one_name_beside_two_ledgers(tmp_path: Path) -> None:
    for name, answer in (("one", "True"), ("two", "False")):
        folder = tmp_path / name
        folder.mkdir()
        one = entry(folder, "sampled")
        (folder / "author_code.py").write_text(f"def sampled():\n    return {answer}\n")
        assert python_code.settle(one).status is (Status.NUMERIC if answer == "True" else Status.FAILED)


def test_a_recorded_certificate_must_be_what_the_function_says(tmp_path: Path) -> None:
    sine, other = entry(tmp_path, "sine"), entry(tmp_path, "certificate")
    data, bytes_of_other = python_code.settle(sine).certificate, python_code.settle(other).certificate
    assert data is not None and bytes_of_other is not None
    assert python_code.replay(sine, data).status is Status.PROVED
    assert python_code.replay(sine, bytes_of_other).status is Status.DRIFTED
    assert python_code.replay(other, bytes_of_other).status is Status.PROVED
    assert python_code.replay(other, data).status is Status.DRIFTED
