"""relucert claims: what is printed, exit codes, JSON, mistakes in one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from relucert.claims.cache import Cache, key_of
from relucert.claims.outcome import Settled, Status
from relucert.cli.main import main
from tests.claims.ledgers import FALSE, OPEN, SINE, VACUOUS, read, written

TEX = "\\title{Sines}\n\\begin{lemma}\\label{lem:sine} Below. \\end{lemma}\n\\begin{lemma} bare \\end{lemma}\n"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELUCERT_CACHE", str(tmp_path / "cache"))


def claims(*arguments: object) -> int:
    return main(["claims", *map(str, arguments)])


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = claims(*arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_a_table_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE + FALSE + OPEN)
    assert claims("check") == 0
    out = capsys.readouterr().out
    assert "sine " in out and "interval" in out and "refuted" in out
    assert "1/3 proved, 1 refuted as declared, 1 open" in out.splitlines()[-1]


def test_what_is_not_as_declared_shows_the_counterexample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, FALSE.replace('expect = "refuted"\n', ""))
    assert claims("check") == 1
    out = capsys.readouterr().out
    assert "x false" in out and "REFUTED" in out and "counterexample   x = " in out and "declared proved" in out
    assert "claims.toml, line 2" in out


def test_an_open_claim_that_is_settled_is_no_silent_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE + 'expect = "open"\n')
    assert claims("check") == 1
    assert 'it is settled now: write expect = "proved"' in capsys.readouterr().out


@pytest.mark.parametrize(("text", "code"), [(VACUOUS, 1), (OPEN, 4), ("", 5), (SINE, 0)])
def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: int) -> None:
    written(tmp_path, text)
    assert claims("check", "--quiet") == code
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_json_says_whose_words_are_whose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE)
    code, found = answer(capsys, "check")
    (claim,) = found["claims"]
    assert (code, found["exit_code"], found["verdict"], found["summary"]) == (0, 0, "as declared", "1/1 proved")
    assert claim["authors_words"] == "The sine lies below the identity."
    assert claim["checkers_words"] == "For all x in [0, 1]: sin(x) <= x."
    assert claim["certificate"]["path"] is None and claim["certificate"]["size"] > 0
    assert not claim["cached"]
    assert answer(capsys, "check")[1]["claims"][0]["cached"]


def test_update_then_frozen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE)
    assert claims("check", "--frozen", "--quiet") == 4
    assert claims("update") == 0
    assert "recorded  sine  certificates/sine.cert.json" in capsys.readouterr().out
    code, found = answer(capsys, "check", "--frozen")
    assert code == 0 and found["claims"][0]["certificate"]["path"] == "certificates/sine.cert.json"
    assert main(["check", "certificates/sine.cert.json"]) == 0


def test_show_has_both_wordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.tex").write_text(TEX)
    written(tmp_path, '[paper]\ntex = "paper.tex"\n' + SINE + 'assumptions = ["Gaussian inputs"]\n')
    assert claims("show", "lem:sine") == 0
    out = capsys.readouterr().out
    author, checker = out.index("in the author's words"), out.index("in the checker's words")
    assert author < out.index("The sine lies below") < checker < out.index("For all x in [0, 1]")
    assert "to be believed   Gaussian inputs (assumed in words)" in out and "paper.tex, line 2" in out


def test_foreign_words_are_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = 'statement = "one\\n::error::two\\u001b[31m\\nverdict          proved"'
    written(tmp_path, OPEN.replace('statement = "It converges."', words))
    assert claims("show", "open") == 0
    out = capsys.readouterr().out
    assert "\n  | ::error::two\\x1b[31m\n  | verdict          proved\n".replace("          ", " ") in out
    assert "\x1b" not in out


def test_what_code_prints_is_not_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "loud_code.py").write_text(
        "import os\ndef run():\n    print('{')\n    os.system('echo {')\n    return True\n"
    )
    written(tmp_path, '[[claim]]\nid = "loud"\nkind = "numeric"\nstatement = "s"\npython = "loud_code:run"\n')
    process = start("check", "--json", "--allow-code")
    out, error = process.communicate(timeout=60)
    assert process.returncode == 3 and json.loads(out)["summary"] == "0/1 proved, 1 numeric"
    assert error.count("{") == 2


def test_why_says_where_it_is_stuck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE + "time = 0.000001\n")
    assert claims("why", "sine") == 4
    out = capsys.readouterr().out
    assert "sine is undecided: " in out and "more time" in out


def test_mistakes_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, arguments, what in (
        (SINE.replace("kind", "kid"), ("check",), "claims.toml, line 5"),
        (SINE, ("show", "sin"), "did you mean sine?"),
        (SINE, ("check", "none.toml"), "there is no ledger"),
        (SINE, ("graph", ".", "none.toml"), "there is no ledger"),
        (SINE, ("check", "x.py"), "--allow-code"),
        (SINE, ("what",), "invalid choice"),
    ):
        written(tmp_path, text)
        assert claims(*arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("relucert: error: ") and error.count("\n") == 1 and what in error


def test_an_unreadable_formula_is_one_claims_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE.replace("<= x", "<= y") + FALSE)
    code, found = answer(capsys, "check")
    assert code == 2 and [claim["verdict"] for claim in found["claims"]] == ["refused", "refuted"]
    assert "line 7" in found["claims"][0]["message"] and "column 11" in found["claims"][0]["message"]


def test_init_writes_a_ledger_that_fits_its_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.tex").write_text(TEX)
    assert claims("init", "paper.tex") == 0
    shown = capsys.readouterr()
    assert "claims.toml: 1 claims for 2 theorems, all open" in shown.out and "paper.tex, line 3" in shown.err
    code, found = answer(capsys, "check")
    assert code == 4 and [finding["rule"] for finding in found["findings"]] == ["theorem-without-label"]
    assert claims("init", "paper.tex") == 2
    assert "already there" in capsys.readouterr().err


def test_latex_and_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, SINE + FALSE + 'depends = "sine"\n')
    assert claims("latex", "-o", "marks.tex", "--quiet") == 0
    assert r"\relucert@claim{lem:sine}{sine}{proved}{interval}" in (tmp_path / "marks.tex").read_text()
    assert claims("graph", "-o", "claims.svg", "--quiet") == 0
    ElementTree.parse(tmp_path / "claims.svg")
    assert claims("graph") == 0
    assert capsys.readouterr().out.startswith("<svg")


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "relucert.cli", "claims", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


SLOW = '[[claim]]\nid = "slow"\nkind = "numeric"\nstatement = "Slow."\npython = "slow_code:run"\n'


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_is_finished_survives_an_interruption(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "slow_code.py").write_text("import time\ndef run():\n    time.sleep(600)\n")
    written(tmp_path, SINE + FALSE + SLOW)
    process = start("update", "--allow-code", "--jobs", "1")
    certificates = [tmp_path / "certificates" / f"{name}.cert.json" for name in ("sine", "false")]
    deadline = time.monotonic() + 60
    while not all(path.exists() for path in certificates) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == (130 if number is signal.SIGINT else -9)
    for path in certificates:
        assert main(["check", str(path), "--quiet"]) == 0
    if number is signal.SIGINT:
        assert "what was finished is kept" in error and "Traceback" not in error
        assert 'certificate = "certificates/sine.cert.json"' in (tmp_path / "claims.toml").read_text()
    # what was found is not searched again
    report = subprocess.run(
        [sys.executable, "-m", "relucert.cli", "claims", "check", "--only", "sine", "--only", "false"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert report.returncode == 0


@pytest.mark.slow
def test_two_runs_at_once_share_a_cache(tmp_path: Path) -> None:
    written(tmp_path, "".join(SINE.replace('"sine"', f'"c{n}"').replace('label = "lem:sine"\n', "").replace(
        "<= x", f"<= x + {n}") for n in range(30)))  # fmt: skip
    both = [start("check", "--json", "--jobs", "2") for _ in range(2)]
    for process in both:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0 and json.loads(out)["summary"] == "30/30 proved"
    entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(entries) >= 30
    for path in entries:
        assert Cache(tmp_path / "cache").get(path.parent.name + path.stem) is not None


@pytest.mark.slow
def test_five_hundred_known_claims_load_no_heavy_library(tmp_path: Path) -> None:
    text = "".join(
        SINE.replace('"sine"', f'"c{n}"').replace('label = "lem:sine"\n', "").replace("<= x", f"<= x + {n}")
        for n in range(500)
    )
    store = Cache(tmp_path / "cache")
    for claim in read(tmp_path, text).claims:
        store.put(key_of(claim) or "", Settled(Status.PROVED, "words", grade="exact"))
    code = "import sys; from relucert.cli.main import main; code = main(['claims', 'check', '--quiet'])\n"
    code += "loaded = {'numpy', 'scipy', 'sympy', 'mpmath', 'relucert.certify.search'} & set(sys.modules)\n"
    code += "sys.exit(code or len(loaded))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout == "500/500 proved\n"  # no heavy library was loaded
