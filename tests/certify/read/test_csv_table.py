"""Text tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.csv_table import read_csv, read_csv_vector
from relucert.certify.read.errors import InputError
from relucert.certify.read.model import Dataset


def read(tmp_path: Path, text: str | bytes, **options: Any) -> Dataset:
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_csv(path, **options)


@pytest.mark.parametrize(
    "text",
    [
        "1,2.5,3\n4,5,6\n",
        "1;2.5;3\n4;5;6\n",
        "1\t2.5\t3\n4\t5\t6",
        "1 2.5  3\n 4   5 6 \n",
        "1 \t2.5\t 3\n4\t 5\t6\n",
        "1, 2.5, 3\r\n4, 5, 6\r\n",
        "1,2.5,3\r4,5,6\r",
        '"1","2.5","3"\n"4","5","6"\n',
        "\n1,2.5,3\n\n4,5,6\n\n",
        "# made by hand\n1,2.5,3\n# more\n4,5,6\n",
        "\ufeff1,2.5,3\n4,5,6\n",
        "0x1p+0,0x1.4p+1,0x1.8p+1\n4,5,6\n",
    ],
)
def test_separators_quotes_and_blanks(tmp_path: Path, text: str) -> None:
    data = read(tmp_path, text)
    assert data.X.tolist() == [[1.0, 2.5], [4.0, 5.0]]
    assert data.y.tolist() == [3.0, 6.0]
    assert data.feature_names == ("x0", "x1")
    assert "no header line" in data.notes
    assert data.notes[-1] == "all 6 numbers of the file are exact in binary64"


def test_header_is_found(tmp_path: Path) -> None:
    data = read(tmp_path, '\ufeffa,"b, cm",y\n1,2,3\n')
    assert data.feature_names == ("a", "b, cm")
    assert data.target_name == "y"
    assert "target: column 'y' (the last column, by default)" in data.notes


def test_header_forced_either_way(tmp_path: Path) -> None:
    assert read(tmp_path, "2019,2020\n1,2\n", header=True).feature_names == ("2019",)
    assert read(tmp_path, "2019,2020\n1,2\n", header=False).n_samples == 2
    assert read(tmp_path, "a,1\n1,2\n", header=True).target_name == "1"


def test_chosen_columns_only_need_numbers(tmp_path: Path) -> None:
    text = "name,a,b,y\nann,1,0.1,2\nbob,3,0.2,4\n"
    data = read(tmp_path, text, target="a", features=["y", "b"])
    assert data.X.tolist() == [[2.0, 0.1], [4.0, 0.2]]
    assert data.y.tolist() == [1.0, 3.0]
    assert data.notes[-1].startswith("2 of 6 decimals are not binary64 numbers")


def test_forced_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, "1|2\n3|4\n", delimiter="|").y.tolist() == [2.0, 4.0]


def test_separate_targets(tmp_path: Path) -> None:
    data = read(tmp_path, "1\n2\n", y=np.array([5.0, 6.0]))
    assert data.X.tolist() == [[1.0], [2.0]]
    assert data.y.tolist() == [5.0, 6.0]


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("1,2\n3\n", {}, r"t.csv, line 2: 1 cells where the first row has 2; .*separator: comma"),
        ("1,2,3\n4,5\n6,7,8\n", {}, "line 2: 2 cells where the first row has 3"),
        ("a,b\n1,2\n3,x\n", {}, "line 3, column 'b': the text is not a number .'x'.; write a decimal"),
        ("1,2\n3,x\n", {}, r"line 2, column 1 \(counted from 0\): the text is not a number"),
        ("a,b\n1,\n", {}, "line 2, column 'b': the value is missing; remove the row"),
        ("a,b\n1,NaN\n", {}, "the value is missing .'NaN'."),
        ("a,b\n1,inf\n", {}, "the value is infinite"),
        ("a,b\n1,1e999\n", {}, "exceeds the range"),
        ("a;b\n1;1,5\n", {}, "decimal comma .'1,5'.; write a decimal point"),
        ("1,NA\n2,3\n", {}, "line 1, column 1 .* the value is missing"),
        ("1,2,b\n3,4,5\n", {}, "line 1: the first row has both numbers and words .'b'.*give every column a name"),
        ("a,b,a\n1,2,3\n", {}, "the column name 'a' stands twice"),
        (",a,b\n0,1,2\n", {}, "column 0 .* has no name"),
        ("a,b\n", {}, "a header but no data rows"),
        ("# only\n\n", {}, "no data rows"),
        ("1\n2\n", {}, "1 column where features and a target"),
        ("a,b\n1,2\n", {"target": "z"}, "target: no column 'z'; the columns are a, b"),
        ('a,b\n"1,2\n', {}, "cannot be split"),
        ('a,b\n1,"2"x\n', {}, "line 2: the row cannot be split"),
        (b"a,b\n1,\xff\n", {}, "line 2: the text is not UTF-8"),
        (b"a,b\n1,2\0\n", {}, "NUL"),
        ("", {}, "the file is empty"),
        ("# c\n1,2\n# c\n\n3\n", {}, "line 5: 1 cells"),
    ],
)
def test_refusals(tmp_path: Path, text: str | bytes, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(tmp_path, text, **options)
    assert len(str(caught.value).splitlines()) == 1


def test_vector(tmp_path: Path) -> None:
    path = tmp_path / "y.txt"
    path.write_text("price\n1\n0.1\n")
    values, name, notes = read_csv_vector(path)
    assert values.tolist() == [1.0, 0.1]
    assert name == "price"
    assert notes[-1].startswith("1 of 2 decimals")
    path.write_text("1\n2\n")
    assert read_csv_vector(path)[1] == "y"
    path.write_text("1,2\n2,3\n")
    with pytest.raises(InputError, match="2 columns where one of targets is needed"):
        read_csv_vector(path)


def test_what_numpy_writes_is_read_back_exactly(tmp_path: Path) -> None:
    table = np.random.default_rng(0).standard_normal((20, 4))
    np.savetxt(tmp_path / "t.txt", table, fmt="%.17g", header="a b c d")
    data = read_csv(tmp_path / "t.txt")
    assert (table[:, :3] == data.X).all() and (data.y == table[:, 3]).all()
    assert "1 comment lines skipped" in data.notes
