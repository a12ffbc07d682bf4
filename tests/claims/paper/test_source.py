"""LaTeX as one text: comments stripped, inputs followed, every character with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from relucert.claims.errors import LedgerError
from relucert.claims.ledger import Place
from relucert.claims.paper.source import MAX_FILES, Source, read_source, stripped

HERE = Place(Path("claims.toml"), 2)


def source(folder: Path, main: str = "paper.tex") -> Source:
    return read_source(folder, main, HERE)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a % b\nc", "a \nc"),
        (r"50\% b", r"50\% b"),
        (r"a\\% b", r"a\\"),
        (r"a\\\% b", r"a\\\% b"),
        (r"\verb|%| b", " b"),
        (r"\verb*+%+ b % c", " b "),
        ("% \\begin{verbatim}\na", "\na"),
        ("\\begin{verbatim}\n\\label{x}%\n\\end{verbatim} b", "\n\n b"),
        ("\\begin{comment}\\label{x}\\end{comment}b", "b"),
        ("\\iffalse \\label{x}\n\\fi b", "\n b"),
        ("\\iffalse a", ""),
        ("\\begin{lstlisting}[language=C]\n% \\end{verbatim}\n\\end{lstlisting}c", "\n\nc"),
    ],
)
def test_what_is_not_typeset_is_gone_and_lines_stay(text: str, kept: str) -> None:
    assert stripped(text) == kept


def test_inputs_are_followed_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "paper.tex").write_text("one\n\\input{parts/two} \\include{parts/three.tex}\nlast\n")
    (tmp_path / "parts" / "two.tex").write_text("TWO\nTWO\\input{parts/four}\n")
    (tmp_path / "parts" / "three.tex").write_text("THREE")
    (tmp_path / "parts" / "four.tex").write_text("\nFOUR")
    found = source(tmp_path)
    assert found.findings == []
    for word, file, line in (("one", "paper", 1), ("TWO", "parts/two", 1), ("FOUR", "parts/four", 2),
                             ("THREE", "parts/three", 1), ("last", "paper", 3)):  # fmt: skip
        assert found.place(found.text.index(word)) == Place(tmp_path / f"{file}.tex", line)


def test_import_has_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.tex").write_text("inner")
    (tmp_path / "paper.tex").write_text("\\import{a/}{b}")
    assert "inner" in source(tmp_path).text


def test_names_count_from_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "paper.tex").write_text("\\input{part}\\input{../top}")
    (tmp_path / "tex" / "part.tex").write_text("part")
    (tmp_path / "top.tex").write_text("top")
    assert source(tmp_path, "tex/paper.tex").text == "parttop"


def test_what_is_commented_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text("% \\input{none}\na")
    assert source(tmp_path).findings == []


@pytest.mark.parametrize(
    ("name", "what"),
    [("none", "there is no file"), ("../../etc/passwd", "no path inside"), ("/etc/passwd", "no path inside"),
     ("paper", "not followed again"), ("link", "leads out")],
)  # fmt: skip
def test_inputs_that_are_not_read_are_reported(tmp_path: Path, name: str, what: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "outside.tex").write_text("secret")
    (home / "link.tex").symlink_to(tmp_path / "outside.tex")
    (home / "paper.tex").write_text(f"a\n\\input{{{name}}}b")
    found = source(home)
    (finding,) = found.findings
    assert what in finding.message and finding.level == "warning"
    assert finding.place == Place(home / "paper.tex", 2)
    assert "secret" not in found.text and found.text.startswith("a\n") and found.text.endswith("b")


def test_files_that_input_each_other_many_times_end(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text("\\input{a}" * 40)
    (tmp_path / "a.tex").write_text("\\input{b}" * 40)
    (tmp_path / "b.tex").write_text("x")
    found = source(tmp_path)
    assert found.text.count("x") <= MAX_FILES
    assert found.findings


def test_a_paper_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"there is no paper paper\.tex"):
        source(tmp_path)


def test_old_encodings_and_line_ends(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_bytes(b"\xe9 a\r\nb")
    assert source(tmp_path).text == "é a\nb"


def test_what_follows_the_document_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text("a\\end{document}\\label{x}")
    assert source(tmp_path).text == "a"
