"""relucert check DIR: replay every certificate of a theorem on a landscape, and say which sentences are complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.landscape import FORMAT, INDEX, VERSION, model_named, settings_from
from relucert.cli.output import ExitCode, UserError, emit_json, one_line

if TYPE_CHECKING:
    from relucert.certify.landscapes.theorem import Landscape, Part

MOST_BYTES = 1 << 26  # of an index


@dataclass(frozen=True)
class _Folder:
    """What an index names, and what the model says for its settings: {theorem/part: entry of the index}."""

    stated: list[Landscape]
    entries: dict[str, dict[str, Any]]


def check_folder(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Replay all parts that the index names; the claims must be the ones that it and the model name.

    A sentence is complete if every part that the model names for it, and for its critical points, is there and valid.
    That these parts suffice is the argument of docs/theory/landscapes.md, which no program checks.
    """
    found = _read(folder)
    wanted = {f"{entry.name}/{part.name}": part for entry in found.stated for part in entry.parts}
    proved: dict[str, Any] = {}
    rows = [_replayed(folder, name, entry, wanted.get(name), proved) for name, entry in found.entries.items()]
    sentences = _sentences(found.stated, proved)
    valid = all(row["verdict"] == "VALID" for row in rows)
    complete = all(not sentence["lacks"] for sentence in sentences)
    verdict = "INVALID" if not valid else "VALID" if complete else "INCOMPLETE"
    if as_json:
        emit_json({"verdict": verdict, "folder": str(folder), "certificates": rows, "sentences": sentences})
    elif quiet:
        print(verdict)
    else:
        for row in rows:
            reason = f": {row['reason']}" if row["reason"] else ""
            print(f"{row['verdict']:7} {row['grade'] or '-':8} {one_line(row['name'])}{one_line(reason)}")
        for sentence in sentences:
            lacks = f" [lacks {', '.join(sentence['lacks'])}]" if sentence["lacks"] else ""
            state = "incomplete" if lacks else "complete"
            print(f"{state:10} {sentence['theorem']}: {sentence['sentence']}{lacks}")
        count = sum(row["verdict"] == "VALID" for row in rows)
        whole = sum(not sentence["lacks"] for sentence in sentences)
        print(f"{verdict}: {count} of {len(rows)} certificates, {whole} of {len(sentences)} sentences complete")
    if not valid:
        return ExitCode.REFUTED
    return ExitCode.PROVED if complete else ExitCode.UNDECIDED


def _sentences(stated: list[Landscape], proved: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sentences of the theorems, and what each of them lacks."""
    from relucert.claims.kinds.landscape import missing

    found = []
    for entry in stated:
        points = {point.name: point for point in entry.points}
        for sentence in entry.says:
            lacks = [
                name
                for name in sentence.needs
                if f"{entry.name}/{name}" not in proved and f"{stated[0].name}/{name}" not in proved
            ]
            for name in sentence.points:
                reason = missing(points[name], entry, stated[0], dict(proved))
                lacks += [f"the point {name}: {reason}"] if reason else []
            found.append({"theorem": entry.name, "sentence": sentence.text, "lacks": lacks})
    return found


def _read(folder: Path) -> _Folder:
    path = folder / INDEX
    cure = "relucert landscape MODEL -o DIR writes such a folder"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        index = json.loads(path.read_bytes())
        if index["format"] != FORMAT or index["version"] != VERSION:
            raise ValueError("another format")
        parts = [(str(theorem["name"]), dict(part)) for theorem in index["theorems"] for part in theorem["parts"]]
        if not parts or any(not isinstance(part.get("name"), str) for _, part in parts):
            raise ValueError("no parts")
        model = model_named(str(index["model"]))
        stated = list(model.landscapes(settings_from(model.PARAMETERS, index["settings"])))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", cure=cure) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"is no index of a landscape: {error}", where=str(path), cure=cure) from None
    entries = {f"{theorem}/{part['name']}": part for theorem, part in parts}
    if len(entries) != len(parts):
        raise UserError("names a part twice", where=str(path), cure=cure)
    return _Folder(stated, entries)


def _replayed(
    folder: Path, name: str, entry: dict[str, Any], part: Part | None, proved: dict[str, Any]
) -> dict[str, str]:
    """One line of the report; a claim that is proved, and about what the model says, is put into `proved`."""
    from relucert.certify.check.real.door import check_any, exit_code
    from relucert.claims.kinds.landscape import is_about

    row = {"name": name, "verdict": "INVALID", "grade": "", "reason": ""}
    file = entry.get("file")
    if not isinstance(file, str):
        return row | {"reason": "has no certificate"}
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        return row | {"reason": "lies outside of the folder"}
    try:
        verdict = check_any(path.read_bytes())
    except OSError as error:
        return row | {"reason": f"cannot be read: {error.strerror}"}
    if exit_code(verdict) != ExitCode.PROVED or verdict.claim is None:
        return row | {"reason": verdict.reason or "proves nothing"}
    if getattr(verdict.claim, "assertion", "holds") != "holds":
        return row | {"reason": "is a refutation"}
    if verdict.claim.sha256() != entry.get("claim_sha256"):
        return row | {"reason": "is about another claim than the index says"}
    bound = entry.get("bound")
    if part is not None and not is_about(part, verdict.claim, bound if isinstance(bound, str) else None):
        return row | {"reason": "is about another claim than the model says"}
    if part is not None:
        proved[name] = verdict.claim
    return row | {"verdict": "VALID", "grade": str(getattr(verdict, "grade", ""))}
