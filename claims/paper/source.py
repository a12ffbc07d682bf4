"""A paper's LaTeX as one text, comments stripped and ``\\input`` followed, with the place of every character."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from relucert.claims.errors import LedgerError
from relucert.claims.files import inside, read_bytes
from relucert.claims.ledger import Place
from relucert.claims.outcome import Finding

MAX_FILES, MAX_BYTES = 500, 8 << 20

_INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]*)\}|\\(?:import|subimport)\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
# From left to right: a comment may hide the beginning of verbatim text, and the other way round.
_PIECE = re.compile(
    r"(?P<kept>\\\\|\\%)|%[^\n]*|\\verb\*?(?P<mark>[^a-zA-Z\s*])[^\n]*?(?P=mark)"
    r"|\\begin\{(?P<name>verbatim\*?|lstlisting|comment|minted|filecontents\*?)\}.*?(?:\\end\{(?P=name)\}|\Z)"
    r"|\\iffalse\b.*?(?:\\fi\b|\Z)",
    re.DOTALL,
)


@dataclass
class Source:
    """The text of all files in the order of reading.

    Attributes
    ----------
    text : without comments, verbatim text and what stands between ``\\iffalse`` and ``\\fi``; line breaks stay.
    findings : files that are not there, or not inside the ledger's folder.
    """

    text: str = ""
    findings: list[Finding] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _places: list[tuple[Path, int]] = field(default_factory=list)
    _breaks: list[int] | None = None

    def place(self, offset: int) -> Place:
        """File and line of a character."""
        at = max(0, bisect_right(self._starts, offset) - 1)
        if not self._places:
            return Place(Path("paper"))
        file, line = self._places[at]
        if self._breaks is None:
            self._breaks = [found.start() for found in re.finditer("\n", self.text)]
        return Place(file, line + bisect_left(self._breaks, offset) - bisect_left(self._breaks, self._starts[at]))

    def add(self, text: str, file: Path, line: int) -> None:
        """Append a piece that begins in a line of a file."""
        self._starts.append(len(self.text))
        self._places.append((file, line))
        self.text += text
        self._breaks = None


def read_source(folder: Path, main: str, place: Place) -> Source:
    """The main file and what it includes; paths are relative to the main file's folder, as for LaTeX.

    Raises
    ------
    LedgerError
        The main file cannot be read.
    """
    path = inside(folder, main, place)
    try:
        text = _decoded(read_bytes(path, MAX_BYTES, place))
    except FileNotFoundError:
        raise LedgerError(f"there is no paper {main}", str(place), "correct tex under [paper]") from None
    source = Source()
    _append(source, folder, path, text, [path], [len(text)])
    return source


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\r\n", "\n")


def stripped(text: str) -> str:
    """Without comments and what is not typeset as LaTeX; every line stays in its place."""
    return _PIECE.sub(lambda found: found["kept"] or "\n" * found[0].count("\n"), text)


def _append(source: Source, folder: Path, path: Path, text: str, open_files: list[Path], sizes: list[int]) -> None:
    text = stripped(text)
    end = text.find("\\end{document}")
    text = text if end < 0 else text[:end]
    done = 0
    for found in _INPUT.finditer(text):
        name = (found[1] if found[1] is not None else f"{found[2].rstrip('/')}/{found[3]}").strip()
        source.add(text[done : found.start()], path, text.count("\n", 0, done) + 1)
        done = found.end()
        here = Place(path, text.count("\n", 0, found.start()) + 1)
        _follow(source, folder, name, here, open_files, sizes)
    source.add(text[done:], path, text.count("\n", 0, done) + 1)


def _follow(source: Source, folder: Path, name: str, here: Place, open_files: list[Path], sizes: list[int]) -> None:
    top = open_files[0].parent
    for spelling in (name, f"{name}.tex"):
        try:
            path = inside(folder, _relative(top, folder, spelling), here)
            text = _decoded(read_bytes(path, MAX_BYTES, here))
        except FileNotFoundError:
            continue
        except LedgerError as error:
            source.findings.append(Finding("input-not-read", "warning", error.what, here, error.cure or ""))
            return
        sizes.append(len(text))
        if path in open_files or len(sizes) > MAX_FILES or sum(sizes) > MAX_BYTES:
            cure = "remove the circle, or make the paper smaller"
            source.findings.append(Finding("input-not-read", "warning", f"{name!r} is not followed again", here, cure))
            return
        _append(source, folder, path, text, [*open_files, path], sizes)
        return
    source.findings.append(
        Finding("input-not-read", "warning", f"there is no file {name[:200]!r} to input", here, "correct the name")
    )


def _relative(top: Path, folder: Path, name: str) -> str:
    """LaTeX counts names from the main file's folder, the ledger from its own; ``..`` may climb to the latter."""
    parts = list(top.relative_to(folder).parts) if top.is_relative_to(folder) else []
    for part in name.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return ("/" if name.startswith("/") else "") + "/".join(parts)
