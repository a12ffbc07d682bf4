"""Random texts of the language, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("a", "b", "c")
RANGES = ("a, b, c real",)

_number = st.sampled_from(["0", "1", "2", "3", "7/2", "0.25", "1e-1", "(-2)"])
_atom = st.one_of(st.sampled_from([*NAMES, "pi"]), _number)


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    function = st.sampled_from(["sin", "cos", "exp", "arctan", "abs", "sqrt", "cbrt", "log", "acos", "tanh", "G"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}{}{}".format, inner, st.sampled_from(["+", " - ", "*", " / "]), _atom),
        st.builds("-{}".format, inner),
        st.builds("({})^{}".format, inner, st.sampled_from(["2", "3", "0", "-1", "(1/2)", "(-2/3)", "0.5"])),
        st.builds("{}({})".format, function, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("root({}, {})".format, inner, st.integers(2, 6)),
    )


expressions = st.recursive(_atom, _extended, max_leaves=12)
relations = st.one_of(
    st.builds("{} {} {}".format, expressions, st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), expressions),
    st.builds("{} < {} <= {}".format, expressions, expressions, expressions),
)
formulas = st.recursive(
    relations,
    lambda inner: st.one_of(
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or", "=>"]), inner),
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), relations),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)
