"""relucert prove: verdicts, exit codes, certificates, mistakes that are explained."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import pytest

from relucert.certify.search.formula_proof import Undecided
from relucert.cli.main import main
from relucert.cli.output import ExitCode


def prove(*arguments: object) -> int:
    return main(["prove", *map(str, arguments)])


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = prove(*arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_a_proof_is_printed_and_its_certificate_replays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "g.json"
    assert prove("G(t) >= 0", "--for", "t in [0, pi]", "-o", path) == ExitCode.PROVED
    text = capsys.readouterr().out
    assert text.startswith("For all t in [0, pi]: ")
    assert "\nPROVED\n" in text
    assert "grade           interval" in text
    assert main(["check", str(path)]) == ExitCode.PROVED
    assert "VALID" in capsys.readouterr().out


def test_a_refutation_has_an_exact_counterexample(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("x^2 >= x", "--for", "x in [0, 2]") == ExitCode.REFUTED
    assert "\ncounterexample  x = " in capsys.readouterr().out
    code, found = answer(capsys, "x^2 >= x", "--for", "x in [0, 2]")
    assert (code, found["verdict"]) == (ExitCode.REFUTED, "refuted")
    assert set(found["witness"]) == {"x"}


def test_a_claim_about_nothing_is_vacuous(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answer(capsys, "x > 5", "--for", "x in [0, 1]", "--where", "x > 2")
    assert (code, found["verdict"]) == (ExitCode.REFUTED, "vacuous")


def test_undecided_says_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "exp(sin(x*y)) + x >= y",
        "--for",
        "x in [0, 1]",
        "--for",
        "y in [0, 1]",
        "--nodes",
        "1",
        "--time",
        "20",
    ]
    code, found = answer(capsys, *arguments)
    if found["verdict"] == "undecided":
        assert code == ExitCode.UNDECIDED
        assert found["reason"]
        assert prove(*arguments) == ExitCode.UNDECIDED
        assert "UNDECIDED: " in capsys.readouterr().out
    else:
        assert found["verdict"] == "proved"


def test_the_exact_grade_does_not_take_rounded_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answer(capsys, "exp(x) > 1/2", "--for", "x in [0, 1]", "--grade", "exact")
    assert (code, found["verdict"], found["grade"]) == (ExitCode.UNDECIDED, "undecided", "interval")
    code, found = answer(capsys, "cos(x)^2 + sin(x)^2 = 1", "--for", "x in [0, 1]", "--grade", "exact")
    assert (code, found["verdict"], found["grade"]) == (ExitCode.PROVED, "proved", "exact")


MOTZKIN = ("x^4*y^2 + x^2*y^4 + z^6 >= 3*x^2*y^2*z^2", "--for", "x, y, z real")


def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends without an answer, in an infinite cell."""
    everywhere = ((-inf, inf),) * 3
    outcome = Undecided("the limit of nodes is reached", -inf, everywhere, (0.0, (1.0, 1.0, 1.0)))
    monkeypatch.setattr("relucert.certify.search.formula_proof.search_formula", lambda *_, **__: outcome)


def test_a_solver_is_asked_when_that_is_wanted_and_its_word_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("z3")
    undecided(monkeypatch)
    path = tmp_path / "motzkin.json"
    code, found = answer(capsys, *MOTZKIN, "--grade", "smt", "-o", path)
    assert (code, found["verdict"], found["grade"]) == (ExitCode.MODULO, "proved", "smt")
    assert found["certificate"] is None
    assert found["witness"] == {"x": "0", "y": "0", "z": "0"}
    assert ("z3", "unsat") in [(oracle["solver"], oracle["answer"]) for oracle in found["oracles"]]
    assert not path.exists()
    assert prove(*MOTZKIN, "--grade", "smt", "--quiet") == ExitCode.MODULO
    assert capsys.readouterr().out.startswith("PROVED modulo z3")
    assert prove(*MOTZKIN, "--grade", "smt") == ExitCode.MODULO
    assert "nothing can be replayed, there is no certificate" in capsys.readouterr().out


def test_infinite_numbers_of_an_undecided_claim_are_null(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    undecided(monkeypatch)
    code, found = answer(capsys, *MOTZKIN)
    assert code == ExitCode.UNDECIDED
    assert found["where"] == {"x": [None, None], "y": [None, None], "z": [None, None]}
    assert found["margin"] is None


def test_a_certificate_is_better_than_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("z3")
    code, found = answer(capsys, "cos(x)^2 + sin(x)^2 = 1", "--for", "x in [0, 1]", "--grade", "smt")
    assert (code, found["verdict"], found["grade"]) == (ExitCode.PROVED, "proved", "exact")


def test_no_solver_is_one_line_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("relucert.certify.search.formula_smt.installed", tuple)
    assert prove("x > 0", "--for", "x in [0, 1]", "--grade", "smt") == ExitCode.INPUT_ERROR
    assert "pip install 'relucert[smt]'" in capsys.readouterr().err


def test_quiet_prints_the_verdict_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("x > -1", "--for", "x in [0, 1]", "--quiet") == ExitCode.PROVED
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("PROVED\n", "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("x > ", "--for", "x in [0, 1]"), "conclusion, column 5"),
        (("x > y", "--for", "x in [0, 1]"), "unknown name 'y'"),
        (("x > 0", "--for", "x in [2, 1]"), "(range, column"),
        (("x > 0", "--for", "x in [0, 1]", "--where", "x >"), "(condition, column 4)"),
        (("x > 0", "--for", "x in [0, 1]", "--time", "0"), "--time"),
        (("x > 0", "--for", "x in [0, 1]", "-o", "/nowhere/c.json"), "/nowhere"),
        (("(" * 100_000 + "x" + ")" * 100_000 + " > 0 +", "--for", "x in [0, 1]"), "conclusion"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove(*arguments) == ExitCode.INPUT_ERROR
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert expected in printed.err
    assert len(printed.err) < 400
