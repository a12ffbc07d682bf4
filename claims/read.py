"""Reads ledgers: every mistake is one line with the claim, the key and the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from relucert.claims.errors import LedgerError, shortened
from relucert.claims.files import read_bytes
from relucert.claims.ledger import CONTENTS, EXPECTED, GRADES, KINDS, WITHOUT_CERTIFICATE, Claim, Ledger, Paper, Place
from relucert.claims.toml_text import MAX_BYTES, Places, parse

MAX_CLAIMS = 10_000
MAX_TEXT = 100_000  # characters of one text
MAX_TEXTS = 1000  # of one list
MAX_TIME = 10**6
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CHECKER = re.compile(r"[0-9a-f]{8,64}", re.ASCII)
_PYTHON = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)
_LABEL = re.compile(r"[^\s{}\\%#~,]{1,200}")

HEAD = ("title", "checker", "paper", "defaults", "claim")
KEYS = {
    "id": "text", "kind": "text", "statement": "text", "label": "text", "prove": "text", "for": "texts",
    "where": "texts", "let": "texts", "derivation": "text", "model": "text", "data": "text", "options": "table",
    "descent": "text", "landscape": "text", "bundle": "text",
    "python": "text", "certificate": "text", "sha256": "text", "assumptions": "texts", "expect": "text",
    "grade": "text", "time": "number", "depends": "texts", "source": "text", "note": "text",
}  # fmt: skip
# Keys that mean nothing without one of others.
NEEDS = {
    "for": ("prove", "descent"), "where": ("prove",), "let": ("prove",), "data": ("model",), "model": ("data",),
    "options": ("model", "descent", "landscape", "bundle"), "sha256": ("certificate",),
}  # fmt: skip


def read_ledger(path: Path) -> Ledger:
    """A ledger from a TOML file.

    Raises
    ------
    LedgerError
        It cannot be read, or a claim is not as docs/claims.md says; the line is named.
    """
    try:
        data = read_bytes(path, MAX_BYTES, Place(path))
    except FileNotFoundError:
        raise LedgerError("there is no ledger", str(path), "write one, or start with: relucert claims init") from None
    if data.startswith(b"\xef\xbb\xbf"):
        raise LedgerError("begins with a byte order mark, which TOML does not have", str(path), "save it without")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LedgerError("not UTF-8 text", f"{path}, line {line}", "save it as UTF-8") from None
    values, places = parse(text, str(path))
    return ledger_of(values, places, path)


def ledger_of(values: Mapping[str, Any], places: Mapping[str, list[Places]], path: Path) -> Ledger:
    """A ledger from what a TOML file says."""
    top = places.get("", [Places(1)])[0]
    for key in values:
        if key not in HEAD:
            line = top.keys.get(key) or places.get(key, [top])[0].line
            raise _unknown(key, HEAD, "the ledger", Place(path, line))
    defaults = _table(values, "defaults", path, places, ("time", "grade"))
    entries = values.get("claim", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LedgerError("claim is no list of tables", str(path), "begin every claim with [[claim]]")
    if len(entries) > MAX_CLAIMS:
        raise LedgerError(f"{len(entries)} claims", str(path), f"at most {MAX_CLAIMS} are read: split the ledger")
    at = places.get("claim", [])
    claims = []
    for number, entry in enumerate(entries):
        where = at[number] if len(at) == len(entries) else top
        claims.append(claim_of({**defaults, **entry}, where, path))
    require_different(claims)
    return Ledger(path, tuple(claims), **_head(values, places, path, top))


def claim_of(values: Mapping[str, Any], places: Places, path: Path) -> Claim:
    """One claim from the keys of its table.

    Raises
    ------
    LedgerError
        A key is unknown, missing or without sense.
    """
    return _Entry(values, places, path).claim()


def _head(values: Mapping[str, Any], places: Mapping[str, list[Places]], path: Path, top: Places) -> dict[str, Any]:
    paper = _table(values, "paper", path, places, ("tex", "theorems"))
    lines = dict(top.keys)
    head = _Entry({key: values[key] for key in ("title", "checker") if key in values}, top, path, "the ledger")
    found: dict[str, Any] = {"title": head.text("title") or "", "checker": head.text("checker")}
    if found["checker"] is not None and not _CHECKER.fullmatch(found["checker"]):
        raise head.wrong("checker", "is no sha256", "write what relucert claims update writes, or remove it")
    if "paper" in values:
        where = places.get("paper", [top])[0]
        entry = _Entry(paper, where, path, "[paper]")
        tex = entry.text("tex")
        if tex is None:
            raise LedgerError("[paper] has no tex", f"{path}, line {where.line}", "add tex = 'paper.tex'")
        found["paper"] = Paper(tex, entry.texts("theorems"))
        lines |= {f"paper.{key}": line for key, line in where.keys.items()}
    return found | {"lines": lines}


def _table(
    values: Mapping[str, Any], name: str, path: Path, places: Mapping[str, list[Places]], known: tuple[str, ...]
) -> dict[str, Any]:
    table = values.get(name, {})
    line = places.get(name, places.get("", [Places(1)]))[0]
    if not isinstance(table, dict):
        raise LedgerError(f"{name} is no table", f"{path}, line {line.of(name)}", f"begin it with [{name}]")
    for key in table:
        if key not in known:
            raise _unknown(key, known, f"[{name}]", Place(path, line.of(key)))
    return table


def _unknown(key: str, known: tuple[str, ...], owner: str, place: Place) -> LedgerError:
    from difflib import get_close_matches

    near = get_close_matches(key[:50], known, n=1)
    cure = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(known)}"
    return LedgerError(f"{owner} has the unknown key {shortened(key, 40)}", str(place), cure)


class _Entry:
    """One table, whose values are asked for by their type."""

    def __init__(self, values: Mapping[str, Any], places: Places, path: Path, name: str | None = None) -> None:
        self.values, self.places, self.path = values, places, path
        given = values.get("id")
        self.name = name or (f"claim {shortened(given, 40)}" if isinstance(given, str) else "a claim")

    def wrong(self, key: str, what: str, cure: str) -> LedgerError:
        return LedgerError(f"{self.name}: {key} {what}", f"{self.path}, line {self.places.of(key)}", cure)

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong(key, "is no text", "put it in quotes")
        return self._within(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, ())
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or not all(isinstance(text, str) for text in listed):
            raise self.wrong(key, "is no list of texts", f'write for example {key} = ["..."]')
        if len(listed) > MAX_TEXTS:
            raise self.wrong(key, f"has {len(listed)} texts", f"at most {MAX_TEXTS} are read")
        return tuple(self._within(key, text) for text in listed)

    def _within(self, key: str, text: str) -> str:
        if len(text) > MAX_TEXT:
            raise self.wrong(key, f"has {len(text)} characters", f"at most {MAX_TEXT} are read")
        return text

    def number(self, key: str) -> Fraction | None:
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is not int and not isinstance(value, Fraction):
            raise self.wrong(key, "is no number", "write it without quotes")
        if not 0 < value <= MAX_TIME:
            raise self.wrong(key, "is out of range", f"write seconds above 0, at most {MAX_TIME}")
        return Fraction(value)

    def choice(self, key: str, choices: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value is not None and value not in choices:
            raise self.wrong(key, f"{shortened(value, 40)} is not one of {', '.join(choices)}", "choose one of them")
        return value

    def shaped(self, key: str, shape: re.Pattern[str], cure: str) -> str | None:
        value = self.text(key)
        if value is not None and not shape.fullmatch(value):
            raise self.wrong(key, f"{shortened(value, 40)} has not the shape that it needs", cure)
        return value

    # ---- a claim

    def claim(self) -> Claim:
        for key in self.values:
            if key not in KEYS:
                raise _unknown(key, tuple(KEYS), self.name, Place(self.path, self.places.of(key)))
        for key in ("id", "kind", "statement"):
            if key not in self.values:
                raise self.wrong(key, "is missing", f'write {key} = "..."')
        options = self.values.get("options", {})
        if not isinstance(options, dict) or len(options) > MAX_TEXTS:
            raise self.wrong("options", "is no table", "write options = { weight_decay = 5 }")
        read: dict[str, Callable[[], Any]] = {
            "id": lambda: self.shaped("id", _ID, "use up to 100 letters, digits and -_. only"),
            "kind": lambda: self.choice("kind", KINDS),
            "label": lambda: self.shaped("label", _LABEL, "write what stands in the paper's \\label{...}"),
            "expect": lambda: self.choice("expect", EXPECTED),
            "grade": lambda: self.choice("grade", GRADES),
            "time": lambda: self.number("time"),
            "options": lambda: options,
            "python": lambda: self.shaped("python", _PYTHON, 'write "module:function"'),
            "sha256": lambda: self.shaped("sha256", _SHA256, "write 64 digits, or run relucert claims update"),
        }
        found: dict[str, Any] = {}
        for key in self.values:
            by_type = self.texts if KEYS[key] == "texts" else self.text
            value = read[key]() if key in read else by_type(key)
            found["ranges" if key == "for" else key] = value
        claim = Claim(
            folder=self.path.parent, place=Place(self.path, self.places.line), lines=dict(self.places.keys), **found
        )
        self._require_sense(claim)
        return claim

    def _require_sense(self, claim: Claim) -> None:
        for key, others in NEEDS.items():
            if key in self.values and not any(other in self.values for other in others):
                needed = " or ".join(others)
                raise self.wrong(key, f"means nothing without {needed}", f"add {needed}, or remove {key}")
        said = [key for key in CONTENTS if key in self.values and key != "certificate"]
        if len(said) > 1:
            raise self.wrong(said[1], f"and {said[0]} both say what is claimed", "make two claims of it")
        content = claim.content
        if content in WITHOUT_CERTIFICATE and claim.certificate is not None:
            raise self.wrong(
                "certificate", f"has no meaning with {content}", "remove it: that is verified anew each time"
            )
        if content is None and claim.expect != "open":
            raise self.wrong("kind", "has no formal content", f'add {", ".join(CONTENTS)}, or say expect = "open"')
        if content is not None and claim.kind not in CONTENTS[content]:
            kinds = ", ".join(CONTENTS[content])
            raise self.wrong("kind", f"{claim.kind} is not settled by {content}", f"choose {kinds}")
        if not claim.statement.strip():
            raise self.wrong("statement", "is empty", "say in words what is claimed")


def require_different(claims: list[Claim]) -> None:
    """Ids and labels are unique; what a claim depends on exists."""
    ids: dict[str, Claim] = {}
    labels: dict[str, Claim] = {}
    for claim in claims:
        for what, name, seen in (("id", claim.id, ids), ("label", claim.label, labels)):
            if name is not None and name in seen:
                first = f"line {seen[name].at(what).line}"
                cure = "give each claim its own" if what == "id" else "join the claims, or remove one label"
                raise LedgerError(f"the {what} {shortened(name, 40)} is also in {first}", str(claim.at(what)), cure)
            if name is not None:
                seen[name] = claim
    for claim in claims:
        for name in claim.depends:
            if name not in ids:
                where = str(claim.at("depends"))
                raise LedgerError(f"claim {claim.id!r} depends on {shortened(name, 40)}, which is no claim", where,
                                  "write the id of a claim of this ledger")  # fmt: skip
