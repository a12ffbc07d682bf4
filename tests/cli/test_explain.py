"""`relucert explain` from the command line: files, streams and errors."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from relucert.cli.main import main
from tests.certify.check.build import text_of
from tests.certify.check.catalogue import CATALOGUE


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "net.cert.json"
    path.write_text(text_of(CATALOGUE["cone_cover_with_split"]), encoding="ascii")
    return path


def test_markdown_goes_to_stdout(certificate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(certificate)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# How far from the global optimum?")
    assert "## Why the gap is what it is" in out


def test_html_beside_its_picture(certificate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, picture = certificate.with_name("report.html"), certificate.parent / "pictures" / "dual.svg"
    picture.parent.mkdir()
    assert main(["explain", str(certificate), "-o", str(report), "--plot", str(picture)]) == 0
    assert capsys.readouterr().out == ""
    assert 'src="pictures/dual.svg"' in report.read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("ending", ["md", "html"])
def test_names_with_spaces_are_linked(ending: str, certificate: Path) -> None:
    report, picture = certificate.with_name(f"my report.{ending}"), certificate.with_name("dual, ν & w.svg")
    assert main(["explain", str(certificate), "-o", str(report), "--plot", str(picture)]) == 0
    assert "dual%2C%20%CE%BD%20%26%20w.svg" in report.read_text(encoding="utf-8")


def test_the_picture_is_found_wherever_stdout_is_saved(
    certificate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = certificate.parent / "some pictures"
    folder.mkdir()
    monkeypatch.chdir(certificate.parent)
    assert main(["explain", certificate.name, "--plot", f"{folder.name}/dual.svg"]) == 0
    link = re.search(r"!\[[^]]*\]\((.*)\)", capsys.readouterr().out)
    assert link is not None
    assert Path(url2pathname(urlsplit(link[1]).path)) == folder / "dual.svg"


def test_json_is_one_object(certificate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(certificate), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["claim"]["lower_bound_exact"] == "7"
    assert summary["proofs"]["total"]["trees"] == 8


def test_gzipped_certificate_tells_the_same(certificate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", str(certificate), "--json"])
    plain = json.loads(capsys.readouterr().out)
    packed = certificate.with_name("net.cert.json.gz")
    packed.write_bytes(gzip.compress(certificate.read_bytes()))
    assert main(["explain", str(packed), "--json"]) == 0
    unpacked = json.loads(capsys.readouterr().out)
    assert unpacked["certificate"].pop("text_bytes") == plain["certificate"].pop("text_bytes")
    assert unpacked.pop("certificate") != plain.pop("certificate")
    assert unpacked == plain


@pytest.mark.parametrize("text", ["", "{}", '{"format":"relucert-certificate","version":1}'])
def test_an_invalid_certificate_is_not_explained(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="ascii")
    assert main(["explain", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "not a valid certificate" in captured.err
    assert captured.err.count("\n") == 1


def test_a_bound_that_is_too_high_is_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(text_of(CATALOGUE["cone_cover_with_split"]))
    value["claim"]["lower_bound"] = "8"
    path = tmp_path / "high.json"
    path.write_text(text_of(value), encoding="ascii")
    assert main(["explain", str(path)]) == 2
    assert "dual_value, S5" in capsys.readouterr().err


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path / "none.json")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_unknown_picture_format(certificate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(certificate), "--plot", str(certificate.with_name("dual.bmp"))]) == 2
    assert "use .svg or .png" in capsys.readouterr().err
