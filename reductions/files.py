"""Files of instances: text in any of its formats, and NumPy archives of patches and labels."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.reductions.problem import Problem
from relucert.reductions.problems.k_non_overlap import KNonOverlap, dense
from relucert.reductions.read import problem_named, read_text
from relucert.reductions.text import ProblemError, exact, quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ENTRIES = 50_000_000
_LARGEST_DENOMINATOR = 1000
_KEYS = ("patches", "labels", "X", "y", "exact_patches", "exact_labels")


def read_problem(path: str | Path, kind: str | None = None, k: int | None = None) -> Problem[Any]:
    """The instance in a file, whose format is found from its content and the end of its name.

    Parameters
    ----------
    path : a text file, "-" for standard input, or an archive .npz.
    kind : the name of a problem, when the file could be several.
    k : the number of colours where the file leaves it open; of patches for the arrays X, y.

    Raises
    ------
    ProblemError
        One line with the file, the line or field, and the cure.
    """
    where, content = _content(path)
    if content.startswith(b"PK\x03\x04") or where.endswith(".npz"):
        if kind is not None and problem_named(kind, "kind") is not KNonOverlap:
            raise ProblemError(f"an archive of arrays is no {kind}", where, f"it can only be a {KNonOverlap.name}")
        return read_npz(content, where, k)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProblemError("the file is no UTF-8 text", f"{where}:{line}", "save it as UTF-8") from None
    if not text.strip():
        raise ProblemError("the file is empty", where, "write it again")
    return read_text(text, where, kind, k)


def read_npz(content: bytes, where: str, k: int | None = None) -> KNonOverlap:
    """`patches` (N, k, p) and `labels` (N,), or `X` (N, k p) and `y` (N,) with k from the caller.

    Integers and floats are the numbers that they are.  A float label next to a fraction with a small denominator that
    is no binary fraction, 1/3 say, is refused: with it the instance is another one.  `exact_labels` and `exact_patches`
    hold texts like "1/3" that replace the floats, which have to be the nearest ones.
    """
    arrays = _arrays(content, where)
    unknown = [name for name in arrays if name not in _KEYS]
    if unknown:
        raise ProblemError(f"unknown array {quoted(unknown[0])}", where, f"the arrays are {', '.join(_KEYS)}")
    for name, other in (("patches", "X"), ("labels", "y")):
        if name not in arrays and f"exact_{name}" not in arrays and other not in arrays:
            raise ProblemError(f"no array {name!r}", where, "write patches and labels, or X and y")
    patches = arrays.get("exact_patches", arrays.get("patches"))
    if patches is None:
        patches = _cut(arrays["X"], k, where)
    name = next(name for name in ("exact_labels", "labels", "y") if name in arrays)
    labels = arrays[name]
    if patches.ndim != 3 or labels.ndim != 1 or patches.size > MAX_ENTRIES:
        raise ProblemError(
            f"arrays of shape {patches.shape} and {labels.shape}", where, "give patches (N, k, p) and labels (N,)"
        )
    if k is not None and patches.shape[1] != k:
        raise ProblemError(f"{patches.shape[1]} patches, not {k}", f"{where}, patches", "leave k out")
    for exact_name, others in (("exact_labels", ("labels", "y")), ("exact_patches", ("patches", "X"))):
        for other in others:
            if exact_name in arrays and other in arrays:
                _require_nearest(arrays[exact_name], arrays[other], f"{where}, {exact_name} and {other}")
    rows = [[[_exact(x, f"{where}, patches") for x in row] for row in sample] for sample in patches.tolist()]
    values = [_exact(y, f"{where}, {name}[{t}]") for t, y in enumerate(labels.tolist())]
    for t, value in enumerate(values):
        _require_meant(value, labels[t], f"{where}, {name}[{t}]")
    return dense(rows, values, where)


def _content(path: str | Path) -> tuple[str, bytes]:
    if str(path) == "-":
        import sys

        return "standard input", sys.stdin.buffer.read()
    try:
        return str(path), Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProblemError(f"cannot be read: {reason}", str(path), "check the path and its permissions") from None


def _arrays(content: bytes, where: str) -> dict[str, NDArray[Any]]:
    from relucert.certify.read.errors import InputError
    from relucert.certify.read.npy import load_array
    from relucert.certify.read.zip_members import ZipMembers

    try:
        archive = ZipMembers(content, where, cure="write it with numpy.savez")
        return {name.removesuffix(".npy"): load_array(archive.read(name), where, field=name) for name in archive.names}
    except InputError as error:
        raise ProblemError(str(error)) from None


def _cut(inputs: NDArray[Any], k: int | None, where: str) -> NDArray[Any]:
    """X (N, k p) as patches (N, k, p)."""
    if k is None:
        raise ProblemError("how many patches are in a row of X?", where, "say -k K, or give the array patches")
    if inputs.ndim != 2 or k < 1 or inputs.shape[1] % k:
        raise ProblemError(f"X of shape {inputs.shape} is not {k} patches a row", where, "give another k")
    return inputs.reshape(inputs.shape[0], k, inputs.shape[1] // k)


def _exact(value: object, where: str) -> Fraction:
    if isinstance(value, str):
        try:
            return exact(value)
        except ValueError as error:
            raise ProblemError(str(error), where, "write 3, 0.25 or 1/3") from None
    try:
        if isinstance(value, (int, float)):
            return Fraction(value)
    except (OverflowError, ValueError):
        pass
    what = "is not a number" if isinstance(value, (str, float)) else f"of type {type(value).__name__} is not read"
    raise ProblemError(f"{quoted(value)} {what}", where, "store integers, float64 or float32, all finite")


def _require_nearest(texts: NDArray[Any], floats: NDArray[Any], where: str) -> None:
    """Two arrays for the same numbers have to say the same."""
    pairs = zip(texts.ravel().tolist(), floats.ravel().tolist(), strict=False)
    if texts.size != floats.size or any(_nearest(_exact(text, where)) != number for text, number in pairs):
        raise ProblemError("the floats are not those nearest to the exact numbers", where, "leave the floats out")


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _require_meant(value: Fraction, stored: Any, where: str) -> None:
    """A float label is refused when it is the nearest one to a simple fraction that no float is."""
    simple = value.limit_denominator(_LARGEST_DENOMINATOR)
    if stored.dtype.kind == "f" and simple != value and type(stored)(float(simple)) == stored:
        raise ProblemError(
            f"the label {stored} is not {simple}, only the float nearest to it",
            where,
            f"store texts like '{simple}' in the array exact_labels, or write JSON",
        )
