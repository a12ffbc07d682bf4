"""Tables in text files: comma, semicolon, tab or blanks between the cells, with or without a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.columns import choose_columns, column_label
from relucert.certify.read.errors import InputError, listed, quoted
from relucert.certify.read.files import PathLike, decode_text, read_bytes
from relucert.certify.read.model import Dataset
from relucert.certify.read.number_text import NotANumber, is_missing, is_number, parse_number, rounding_note

_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", " ": "blanks"}
_SNIFFED_LINES = 50


class Row(NamedTuple):
    """The cells of one row, and the line of the file (from 1) on which it ends."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """A rectangular table of text: `header` is None or has as many names as each row has cells."""

    header: list[str] | None
    rows: list[Row]
    notes: tuple[str, ...]


def read_csv(
    path: PathLike,
    *,
    target: str | int | None = None,
    features: Sequence[str | int] | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    y: NDArray[np.float64] | None = None,
) -> Dataset:
    """Data set of a text table; every decimal is read as the nearest binary64.

    Parameters
    ----------
    path : path
    target, features :
        Columns, by name or by position from 0; see `relucert.certify.read.columns.choose_columns`.
    header : bool, optional
        Whether the first row names the columns. By default it does when none of its cells is a number; a first row
        with both numbers and words is refused, because guessing wrongly would drop a sample without a word.
    delimiter : str, optional
        ``","``, ``";"``, tab or blank; by default the one that splits all rows alike.
    y : (n,) array, optional
        Targets from elsewhere; then every column is a feature unless `features` says otherwise.

    Notes
    -----
    Blank lines, and lines that start with ``#``, are skipped.
    """
    table = read_table(path, header=header, delimiter=delimiter)
    choice = choose_columns(
        table.header,
        len(table.rows[0].cells),
        target=target,
        features=features,
        separate_target=y is not None,
        file=path,
    )
    X, rounded = _numbers(table, choice.features, path)
    total = X.size
    if y is None:
        targets, rounded_targets = _numbers(table, [choice.target], path)
        y = targets[:, 0]
        rounded += rounded_targets
        total += y.size
    return Dataset(
        X,
        y,
        feature_names=choice.feature_names,
        target_name=choice.target_name,
        source=str(path),
        notes=(*table.notes, *choice.notes, rounding_note(rounded, total)),
    )


def read_csv_vector(path: PathLike, *, header: bool | None = None) -> tuple[NDArray[np.float64], str, tuple[str, ...]]:
    """A single column of targets: the numbers, the column's name and notes on the reading."""
    table = read_table(path, header=header, delimiter=None)
    columns = len(table.rows[0].cells)
    if columns != 1:
        raise InputError(
            f"{columns} columns where one of targets is needed",
            file=path,
            cure="keep only the target column in this file",
        )
    values, rounded = _numbers(table, [0], path)
    name = table.header[0] if table.header else "y"
    return values[:, 0], name, (*table.notes, rounding_note(rounded, values.size))


def read_table(path: PathLike, *, header: bool | None, delimiter: str | None) -> Table:
    """Split the file into a header and rows of equal length."""
    # newline="" splits at \n, \r and \r\n only; str.splitlines would also split at form feeds inside cells.
    lines = list(io.StringIO(decode_text(read_bytes(path), path), newline=""))
    comments = sum(line.startswith("#") for line in lines)
    # A skipped line stays as a blank one so that line numbers in messages are those of the file.
    lines = ["\n" if line.startswith("#") else line for line in lines]
    chosen = sniff_delimiter(lines) if delimiter is None else delimiter
    rows = list(_split(lines, chosen, path))
    if not rows:
        raise InputError("no data rows", file=path, cure="give at least one row of numbers")
    has_header = _first_row_is_header(rows[0], path) if header is None else header
    for row in rows[1:]:
        if len(row.cells) != len(rows[0].cells):
            raise InputError(
                f"{len(row.cells)} cells where the first row has {len(rows[0].cells)}",
                file=path,
                line=row.line,
                cure=f"give every row the same number of cells (separator: {_DELIMITER_NAMES.get(chosen, chosen)})",
            )
    names = rows.pop(0).cells if has_header else None
    if not rows:
        raise InputError("a header but no data rows", file=path, cure="give at least one row of numbers")
    if names is not None:
        repeated = [name for name in names if name and names.count(name) > 1]
        if repeated:
            raise InputError(
                f"the column name {quoted(repeated[0])} stands twice in the header",
                file=path,
                line=1,
                cure="rename one of the columns",
            )
    notes = [f"header: {listed(names)}" if names is not None else "no header line"]
    if comments:
        notes.append(f"{comments} comment lines skipped")
    return Table(names, rows, tuple(notes))


def sniff_delimiter(lines: Sequence[str]) -> str:
    """The separator that splits the first rows into the same number (two or more) of cells each.

    Tab and semicolon are tried before the comma: a file that uses them may have decimal commas.
    """
    sample = [line for line in lines if line.strip()][:_SNIFFED_LINES]
    for delimiter in "\t;,":
        try:
            counts = {len(cells) for cells in csv.reader(sample, delimiter=delimiter)}
        except csv.Error:
            continue  # reported with its line when the table is split
        if len(counts) == 1 and counts.pop() >= 2:
            return delimiter
    first = sample[0] if sample else ""
    present = [delimiter for delimiter in "\t;," if delimiter in first]
    # No separator fits all rows: name the row that breaks the likeliest one, not a table of one column.
    return max(present, key=first.count) if present else " "


def _split(lines: Sequence[str], delimiter: str, path: PathLike) -> Iterator[Row]:
    if delimiter == " ":
        lines = [line.replace("\t", " ").strip() + "\n" for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"the row cannot be split into cells ({error})",
                file=path,
                line=reader.line_num,
                cure="close every quotation mark before the next separator",
            ) from None
        stripped = [cell.strip() for cell in cells]
        if stripped and stripped != [""]:
            yield Row(reader.line_num, stripped)


def _first_row_is_header(row: Row, path: PathLike) -> bool:
    numbers = [cell for cell in row.cells if is_number(cell)]
    words = [cell for cell in row.cells if not is_number(cell) and not is_missing(cell)]
    if numbers and words:
        raise InputError(
            f"the first row has both numbers and words ({quoted(words[0])}): header or sample?",
            file=path,
            line=row.line,
            cure="give every column a name, or remove the line with the names (in Python: header=True or False)",
        )
    return bool(words)


def _numbers(table: Table, columns: list[int], path: PathLike) -> tuple[NDArray[np.float64], int]:
    """The chosen columns as binary64, and how many decimals had to be rounded."""
    values = np.empty((len(table.rows), len(columns)), dtype=np.float64)
    rounded = 0
    for i, row in enumerate(table.rows):
        for k, j in enumerate(columns):
            try:
                number = parse_number(row.cells[j])
            except NotANumber as error:
                shown = f" ({quoted(row.cells[j])})" if row.cells[j] else ""
                raise InputError(
                    f"{error}{shown}", file=path, line=row.line, field=column_label(table.header, j), cure=error.cure
                ) from None
            values[i, k] = number.value
            rounded += not number.exact
    return values, rounded
