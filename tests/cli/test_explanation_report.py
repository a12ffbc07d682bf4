"""The document forms: nothing is lost, nothing is taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from relucert.cli.explanation import explain
from relucert.cli.explanation_report import as_html, as_markdown
from tests.certify.check.build import edited, text_of
from tests.certify.check.catalogue import CATALOGUE

EXPLANATIONS = {name: explain(text_of(value).encode("ascii")) for name, value in CATALOGUE.items()}
SECTIONS = [
    "Problem", "Numbers", "Network", "Why the gap is what it is", "Where the bound is tight", "Largest residuals",
    "Proof", "Replay",
]  # fmt: skip
EMPTY = {"meta", "img"}


class Outline(HTMLParser):
    """Checks that tags nest; collects headings, cells of each row, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.rows: list[int] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


@pytest.mark.parametrize("name", CATALOGUE)
def test_html_is_well_formed_and_stands_alone(name: str) -> None:
    text = as_html(EXPLANATIONS[name], None)
    outline = Outline()
    outline.feed(text)
    outline.close()
    assert outline.open == []
    assert outline.headings == SECTIONS
    assert "<script" not in text and "http" not in text and "<img" not in text


@pytest.mark.parametrize("name", CATALOGUE)
def test_markdown_tables_are_rectangles(name: str) -> None:
    lines = as_markdown(EXPLANATIONS[name], None).splitlines()
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    width = None
    for line in lines:
        edges = line.replace("\\|", "").count("|") if line.startswith("| ") else None
        assert edges is None or width is None or edges == width
        width = edges


@pytest.mark.parametrize("name", CATALOGUE)
def test_both_forms_state_the_claim(name: str) -> None:
    explanation = EXPLANATIONS[name]
    claim = explanation.summary["claim"]
    outline = Outline()
    outline.feed(as_html(explanation, None))
    for words in (claim["formula"], claim["problem"], claim["loss"], claim["lower_bound"], claim["relative_gap"]):
        assert words in outline.text
    text = as_markdown(explanation, None)
    for words in (claim["formula"], claim["loss"], claim["lower_bound"], claim["relative_gap"]):
        assert words in text


def test_the_result_comes_first() -> None:
    lead = {name: as_markdown(value, None).splitlines()[2] for name, value in EXPLANATIONS.items()}
    assert "global optimum" in lead["free_bias_split_exact"]
    assert "relative gap of 0.027 of the" in lead["cone_cover_with_split"]
    assert "says nothing" in lead["nothing"]
    assert "network of width 1 with objective 37.5" in lead["singular_value_with_better_network"]


def test_a_refutation_leads_whatever_its_bound() -> None:
    certificate = edited(CATALOGUE["singular_value_with_better_network"], ("claim.lower_bound", "0"))
    lead = as_markdown(explain(text_of(certificate).encode("ascii")), None).splitlines()[2]
    assert lead == (
        "The network's objective is 50; the lower bound 0 adds nothing. Refuted: it is not within 0.2. The certificate "
        "contains a network of width 1 with objective 37.5."
    )


def test_the_link_to_the_picture_stands_as_given() -> None:
    explanation = EXPLANATIONS["nothing"]
    for link in ("a%20%22b%22.svg", "file:///pictures/a%20b.svg"):
        assert f"]({link})" in as_markdown(explanation, link)
        assert f'src="{link}"' in as_html(explanation, link)
