"""The vocabulary of the derivations: SymPy nodes for vectors, Gaussian means and the field's named functions.

A formula is written once, with these nodes, as one would write it on paper: ``Dot(u, x)``, ``Norm(w)``,
``Mean(relu(Dot(u, x)) * relu(Dot(v, x)), x)``.  Vectors are names without coordinates; a :class:`~.frames.Frame` gives
coordinates to them when a formula is checked.  Every expression has a rank: 0 scalar, 1 vector, 2 matrix.  A product
has at most one factor that is no scalar; vectors are multiplied by `Dot` and `Outer`.
"""

from __future__ import annotations

from sympy import (
    Add,
    Derivative,
    Expr,
    Function,
    Integer,
    Integral,
    Limit,
    Mul,
    Piecewise,
    Pow,
    Product,
    Sum,
    Symbol,
    Tuple,
    cos,
    pi,
    sin,
)


class Vector(Symbol):
    """A vector of some fixed dimension, e.g. ``w``; rank 1."""


class Matrix(Symbol):
    """A square matrix, e.g. the covariance ``Sigma``; rank 2."""


class VectorFamily(Symbol):
    """Vectors numbered from 1, e.g. the hidden weights ``w_1, ..., w_K``; `Entry` picks one."""


class MatrixFamily(Symbol):
    """Matrices numbered from 1, e.g. the shifts that put a filter at its k places; `Entry` picks one."""


class ScalarFamily(Symbol):
    """Numbers numbered from 1, e.g. the output weights ``a_1, ..., a_K``; `Entry` picks one."""


IDENTITY = Matrix("I")  # of the dimension that its context asks for
ONES = Vector("ones", real=True)  # the vector of ones, of the dimension that its context asks for


class Entry(Function):
    """``Entry(family, i)``: member number i (from 1) of a family, or coordinate number i of a `Vector`."""

    nargs = 2
    _diff_wrt = True  # a derivative in one output weight


class Dot(Function):
    """Inner product of two vectors."""

    nargs = 2


class Norm(Function):
    """Euclidean norm of a vector."""

    nargs = 1


class Angle(Function):
    """The angle in [0, pi] between two vectors, neither of them zero."""

    nargs = 2


class Outer(Function):
    """``Outer(u, v)``: the matrix u vᵀ."""

    nargs = 2


class Apply(Function):
    """``Apply(A, v)``: matrix times vector; ``Apply(Transposed(A), v)`` with the transpose."""

    nargs = 2


class Transposed(Function):
    """The transpose of a matrix."""

    nargs = 1


class Trace(Function):
    """The trace of a matrix."""

    nargs = 1


class Gradient(Function):
    """``Gradient(f, w)``: the vector of partial derivatives of a scalar f in the coordinates of the vector w."""

    nargs = 2


class Hessian(Function):
    """``Hessian(f, w)``: the matrix of second partial derivatives; ``Hessian(f, u, v)`` is d²f/du dv (rows: u)."""

    nargs = (2, 3)


class Mean(Function):
    """``Mean(h, x, ...)``: the expectation of h over independent standard Gaussian x, ...

    Each of x, ... is a `Vector`, a `VectorFamily` (independent members) or a plain Symbol (one standard normal).
    """

    nargs = None  # any number


class relu(Function):
    """max(t, 0)."""

    nargs = 1


class step(Function):
    """The indicator of t > 0."""

    nargs = 1


class leaky_relu(Function):
    """``leaky_relu(t, alpha)`` = max(t, alpha t), 0 <= alpha <= 1."""

    nargs = 2


class normal_pdf(Function):
    """Density of the standard normal law."""

    nargs = 1


class normal_cdf(Function):
    """Distribution function of the standard normal law."""

    nargs = 1


class G(Function):
    """G(theta) = sin(theta) + (pi - theta) cos(theta), the angular part of the first-order arc-cosine kernel."""

    nargs = 1

    def unfolded(self) -> Expr:
        """The definition."""
        (theta,) = self.args
        return sin(theta) + (pi - theta) * cos(theta)

    def _eval_is_real(self) -> bool | None:
        real: bool | None = self.args[0].is_real
        return real

    def fdiff(self, argindex: int = 1) -> Expr:
        """G'(theta) = -(pi - theta) sin(theta)."""
        del argindex  # there is one argument
        (theta,) = self.args
        return -(pi - theta) * sin(theta)


class RankError(ValueError):
    """An expression adds or multiplies vectors in a way that has no meaning."""


_SCALAR_NODES = (Dot, Norm, Angle, Trace, relu, step, leaky_relu, normal_pdf, normal_cdf, G)


def rank(expression: Expr) -> int:
    """0 for a scalar, 1 for a vector, 2 for a matrix.

    Raises
    ------
    RankError
        A sum of different ranks, a product of two vectors, a power of a vector, a function of a vector.
    """
    if isinstance(expression, Vector):
        return 1
    if isinstance(expression, Matrix):
        return 2
    if isinstance(expression, (VectorFamily, MatrixFamily, ScalarFamily)):
        raise RankError(f"{expression} is a family: pick a member with Entry({expression}, i)")
    if isinstance(expression, Entry):
        family = expression.args[0]
        return 2 if isinstance(family, MatrixFamily) else int(isinstance(family, VectorFamily))
    if isinstance(expression, (Gradient, Apply)):
        return 1
    if isinstance(expression, (Outer, Hessian, Transposed)):
        return 2
    if isinstance(expression, _SCALAR_NODES):
        return 0
    if isinstance(expression, (Mean, Sum, Integral, Derivative, Limit)):
        return rank(expression.args[0])
    if isinstance(expression, Add):
        ranks = {rank(term) for term in expression.args}
        if len(ranks) > 1:
            raise RankError(f"{expression} adds terms of different ranks")
        return ranks.pop()
    if isinstance(expression, Mul):
        total = sorted(rank(factor) for factor in expression.args)
        if len(total) > 1 and total[-2]:
            raise RankError(f"{expression} multiplies two vectors or matrices: use Dot, Outer or Apply")
        return total[-1]
    if isinstance(expression, (Piecewise, Product)) or not expression.args:
        return 0
    arguments = [argument for argument in expression.args if isinstance(argument, Expr)]
    if any(rank(argument) for argument in arguments):
        what = "a power" if isinstance(expression, Pow) else f"{type(expression).__name__}"
        raise RankError(f"{what} of a vector or matrix in {expression}")
    return 0


def unfold(expression: Expr) -> Expr:
    """The same expression with every named function replaced by its definition, where it has one."""
    return expression.replace(lambda node: isinstance(node, G), lambda node: node.unfolded())


def members(expression: Expr, index: Symbol, last: int) -> list[Expr]:
    """The expression at index = 1, ..., last."""
    return [expression.xreplace({index: Integer(number)}) for number in range(1, last + 1)]


def bound(node: Mean) -> Tuple:
    """The Gaussian variables of a `Mean`."""
    return Tuple(*node.args[1:])
