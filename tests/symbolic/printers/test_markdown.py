"""Markdown pages: math that GitHub sets, every step with reason and kind, marks where something is not verified."""

from __future__ import annotations

import re
from functools import cache

import pytest

from relucert.symbolic import library
from relucert.symbolic.derivation import Derivation
from relucert.symbolic.printers.markdown import index, markdown
from relucert.symbolic.verify import Report, StepReport

NAMES = library.names()
load = cache(library.load)


def passed(derivation: Derivation) -> Report:
    return Report(derivation.name, tuple(StepReport(step.name, step.check.kind, True) for step in derivation.steps))


@cache
def page(name: str) -> str:
    return markdown(load(name), passed(load(name)))


def fences(text: str) -> list[str]:
    return re.findall(r"^```math\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)


def inline(text: str) -> list[str]:
    return re.findall(r"\$([^$\n]+)\$", re.sub(r"^```math\n.*?\n```$", "", text, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_result_and_step_is_on_the_page(name: str) -> None:
    text, derivation = page(name), load(name)
    assert text.startswith("# ")
    assert len(fences(text)) == len(derivation.results) + len(derivation.steps)
    for number, step in enumerate(derivation.steps, start=1):
        assert re.search(rf"^\*\*Step {number}: .*\*\[{step.check.kind}\]\*$", text, re.MULTILINE)
    assert "UNVERIFIED" not in text


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_what_github_sets(name: str) -> None:
    text = page(name)
    for formula in inline(text):
        assert not re.search(r"[*<>]|\\[,!{}]", formula), formula
        assert formula == formula.strip(), "a space after the dollar sign makes it plain text"
    for formula in [*fences(text), *inline(text)]:
        assert "\\operatorname" not in formula
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right") + formula.count(r"\left.")
    outside = re.sub(r"^```math\n.*?\n```$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert all(line.count("$") % 2 == 0 for line in outside.splitlines())
    cells = {line.count("|") for line in outside.splitlines() if line.startswith("|")}
    assert cells == {3}


def test_a_step_that_fails_is_marked_with_its_reason() -> None:
    derivation = load("relu-kernel")
    good = passed(derivation).steps
    bad = StepReport(good[1].step, good[1].kind, False, "left = 1 but right = 2 at u_1 = 1/2")
    text = markdown(derivation, Report("relu-kernel", (good[0], bad, *good[2:])))
    assert text.splitlines()[0].endswith("**[UNVERIFIED]**")
    assert re.search(r"^\*\*Step 2: .*UNVERIFIED: left = 1 but right = 2 at u\\_1 = 1/2\]\*\*", text, re.MULTILINE)
    assert text.count("UNVERIFIED") == 2
    unchecked = markdown(derivation, Report("relu-kernel", good[:-1]))
    assert "it was not checked" in unchecked


def test_statement_alone_and_fragment() -> None:
    derivation = load("relu-kernel")
    statement = markdown(derivation, passed(derivation), steps=False)
    assert "Step 1" not in statement
    assert len(fences(statement)) == len(derivation.results)
    fragment = markdown(derivation, passed(derivation), fragment=True)
    assert not re.search(r"^##? ", fragment, re.MULTILINE)
    assert "### Proof" in fragment


def test_the_index_links_every_page() -> None:
    text = index([load(name) for name in NAMES])
    assert re.findall(r"\]\(([\w-]+)\.md\)", text) == list(NAMES)
