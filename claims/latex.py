"""Macros with which a paper typesets how its theorems stand, and a table for its appendix."""

from __future__ import annotations

from collections.abc import Sequence

from relucert.claims.ledger import Ledger
from relucert.claims.outcome import Outcome, Report

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''",
}  # fmt: skip
LONGEST = 600  # characters of the checker's words in the table

HEAD = r"""%% Written by `relucert claims latex`; do not edit. In the paper: \input{__NAME__}, then
%%   \claimstatus{LABEL}   how the theorem with this label (or the claim with this id) stands
%%   \claimgrade{LABEL}    with which grade
%%   \claimsummary         for example 14/16 proved, 2 numeric
%%   \claimtable           a table of all claims (needs the package longtable)
%% To change the looks, define \claimmark with two arguments, the word and the claim's id, before the \input.
\makeatletter
\providecommand{\claimmark}[2]{\textnormal{\textsf{\footnotesize[#1]}}}
\providecommand{\claimstatus}[1]{\@ifundefined{relucert@status@#1}%
  {\textbf{??}\@latex@warning{No claim #1}}{\csname relucert@status@#1\endcsname}}
\providecommand{\claimgrade}[1]{\@ifundefined{relucert@grade@#1}{--}{\csname relucert@grade@#1\endcsname}}
\newcommand{\relucert@claim}[4]{% name, id, word, grade
  \expandafter\gdef\csname relucert@status@#1\endcsname{\claimmark{#3}{#2}}%
  \expandafter\gdef\csname relucert@grade@#1\endcsname{#4}}
"""


def escaped(text: str) -> str:
    """Plain text for LaTeX: nothing in it is a command, letters beyond ASCII stay."""
    return "".join(_SPECIAL.get(c, c if c.isprintable() else " ") for c in text)


def word(outcome: Outcome) -> str:
    """One or two words for how a claim stands: what is not as declared says so."""
    return outcome.verdict if outcome.expected else f"{outcome.verdict}, not as declared"


def macros(report: Report, name: str = "claims") -> str:
    """The file that a paper inputs as ``\\input{name}``: a word and a grade for every claim, by label and by id."""
    lines = [HEAD.replace("__NAME__", name)]
    for outcome in report.outcomes:
        names = dict.fromkeys(text for text in (outcome.claim.label, outcome.claim.id) if text is not None)
        for key in names:
            grade = escaped(outcome.settled.grade or "--")
            lines.append(
                f"\\relucert@claim{{{_key(key)}}}{{{outcome.claim.id}}}{{{escaped(word(outcome))}}}{{{grade}}}"
            )
    lines.append(f"\\newcommand{{\\claimsummary}}{{{escaped(report.summary())}}}")
    lines.append(f"\\newcommand{{\\claimtable}}{{%\n{table(report.ledgers, report.outcomes)}}}")
    return "\n".join([*lines, "\\makeatother", ""])


def table(ledgers: Sequence[Ledger], outcomes: Sequence[Outcome]) -> str:
    """A longtable: theorem, the checker's words and what is assumed, verdict, grade, size of the certificate."""
    papers = {ledger.path for ledger in ledgers if ledger.paper is not None}
    rows = []
    for outcome in outcomes:
        claim = outcome.claim
        linked = claim.label is not None and claim.place.file in papers
        first = f"\\ref{{{_key(claim.label or '')}}}" if linked else f"\\texttt{{{escaped(claim.id)}}}"
        size = "--" if outcome.certificate is None else str(outcome.certificate.size)
        assumed = "; ".join(claim.assumptions)
        formal = _formal(outcome)
        if assumed:
            formal += f" \\emph{{Assumed:}} {escaped(assumed)}."
        grade = escaped(outcome.settled.grade or "--")
        cells = [first, f"{{\\raggedright {formal}\\par}}", escaped(word(outcome)), grade, size]
        rows.append(" & ".join(cells) + r" \\")
    head = r"Theorem & In the checker's words & Verdict & Grade & Bytes \\ \hline"
    columns = r"{@{}lp{0.5\linewidth}lll@{}}"
    return "\n".join([rf"\begin{{longtable}}{columns}", head, r"\endhead", *rows, r"\end{longtable}", ""])


def _formal(outcome: Outcome) -> str:
    """The checker's words; of a derivation its title, for its formulas stand where it is printed."""
    if outcome.claim.content == "derivation":
        title = outcome.settled.words.partition("\n")[0]
        return rf"{escaped(title)} \texttt{{relucert derive {escaped(outcome.claim.derivation or '')}}}"
    words = " ".join(outcome.settled.words.split())
    return escaped(words if len(words) <= LONGEST else f"{words[:LONGEST]} ...") or "--"


def _key(name: str) -> str:
    """Labels may hold underscores and the like: they stand in \\csname and \\ref as they are."""
    return "".join(c for c in name if c not in "\\{}%#~\n")
