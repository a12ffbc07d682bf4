"""Ledgers that mean harm: refused with a reason, one line, nothing outside touched, nothing run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from relucert.claims.as_json import report_json
from relucert.claims.errors import LedgerError
from relucert.claims.graph import graph_of
from relucert.claims.graph_svg import svg
from relucert.claims.latex import macros
from relucert.claims.outcome import Status
from relucert.claims.run import check_ledgers
from tests.claims.ledgers import SINE, written

TIMES = 'kind = "inequality"\nstatement = "s"\n'


@pytest.mark.parametrize(
    "name", ["/etc/hostname", "../secret.json", "a/../../secret.json", "link.json", "pipe", "/dev/zero"]
)
@pytest.mark.parametrize("key", ["certificate", "model", "data"])
def test_paths_that_lead_out(tmp_path: Path, name: str, key: str) -> None:
    import os

    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.json").write_text('{"secret": 1}')
    (home / "link.json").symlink_to(tmp_path / "secret.json")
    os.mkfifo(home / "pipe")
    if key == "certificate":
        text = f'[[claim]]\nid = "a"\n{TIMES}certificate = "{name}"\nsha256 = "{"0" * 64}"\n'
    else:
        paths = {"model": "m.npz", "data": "d.csv", key: name}
        text = (
            f'[[claim]]\nid = "a"\nkind = "training-gap"\nstatement = "s"\nmodel = "{paths["model"]}"\n'
            f'data = "{paths["data"]}"\noptions = {{ weight_decay = 1, gap = 0.1 }}\n'
        )
    report = check_ledgers([written(home, text)])
    outcome = report.outcomes[0]
    assert outcome.status is Status.REFUSED and report.exit_code == 2
    assert "secret" not in json.dumps(report_json(report)).replace("secret.json", "")


@pytest.mark.parametrize("size", [100_001, 3_000_000])
def test_expressions_of_any_size_are_refused_by_their_length(tmp_path: Path, size: int) -> None:
    with pytest.raises(LedgerError, match="characters"):
        check_ledgers([written(tmp_path, SINE.replace("sin(x) <= x", "x+" * (size // 2) + "x"))])


def test_a_ledger_of_a_gigabyte_is_refused_by_its_size(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    with pytest.raises(LedgerError, match="at most 4 MB"):
        check_ledgers([path])


@pytest.mark.parametrize(
    "formula",
    ["(" * 40_000 + "x" + ")" * 40_000 + " <= 1", "-" * 90_000 + "x <= 1", "x^(10^9) <= 1", "9" * 90_000 + " <= x",
     "exp(" * 9_000 + "x" + ")" * 9_000 + " <= 1", "x" + "^2" * 40_000 + " <= 1", "not " * 20_000 + "x <= 1"],
    ids=["brackets", "minus", "power", "digits", "towers", "powers", "not"],
)  # fmt: skip
def test_formulas_that_are_bombs_end(tmp_path: Path, formula: str) -> None:
    text = SINE.replace("sin(x) <= x", formula) + "time = 1\n"
    outcome = check_ledgers([written(tmp_path, text)]).outcomes[0]
    assert outcome.status in (Status.REFUSED, Status.UNDECIDED, Status.REFUTED, Status.PROVED)
    assert "\n" not in outcome.settled.message and len(outcome.settled.message) < 1000


def test_code_is_not_run_and_not_even_imported(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\ndef run():\n    return True\n")
    text = '[[claim]]\nid = "a"\nkind = "numeric"\nstatement = "s"\npython = "evil:run"\n'
    for frozen in (False, True):
        report = check_ledgers([written(tmp_path, text)], frozen=frozen)
        assert report.outcomes[0].status is Status.REFUSED and report.exit_code == 2
        assert "--allow-code" in report.outcomes[0].settled.cure
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["os:getpid()", "os.system:x y", "../evil:run", ":run", "evil:"])
def test_names_of_code_have_a_shape(tmp_path: Path, name: str) -> None:
    text = f'[[claim]]\nid = "a"\nkind = "numeric"\nstatement = "s"\npython = "{name}"\n'
    with pytest.raises(LedgerError, match="shape"):
        check_ledgers([written(tmp_path, text)], allow_code=True)


def test_a_gzip_bomb_as_a_certificate_is_refused(tmp_path: Path) -> None:
    import gzip

    from relucert.claims.files import sha256

    data = gzip.compress(b" " * (1 << 24))
    (tmp_path / "bomb.json.gz").write_bytes(data)
    text = f'[[claim]]\nid = "a"\n{TIMES}certificate = "bomb.json.gz"\nsha256 = "{sha256(data)}"\n'
    assert check_ledgers([written(tmp_path, text)]).outcomes[0].status is Status.INVALID


def test_words_of_strangers_stay_words(tmp_path: Path) -> None:
    words = "<script>alert(1)</script>\\\\input{/etc/passwd}\\u001b[31m\\n::error::x"
    text = f'[[claim]]\nid = "a"\nkind = "inequality"\nstatement = "{words}"\nexpect = "open"\nnote = "{words}"\n'
    report = check_ledgers([written(tmp_path, text)])
    picture = svg(graph_of(report.ledgers[0], report.outcomes), words)
    assert "<script" not in picture
    assert r"\input{/etc" not in macros(report)


def test_many_claims_are_refused(tmp_path: Path) -> None:
    text = "".join(f'[[claim]]\nid = "c{n}"\n' for n in range(10_001))
    with pytest.raises(LedgerError, match="at most 10000"):
        check_ledgers([written(tmp_path, text)])
