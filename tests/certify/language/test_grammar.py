"""Precedence and grouping: compared with Python's own parser, and by hand where they differ; no recursion."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relucert.certify.language.errors import Source
from relucert.certify.language.grammar import parse, parse_all
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.tokens import Tokens
from tests.certify.language.values import holds

POINT = {"a": Fraction(3, 2), "b": Fraction(-2, 3), "c": Fraction(5, 4)}
RANGES = ["a, b, c real"]
MANY, SOME = 100_000, 10_000


def codes(text: str, *, comparisons: bool = True) -> str:
    """The instructions in short."""
    steps = parse(Tokens(Source("text", text)), comparisons=comparisons)
    return " ".join(str(step.value) if step.code in ("number", "name") else
                    f"{step.value[0]}/{step.value[1]}" if step.code == "call" else
                    "".join(step.value) if step.code == "compare" else step.code for step in steps)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b*c^2", "a b c 2 ^ * +"),
        ("a - b - c", "a b - c -"),
        ("a/b*c", "a b / c *"),
        ("a^b^c", "a b c ^ ^"),
        ("-a^2", "a 2 ^ neg"),
        ("-a*b", "a b * neg"),
        ("-a + b", "a neg b +"),
        ("a*-b*c", "a b neg * c *"),
        ("a/-b*c", "a b neg / c *"),
        ("2^-a*b", "2 a neg ^ b *"),
        ("2^-a^b", "2 a b ^ neg ^"),
        ("a - -b*c", "a b c * neg -"),
        ("+a - +b", "a b -"),
        ("(a + b)*c", "a b + c *"),
        ("f(a + 1, b)^2", "a 1 + b f/2 2 ^"),
        ("f(g(a), -b)", "a g/1 b neg f/2"),
        ("a < b <= c", "a b c <<="),
        ("a < b and b < c or c < a", "a b < b c < and c a < or"),
        ("not a < b and b < c", "a b < not b c < and"),
        ("not not a < b", "a b < not not"),
        ("a < b => b < c => c < a", "a b < b c < c a < implies implies"),
        ("a < b or b < c implies c < a", "a b < b c < or c a < implies"),
        ("(a < b) and not (b < c)", "a b < b c < not and"),
        ("a == b", "a b ="),
        ("a ** b", "a b ^"),
    ],
)
def test_instructions(text: str, expected: str) -> None:
    assert codes(text) == expected


def test_an_expression_ends_before_a_comparison() -> None:
    assert codes("a + b <= c", comparisons=False) == "a b +"
    assert codes("(a < b) <= c", comparisons=False) == "a b <"


_operand = st.sampled_from(
    ["a", "b", "c", "-a", "- -b", "+c", "a**2", "-b**2", "c**-1", "(a - b)", "-(b*c)", "2", "0.5"]
)


@st.composite
def arithmetic(draw: st.DrawFn) -> str:
    """Operands and operators without brackets round them."""
    text = draw(_operand)
    for _ in range(draw(st.integers(0, 6))):
        text += draw(st.sampled_from(["+", "-", "*", "/", " - ", " / "])) + draw(_operand)
    return text


@st.composite
def logic(draw: st.DrawFn) -> str:
    text = draw(arithmetic())
    comparison = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    for _ in range(draw(st.integers(1, 3))):
        text += f" {draw(comparison)} {draw(arithmetic())}"
    text = draw(st.sampled_from(["", "not ", "not not "])) + text
    return f"({text})" if draw(st.booleans()) else text


@given(st.lists(logic(), min_size=1, max_size=4), st.data())
def test_formulas_mean_what_they_mean_in_python(parts: list[str], data: st.DataObject) -> None:
    text = parts[0]
    for part in parts[1:]:
        text += data.draw(st.sampled_from([" and ", " or "])) + part
    exact = text.replace("0.5", "Fraction(1, 2)")
    names: dict[str, Any] = {**POINT, "Fraction": Fraction, "__builtins__": {}}
    try:
        expected = eval(exact, names)
    except ZeroDivisionError:
        assume(False)
    claim = parse_claim(f"({text}) or a = b = c", RANGES)
    assert holds(claim, **POINT) is expected


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("(" * MANY + "a" + ")" * MANY + " > 0", 2),
        ("+".join(["a"] * MANY) + " > 0", MANY + 1),
        ("-" * SOME + "a > 0", SOME + 2),
        ("sin(" * SOME + "a" + ")" * SOME + " > 0", SOME + 2),
        ("not " * SOME + "a > 0", 2),
        ("a" + " < a" * SOME, 1),
        ("a > 0" + " => a > 0" * SOME, 2),
        ("min(" + ", ".join(["a"] * SOME) + ") > 0", SOME + 1),
    ],
    ids=["brackets", "sum", "signs", "functions", "not", "chain", "implications", "arguments"],
)
def test_large_and_deep_claims(text: str, nodes: int) -> None:
    assert len(parse_claim(text, ["a real"]).nodes) == nodes


def test_deep_powers_group_to_the_right() -> None:
    depth = 1000
    claim = parse_claim("a^" * depth + "2 > 0", ["a > 0"])
    assert sum(node[0] == "power" for node in claim.nodes) == 1
    assert sum(node[0] == "exp" for node in claim.nodes) == depth - 1


def test_everything_is_read() -> None:
    assert [step.code for step in parse_all(Tokens(Source("text", "a < b")))] == ["name", "name", "compare"]
