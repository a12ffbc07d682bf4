"""Claims for those who prefer code: a decorated function says what is claimed.

Example
-------
>>> from relucert.claims import claim, formula
>>> @claim("sine", kind="inequality", label="lem:sine", statement="The sine lies below the identity.")
... def sine():
...     return formula("sin(x) <= x", "x in [0, 1]")
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from relucert.claims.errors import LedgerError, shortened
from relucert.claims.ledger import Claim, Ledger, Place
from relucert.claims.read import claim_of, require_different
from relucert.claims.toml_text import Places

ATTRIBUTE = "relucert_claim"
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Formula:
    """A formula in the language of claims, as `relucert prove` takes it."""

    prove: str
    ranges: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    let: tuple[str, ...] = ()


def formula(prove: str, *ranges: str, where: Sequence[str] = (), let: Sequence[str] = ()) -> Formula:
    """That the formula holds for all numbers in the ranges with the conditions."""
    return Formula(prove, ranges, tuple(where), tuple(let))


def claim(id: str, *, kind: str, statement: str, **keys: Any) -> Callable[[Function], Function]:
    """Make a function without arguments a claim; the other keys are those of a ledger (docs/claims.md).

    The function returns a :func:`formula`, the bytes of a certificate, or True or False (a sample, which proves
    nothing). ``relucert claims check FILE.py --allow-code`` and pytest collect the claims of a module.

    Raises
    ------
    LedgerError
        When the function is decorated: a key is unknown or has no sense.
    """
    keys = {key: _exact(value) for key, value in keys.items()}

    def decorate(function: Function) -> Function:
        path, line = Path(inspect.getfile(function)), function.__code__.co_firstlineno
        values = {"id": id, "kind": kind, "statement": statement, **keys}
        values["python"] = f"{path.stem}:{function.__name__}"
        setattr(function, ATTRIBUTE, claim_of(values, Places(line), path))
        return function

    return decorate


def _exact(value: Any) -> Any:
    """Floats in code are what they show, like the decimals of a ledger."""
    return Fraction(repr(value)) if isinstance(value, float) else value


def claims_of(module: Any) -> list[Claim]:
    """The claims that a module defines, in the order of its lines."""
    found = [getattr(value, ATTRIBUTE, None) for value in vars(module).values() if callable(value)]
    own = {entry.python: entry for entry in found if isinstance(entry, Claim)}
    return sorted(own.values(), key=lambda entry: entry.place.line)


def import_beside(folder: Path, name: str) -> None:
    """Let modules beside a ledger be imported; one of the same name that is beside another ledger is forgotten."""
    home = str(folder.resolve())
    sys.path[:] = [home, *(entry for entry in sys.path if entry != home)]
    loaded = getattr(sys.modules.get(name), "__file__", None)
    beside = folder.resolve() / f"{name}.py"
    if loaded is not None and beside.is_file() and Path(loaded).resolve() != beside:
        if name in sys.stdlib_module_names:
            raise LedgerError(f"the name {name} belongs to Python's library", str(beside), "rename the file")
        del sys.modules[name]


def read_module(path: Path) -> Ledger:
    """The claims of a Python file, which is run.

    Raises
    ------
    LedgerError
        It cannot be imported.
    """
    name = path.stem
    try:
        ast.parse(path.read_bytes())
        specification = importlib.util.spec_from_file_location(name, path)
        if specification is None or specification.loader is None:
            raise ImportError("it is no Python file")
        import_beside(path.parent, name)
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    except LedgerError:
        raise
    except Exception as error:  # whatever the author's code raises
        what = f"cannot be imported: {type(error).__name__}: {shortened(str(error), 200)}"
        raise LedgerError(what, str(path), "run it with python first") from None
    claims = [replace(entry, place=Place(path, entry.place.line), folder=path.parent) for entry in claims_of(module)]
    require_different(claims)
    return Ledger(path, tuple(claims), module.__doc__.strip().splitlines()[0] if module.__doc__ else "")
