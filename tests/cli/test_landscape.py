"""relucert landscape and the replay of its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relucert.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("landscape") / "leaky"
    settings = ["k=2", "alpha=1/5", "delta=1/2"]
    assert main(["landscape", "leaky", "--set", *settings, "--quiet", "-o", str(place)]) == 0
    return place


def copied(folder: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_the_index_says_what_is_proved(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())
    assert (index["format"], index["verdict"], index["model"]) == ("relucert-landscape", "proved", "leaky")
    every, one = index["theorems"]
    assert every["name"] == "every-k"
    assert one["setting"] == {"k": "2", "alpha": "1/5"}
    (point,) = one["points"]
    assert (point["kind"], point["loss"], point["proved"]) == ("global minimum", ["0", "0"], True)
    low, high = point["box"]["r"]
    assert float(low) < 1 < float(high)
    (bound,) = [part["bound"] for part in one["parts"] if part["name"] == "gradient"]
    assert bound is not None


def test_check_replays_the_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("VALID: ")
    assert main(["check", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "VALID"


def edited(folder: Path, tmp_path: Path, change: Callable[[Any], object]) -> Path:
    other = copied(folder, tmp_path)
    index = json.loads((other / "index.json").read_text())
    change(index)
    (other / "index.json").write_text(json.dumps(index))
    return other


def checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = main(["check", str(folder), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_index_names_what_each_sentence_needs(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())
    assert index["settings"] == {"k": ["2"], "alpha": ["1/5"], "delta": ["1/2"]}
    first, second = index["theorems"][1]["says"]
    assert {"slope-across", "push", "teacher"} <= set(first["needs"])
    assert (second["needs"], second["points"]) == (["gradient"], [])


def test_all_sentences_are_complete(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = checked(folder, capsys)
    assert (code, found["verdict"]) == (0, "VALID")
    assert [sentence["lacks"] for sentence in found["sentences"]] == [[], [], []]


def test_a_part_that_the_index_leaves_out(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that is listed is valid, but sentences need more, whatever the index says that they need."""

    def change(index: Any) -> None:
        parts = index["theorems"][1]["parts"]
        index["theorems"][1]["parts"] = [part for part in parts if part["name"] != "gradient"]
        index["theorems"][1]["says"][1]["needs"] = []

    code, found = checked(edited(folder, tmp_path, change), capsys)
    assert (code, found["verdict"]) == (4, "INCOMPLETE")
    assert [sentence["lacks"] for sentence in found["sentences"]] == [[], [], ["gradient"]]


def test_an_invalid_part_leaves_its_sentences_incomplete(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copied(folder, tmp_path)
    (other / "every-k" / "sine.json").unlink()
    code, found = checked(other, capsys)
    assert (code, found["verdict"]) == (1, "INVALID")
    assert [sentence["lacks"] for sentence in found["sentences"]] == [["sine"], ["sine"], []]


def test_a_claim_that_is_not_the_models(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A true claim under another part's name, named by its hash in the index, too."""

    def change(index: Any) -> None:
        sine, pull = (next(p for p in index["theorems"][0]["parts"] if p["name"] == name) for name in ("sine", "pull"))
        sine.update(file=pull["file"], claim_sha256=pull["claim_sha256"])

    code, found = checked(edited(folder, tmp_path, change), capsys)
    assert code == 1
    (row,) = [row for row in found["certificates"] if row["verdict"] != "VALID"]
    assert (row["name"], row["reason"]) == ("every-k/sine", "is about another claim than the model says")


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index.update(model="leeky"),
        lambda index: index.update(settings={}),
        lambda index: index["settings"].update(k=["1"]),
        lambda index: index["settings"].update(k=3),
        lambda index: index["theorems"].append(index["theorems"][0]),
    ],
)
def test_an_index_without_a_model(
    folder: Path, tmp_path: Path, change: Callable[[Any], object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(edited(folder, tmp_path, change))]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_is_not_about_a_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder), "--weight-decay", "1"]) == 2
    assert "give CERT alone" in capsys.readouterr().err


def test_an_exchanged_certificate_is_found(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = copied(folder, tmp_path)
    (other / "every-k" / "sine.json").write_bytes((other / "every-k" / "pull.json").read_bytes())
    assert main(["check", str(other)]) == 1
    out = capsys.readouterr().out
    assert "every-k/sine: is about another claim than the index says" in out
    assert out.splitlines()[-1].startswith("INVALID: ")


def test_a_damaged_certificate_is_found(folder: Path, tmp_path: Path) -> None:
    other = copied(folder, tmp_path)
    place = other / "every-k" / "sine.json"
    place.write_bytes(place.read_bytes()[:-2])
    assert main(["check", str(other), "--quiet"]) == 1
    place.unlink()
    assert main(["check", str(other), "--quiet"]) == 1


@pytest.mark.parametrize("file", [None, "../index.json", "/etc/passwd", 7])
def test_files_outside_of_the_folder_are_not_read(folder: Path, tmp_path: Path, file: object) -> None:
    other = copied(folder, tmp_path)
    index = json.loads((other / "index.json").read_text())
    index["theorems"][0]["parts"][0]["file"] = file
    (other / "index.json").write_text(json.dumps(index))
    assert main(["check", str(other), "--quiet"]) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "relucert-landscape", "version": 1, "theorems": []}', "["]
)
def test_what_is_no_index(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 2
    (tmp_path / "index.json").write_text(text)
    assert main(["check", str(tmp_path)]) == 2
    assert "relucert landscape MODEL -o DIR writes such a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["landscape"], "no model named"),
        (["landscape", "leeky"], "did you mean leaky?"),
        (["landscape", "leaky", "--set", "k=1"], "choose 2 to 1000"),
        (["landscape", "leaky", "--set", "k=5/2"], "needs whole numbers"),
        (["landscape", "leaky", "--set", "k=2..1"], "not understood"),
        (["landscape", "leaky", "--set", "alpha=x"], "not understood"),
        (["landscape", "leaky", "--set", "delta=1,2"], "needs one number"),
        (["landscape", "leaky", "--set", "k=2", "k=3"], "given twice"),
        (["landscape", "leaky", "--set", "patches=2"], "no such setting"),
        (["landscape", "both-layers", "--set", "teacher=0,0"], "not all zero"),
        (["landscape", "both-layers", "--plot", "a.svg"], "more than two variables"),
        (["landscape", "leaky", "--plot", "a.gif"], "unknown kind of picture"),
        (["landscape", "leaky", "-o", "/nonexistent/a"], "is not a directory"),
    ],
)
def test_mistakes_are_one_line(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["landscape", "leaky", "-o", str(tmp_path)]) == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["landscape", "--list", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [model["name"] for model in models] == [
        "non-overlapping",
        "overlapping",
        "both-layers",
        "symmetric",
        "leaky",
    ]
    assert main(["landscape", "--list"]) == 0
    assert "k=2..10" in capsys.readouterr().out
