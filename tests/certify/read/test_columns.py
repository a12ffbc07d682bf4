"""Choice of feature and target columns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from relucert.certify.read.columns import ColumnChoice, choose_columns
from relucert.certify.read.errors import InputError


def choose(
    names: Sequence[str] | None,
    count: int,
    target: str | int | None = None,
    features: Sequence[str | int] | None = None,
    separate: bool = False,
) -> ColumnChoice:
    return choose_columns(names, count, target=target, features=features, separate_target=separate, file="f")


def test_last_column_by_default() -> None:
    choice = choose(None, 3)
    assert (choice.features, choice.target, choice.feature_names, choice.target_name) == ([0, 1], 2, ("x0", "x1"), "y")
    assert choice.notes == ("target: column 2 (counted from 0) (the last column, by default)",)


def test_by_name_and_by_position() -> None:
    names = ["a", "b", "c"]
    for target in ("b", 1, -2, "1", "-2"):
        choice = choose(names, 3, target)
        assert (choice.features, choice.target, choice.target_name) == ([0, 2], 1, "b")
    assert choose(names, 3, "a", ["c", 1]).feature_names == ("c", "b")


def test_a_name_that_looks_like_a_number_wins() -> None:
    assert choose(["1", "0", "2"], 3, "0").target == 1
    assert choose(["1", "0", "2"], 3, 0).target == 0


def test_separate_target() -> None:
    assert choose(None, 1, separate=True).features == [0]
    assert choose(None, 1, separate=True).notes == ()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((None, 1), "1 column where features and a target"),
        ((["a", "b"], 2, "z"), "f, target: no column 'z'; the columns are a, b"),
        ((None, 2, "a"), "no column 'a': the table has no header"),
        ((None, 2, 2), "no column 2: the table has 2 columns"),
        ((None, 2, -3), "no column -3"),
        ((["a", "b"], 2, "b", ["a", "b"]), "column 'b' is both a feature and the target; remove"),
        ((["a", "b"], 2, None, ["a", "b"]), "column 'b' is both .*choose another target"),
        ((["a", "b"], 2, None, ["a", 0]), "column 'a' is chosen twice"),
        ((None, 2, None, []), "no feature columns"),
        ((["", "b"], 2), "column 0 .* has no name; a table index"),
        ((None, 2, 1, None, True), "besides a separate target file"),
    ],
)
def test_refusals(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        choose(*arguments)  # type: ignore[arg-type]


def test_an_unnamed_column_that_is_not_used() -> None:
    assert choose(["", "a", "b"], 3, None, ["a"]).features == [1]
