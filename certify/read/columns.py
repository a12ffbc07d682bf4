"""Which columns of a table are features and which is the target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from relucert.certify.read.errors import InputError, listed, quoted
from relucert.certify.read.files import PathLike

_INDEX = re.compile(r"-?[0-9]{1,9}", re.ASCII)


class ColumnChoice(NamedTuple):
    """Positions (from 0) and names of the chosen columns. `target` is -1 when the target comes from elsewhere."""

    features: list[int]
    target: int
    feature_names: tuple[str, ...]
    target_name: str
    notes: tuple[str, ...]


def choose_columns(
    names: Sequence[str] | None,
    count: int,
    *,
    target: str | int | None,
    features: Sequence[str | int] | None,
    separate_target: bool,
    file: PathLike,
) -> ColumnChoice:
    """Resolve the user's choice of columns.

    Parameters
    ----------
    names : sequence of str or None
        Header of the table; None when it has none.
    count : int
        Number of columns.
    target : str or int, optional
        Name, or position from 0 (negative: from the end; a name that looks like a number wins over a position).
        The last column by default.
    features : sequence of str or int, optional
        All columns but the target by default, otherwise these, in this order.
    separate_target : bool
        The target is in another file.
    file : path
        For messages.
    """
    if separate_target and target is not None:
        raise InputError(
            f"the target column {quoted(str(target))} is given besides a separate target file",
            file=file,
            cure="give only one of them",
        )
    target_column = -1
    notes: tuple[str, ...] = ()
    if not separate_target:
        if target is None and count < 2 and features is None:
            raise InputError(
                f"{count} column where features and a target are needed",
                file=file,
                cure="add the target as the last column, or give it in a file of its own",
            )
        target_column = count - 1 if target is None else _find(target, names, count, "target", file)
    if features is None:
        feature_columns = [j for j in range(count) if j != target_column]
    else:
        feature_columns = [_find(feature, names, count, "features", file) for feature in features]
    _require_sensible(feature_columns, target_column, names, target is None, file)
    labels = [column_label(names, j) for j in range(count)]
    if target_column < 0:
        target_name = "y"
    else:
        target_name = names[target_column] if names else "y"
        default = " (the last column, by default)" if target is None else ""
        notes = (f"target: {labels[target_column]}{default}",)
    feature_names = tuple(names[j] if names else f"x{j}" for j in feature_columns)
    return ColumnChoice(feature_columns, target_column, feature_names, target_name, notes)


def column_label(names: Sequence[str] | None, column: int) -> str:
    """How a message calls a column."""
    return f"column {quoted(names[column])}" if names and names[column] else f"column {column} (counted from 0)"


def _find(choice: str | int, names: Sequence[str] | None, count: int, role: str, file: PathLike) -> int:
    if isinstance(choice, str) and names and choice in names:
        return names.index(choice)
    if isinstance(choice, str) and not _INDEX.fullmatch(choice):
        known = f"the columns are {listed(names)}" if names else f"give a position from 0 to {count - 1}"
        reason = "" if names else ": the table has no header"
        raise InputError(f"no column {quoted(choice)}{reason}", file=file, field=role, cure=known)
    position = int(choice)
    if not -count <= position < count:
        raise InputError(
            f"no column {position}: the table has {count} columns",
            file=file,
            field=role,
            cure=f"give a position from 0 to {count - 1}" + (f" or one of {listed(names)}" if names else ""),
        )
    return position % count


def _require_sensible(
    features: list[int], target: int, names: Sequence[str] | None, target_by_default: bool, file: PathLike
) -> None:
    if not features:
        raise InputError("no feature columns", file=file, cure="choose at least one column besides the target")
    repeated = sorted({j for j in features if features.count(j) > 1})
    if repeated:
        raise InputError(
            f"{column_label(names, repeated[0])} is chosen twice", file=file, field="features", cure="give it once"
        )
    if target in features:
        raise InputError(
            f"{column_label(names, target)} is both a feature and the target",
            file=file,
            field="features",
            cure="choose another target" if target_by_default else "remove it from the features",
        )
    if names:
        for j in features if target < 0 else [*features, target]:
            if not names[j]:
                raise InputError(
                    f"column {j} (counted from 0) has no name",
                    file=file,
                    line=1,
                    cure="a table index? write it without (index=False), choose the columns, or name it in the header",
                )
