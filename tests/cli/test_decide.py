"""relucert decide, push, pull, and check of what they write: answers with evidence, or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from relucert.cli.main import main
from relucert.cli.output import ExitCode

YES = "p cnf 3 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 3 0\n"
NO = "p cnf 2 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 0\n"


def run(*arguments: object) -> int:
    return main([*map(str, arguments)])


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = run(*arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


@pytest.fixture
def formulas(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "yes.cnf", tmp_path / "no.cnf"
    for path, text in zip(paths, (YES, NO), strict=True):
        path.write_text(text)
    return paths


def test_a_yes_has_a_witness_of_the_source(
    formulas: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "yes.json"
    code, found = answer(capsys, "decide", formulas[0], "-o", kept)
    assert (code, found["answer"], found["certificate"]) == (0, "yes", str(kept))
    assert found["witness"] == [1, 2, 3]
    code, checked = answer(capsys, "check", kept)
    assert (code, checked["verdict"], checked["answer"]) == (0, "VALID", "yes")
    code, pulled = answer(capsys, "pull", kept)
    assert (code, pulled["witness"]) == (0, [1, 2, 3])


def test_a_no_has_a_certificate_about_the_network(
    formulas: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "no.json"
    code, found = answer(capsys, "decide", formulas[1], "-o", kept)
    assert (code, found["answer"], found["witness"]) == (0, "no", None)
    assert [link["name"] for link in found["reductions"]] == ["direct"]
    assert answer(capsys, "check", kept)[1]["answer"] == "no"
    # the same evidence for another formula is refused: the path is derived anew
    text = kept.read_text().replace("[-1,-2]", "[-1,-2,1]")
    kept.write_text(text)
    code, checked = answer(capsys, "check", kept)
    assert (code, checked["verdict"]) == (1, "INVALID") and "instance 1 is not" in checked["reason"]


def test_a_bundle_is_decided_and_the_certificate_of_another_network_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundles = {}
    for n in (8, 9, 10):
        path = tmp_path / f"{n}.json"
        assert run("reduce", "--instance", f"vdw:3,3,{n}", "--to", "k-non-overlap", "-o", path) == 0
        bundles[n] = path
    capsys.readouterr()
    assert run("check", bundles[9]) == ExitCode.NOTHING_TO_CHECK
    assert "nothing to check" in capsys.readouterr().out
    kept = {n: tmp_path / f"{n}.decided.json" for n in bundles}
    assert [answer(capsys, "decide", bundles[n], "-o", kept[n])[1]["answer"] for n in bundles] == ["yes", "no", "no"]
    assert [run("check", kept[n], "--quiet") for n in bundles] == [0, 0, 0]
    assert [run("check", kept[9], "--problem", bundles[n], "--quiet") for n in bundles] == [
        ExitCode.PROVED if n == 9 else ExitCode.REFUTED for n in bundles
    ]
    network = tmp_path / "network.json"
    network.write_text(json.dumps(json.loads(kept[9].read_text())["path"][-1]))
    assert run("check", kept[9], "--problem", network, "--quiet") == ExitCode.PROVED
    assert run("check", kept[9], "--data", network, "--quiet") == ExitCode.INPUT_ERROR
    capsys.readouterr()
    parts = {n: json.loads(kept[n].read_text()) for n in kept}
    exchanged = tmp_path / "exchanged.json"
    exchanged.write_text(json.dumps({**parts[10], "certificate": parts[9]["certificate"]}))
    code, checked = answer(capsys, "check", exchanged)
    assert (code, checked["verdict"]) == (1, "INVALID") and "another network" in checked["reason"]
    exchanged.write_text(json.dumps({**parts[9], "witness": {"at": 0, "value": [0] * 9}}))
    assert "no witness" in answer(capsys, "check", exchanged)[1]["reason"]


def test_a_network_alone_gets_a_certificate_for_the_stand_alone_checker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from relucert.certify.check.real.door import check_any

    network, kept = tmp_path / "network.json", tmp_path / "cert.json"
    network.write_text('{"patches": [[["1/2", 0], [0, 0.25]], [[1, 1], [1, 1]]], "labels": ["1/3", 0]}')
    code, found = answer(capsys, "decide", network, "-o", kept)
    assert code == 0 and found["answer"] in ("yes", "no")
    assert check_any(kept.read_bytes()).valid
    assert answer(capsys, "check", kept)[1]["answer"] == found["answer"]


def test_undecided_is_no_success_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "cert.json"
    arguments = ("decide", "--instance", "ramsey:4,4,18", "--time", 0.001, "-o", kept)
    code, found = answer(capsys, *arguments)
    assert (code, found["answer"], found["certificate"]) == (ExitCode.UNDECIDED, "undecided", None)
    assert found["reason"] and not kept.exists()


def test_witnesses_are_pushed_and_wrong_ones_refused(
    formulas: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, model, pushed = tmp_path / "b.json", tmp_path / "model.txt", tmp_path / "p.json"
    assert run("reduce", formulas[0], "--to", "k-non-overlap", "--via", "cnf-to-nae", "-o", bundle) == 0
    model.write_text("c a solver's answer\ns SATISFIABLE\nv 1 2\nv 3 0\n")
    capsys.readouterr()
    code, found = answer(capsys, "push", bundle, model, "-o", pushed)
    assert (code, found["problem"]) == (0, "k-non-overlap")
    assert run("check", pushed, "--quiet") == 0
    capsys.readouterr()
    assert answer(capsys, "pull", pushed)[1]["witness"] == [1, 2, 3]
    model.write_text("[1, -2, 3]")
    code, found = answer(capsys, "push", bundle, model)
    assert (code, found["witness"]) == (ExitCode.REFUTED, None)
    model.write_text("[1, 2]")
    assert run("push", bundle, model) == ExitCode.INPUT_ERROR
    assert run("push", formulas[0], model) == ExitCode.INPUT_ERROR
    assert run("pull", bundle) == ExitCode.INPUT_ERROR
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3 and not any("internal" in line for line in errors)


def test_an_edited_path_carries_nothing(
    formulas: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "b.json"
    assert run("reduce", formulas[0], "--to", "k-non-overlap", "-o", bundle) == 0
    bundle.write_text(bundle.read_text().replace("[-1,-2,3]", "[-1,-2,-3]"))
    model = tmp_path / "model.json"
    model.write_text("[1, 2, -3]")
    capsys.readouterr()
    assert run("push", bundle, model) == ExitCode.INPUT_ERROR
    assert "instance 1 is not what direct makes" in capsys.readouterr().err


def test_backends_are_listed_when_the_name_is_unknown(
    formulas: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("decide", formulas[0], "--backend", "oracle") == ExitCode.INPUT_ERROR
    assert "hybrid" in capsys.readouterr().err


def test_quiet_is_the_answer_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "--instance", "fano", "--quiet"]) == ExitCode.PROVED
    assert capsys.readouterr() == ("no\n", "")
