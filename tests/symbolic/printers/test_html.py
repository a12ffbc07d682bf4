"""HTML pages: well-formed, self-contained, every formula in MathML."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from relucert.symbolic import library
from relucert.symbolic.printers.html import html, index
from relucert.symbolic.verify import Report, StepReport
from tests.symbolic.printers.test_markdown import load, passed

NAMES = library.names()
VOID = {"meta", "br"}


class _Balance(HTMLParser):
    """Every tag that opens closes, in order; what would be loaded from elsewhere is collected."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass


@cache
def page(name: str) -> str:
    return html(load(name), passed(load(name)))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_whole(name: str) -> None:
    text, derivation = page(name), load(name)
    parser = _Balance()
    parser.feed(text)
    assert parser.open == []
    assert parser.loaded == []
    assert "<script" not in text
    assert text.count('<div class="display">') == len(derivation.results) + len(derivation.steps)
    for number, step in enumerate(derivation.steps, start=1):
        assert f"<strong>Step {number}: " in text
        assert f"[{step.check.kind}]" in text
    assert "UNVERIFIED" not in text


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_mathml_without_left_over_latex(name: str) -> None:
    formulas = re.findall(r"<math .*?</math>", page(name), re.DOTALL)
    assert len(formulas) > len(load(name).steps)
    for formula in formulas:
        shown = "".join(ElementTree.fromstring(formula).itertext())
        assert not re.search(r"\\[a-zA-Z]", shown), shown
        assert "{" not in shown.replace("&#x0007B;", "") or "if" in shown or "{" in formula


def test_a_step_that_fails_is_marked() -> None:
    derivation = load("relu-kernel")
    good = passed(derivation).steps
    bad = StepReport(good[1].step, good[1].kind, False, "1 < 2 & more")
    text = html(derivation, Report("relu-kernel", (good[0], bad, *good[2:])))
    assert '<span class="bad">UNVERIFIED: 1 &lt; 2 &amp; more</span>' in text
    assert text.count("UNVERIFIED") == 2


def test_light_and_dark_and_fragment() -> None:
    assert "prefers-color-scheme: dark" in page("relu-kernel")
    fragment = html(load("relu-kernel"), passed(load("relu-kernel")), fragment=True)
    assert "<html" not in fragment
    assert "<h1>" not in fragment


def test_the_index_links_every_page() -> None:
    text = index([load(name) for name in NAMES])
    assert re.findall(r'href="([\w-]+)\.html"', text) == list(NAMES)
