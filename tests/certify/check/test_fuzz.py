"""Values of any type anywhere in a certificate: INVALID or VALID with a true claim, never an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from relucert.certify.check.kernel import check_bytes
from tests.certify.check.build import text_of
from tests.certify.check.catalogue import CATALOGUE
from tests.certify.check.mutations import at, places, replaced
from tests.certify.check.oracle import falsehood

Json = Any
HUGE = st.sampled_from([10**300, -(10**300), 2**64, -(2**64), 2**4096, 10**3999])
NUMBERS = st.one_of(st.integers(-3, 8), st.integers(), HUGE)
WORDS = st.sampled_from(
    ["", "0", "1", "-1", "1/2", "0x1p+0", "-0x1.8p-3", "0x0p+0", "mean", "free", "none", "product", "S", "K", "L", "B"]
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text("aL0+-/ ", max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.sampled_from(["rule", "basis", "bound", "+"]), inner, max_size=3),
    ),
    max_leaves=12,
)
RECORDS = st.one_of(
    st.tuples(st.just("S"), *[NUMBERS] * 4),
    st.tuples(
        st.sampled_from(["L", "K"]),
        NUMBERS,
        st.lists(NUMBERS, max_size=3),
        st.integers(-1, 40),
        st.lists(st.integers(-1, 4), max_size=6),
    ),
    st.tuples(
        st.just("K"),
        st.integers(0, 9),
        st.lists(NUMBERS, max_size=3),
        st.integers(0, 9),
        st.lists(st.integers(0, 3), max_size=4),
        st.lists(st.integers(0, 4), max_size=4),
    ),
    st.tuples(st.just("B"), NUMBERS),
).map(list)
PLACES = {name: list(places(certificate)) for name, certificate in CATALOGUE.items()}


def verify(certificate: Json) -> None:
    verdict = check_bytes(text_of(certificate).encode())
    assert verdict.kind in ("VALID", "INVALID")
    if verdict.valid:
        assert falsehood(certificate) is None


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(CATALOGUE)))
    certificate = CATALOGUE[name]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PLACES[name]))
        try:
            at(certificate, path)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change removed the place
        certificate = replaced(certificate, path, data.draw(VALUES))
    verify(certificate)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(CATALOGUE)), st.lists(st.lists(RECORDS, max_size=3), max_size=8))
@example("cone_cover_with_split", [[["L", 0, [10**3999, 10**3999], 40, []]]])
def test_random_trees(name: str, trees: Json) -> None:
    verify(CATALOGUE[name] | {"trees": trees})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_records_in_a_valid_tree(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in sorted(CATALOGUE) if CATALOGUE[name]["trees"]]))
    trees = [list(tree) for tree in CATALOGUE[name]["trees"]]
    tree = data.draw(st.sampled_from(trees))
    position = data.draw(st.integers(0, len(tree)))
    tree[position : position + data.draw(st.integers(0, 1))] = data.draw(st.lists(RECORDS, max_size=3))
    verify(CATALOGUE[name] | {"trees": trees})


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_any_json(value: Json) -> None:
    assert check_bytes(text_of(value).encode()).kind == "INVALID"
