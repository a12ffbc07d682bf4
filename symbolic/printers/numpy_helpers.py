"""The small functions that a generated NumPy module carries along, as text: only those that its formulas use."""

from __future__ import annotations

import re
from collections.abc import Iterable

# In the order in which a module defines them; a helper may use earlier ones.
HELPERS = {
    "_array": '''
def _array(name, value, axes):
    """The argument as an array of finite floats with at least `axes` axes."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is not an array of real numbers") from None
    if array.ndim < axes:
        raise ValueError(f"{name} needs at least {axes} axes, its shape is {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite: it contains NaN or infinity")
    if 0 in array.shape:
        raise ValueError(f"{name} is empty, its shape is {array.shape}")
    return array
''',
    "_scalar": '''
def _scalar(name, value, least=-np.inf):
    """A number or an array of numbers from `least` on."""
    array = _array(name, value, 0)
    if (array < least).any():
        raise ValueError(f"{name} must be at least {least}")
    return array
''',
    "_whole": '''
def _whole(name, value, least):
    """A whole number or an array of whole numbers from `least` on."""
    array = _scalar(name, value, least)
    if (array != np.floor(array)).any():
        raise ValueError(f"{name} must be a whole number")
    return array
''',
    "_number": '''
def _number(name, value, least, most=np.inf):
    """One whole number in a range, as an int: a size or an index."""
    array = _whole(name, value, least)
    if array.ndim:
        raise ValueError(f"{name} must be a single number here, its shape is {array.shape}")
    if array > most:
        raise ValueError(f"{name} must be at most {most}")
    return int(array)
''',
    "_fit": '''
def _fit(what, **sizes):
    """The common size of an axis of several arguments."""
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise ValueError(f"shapes do not fit in {what} ({listed})")
    return next(iter(sizes.values()))
''',
    "_batch": '''
def _batch(**shapes):
    """The leading axes, broadcast against each other."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        listed = ", ".join(f"{name}: {shape}" for name, shape in shapes.items())
        raise ValueError(f"the leading axes do not fit ({listed})") from None
''',
    "_nonzero": '''
def _nonzero(message, value):
    """The value, after making sure that one can divide by it."""
    if np.any(value == 0):
        raise ValueError(message)
    return value
''',
    "_holds": '''
def _holds(message, relation):
    """Refuse arguments for which the formula is not stated."""
    if not np.all(relation):
        raise ValueError(message)
''',
    "_result": '''
def _result(value, batch, axes):
    """The value with the leading axes of all arguments; never NaN or infinity."""
    if not np.isfinite(value).all():
        raise ValueError("the formula has no finite value for these arguments")
    shape = np.broadcast_shapes(np.shape(value), batch + np.shape(value)[np.ndim(value) - axes :])
    return np.broadcast_to(value, shape).copy()[()]
''',
    "_norm": '''
def _norm(v):
    """Euclidean norms along the last axis, without overflow."""
    return np.hypot.reduce(v, axis=-1, initial=0.0)
''',
    "_dot": '''
def _dot(u, v):
    """Inner products along the last axis."""
    return np.einsum("...d,...d->...", u, v)
''',
    "_angle": '''
def _angle(message, u, v):
    """The angles in [0, pi] along the last axis, precise where they are small: acos of the cosine is not."""
    u = u / _nonzero(message, _norm(u))[..., None]
    v = v / _nonzero(message, _norm(v))[..., None]
    return 2 * np.arctan2(_norm(u - v), _norm(u + v))
''',
    "_supplement": '''
def _supplement(theta):
    """pi - theta for a float theta, with the digits of pi that np.pi leaves out."""
    return (np.pi - theta) + 1.2246467991473532e-16
''',
    "_g": '''
def _g(delta):
    """G(theta) = sin(theta) + (pi - theta) cos(theta) as a function of delta = pi - theta.

    It is sin(delta) - delta cos(delta), about delta**3 / 3 near 0, where the difference loses digits: there it is
    summed as a series.
    """
    small = np.abs(delta) < 1
    square = np.where(small, delta, 0) ** 2
    series = np.zeros_like(square)
    for n in range(10, 0, -1):  # sum over n of (-1)**(n + 1) * 2 n / (2 n + 1)! * delta**(2 n + 1)
        series = 2 * n / math.factorial(2 * n + 1) - square * series
    return np.where(small, series * square * delta, np.sin(delta) - delta * np.cos(delta))
''',
    "_normal_pdf": '''
def _normal_pdf(t):
    """Density of the standard normal law."""
    return np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
''',
    "_normal_cdf": '''
def _normal_cdf(t):
    """Distribution function of the standard normal law, precise in the lower tail too."""
    return np.vectorize(math.erfc, otypes=[float])(-t / np.sqrt(2)) / 2
''',
    "_erf": '''
def _erf(t):
    """The error function."""
    return np.vectorize(math.erf, otypes=[float])(t)
''',
    "_gamma": '''
def _gamma(t):
    """The gamma function."""
    return np.vectorize(math.gamma, otypes=[float])(t)
''',
}


def helpers_for(code: str) -> str:
    """The definitions of all helpers that the code uses, directly or through each other."""
    wanted = _used(code, HELPERS)
    for name in reversed(HELPERS):
        if name in wanted:
            wanted |= _used(HELPERS[name], HELPERS) - {name}
    return "\n\n".join(source.strip() + "\n" for name, source in HELPERS.items() if name in wanted)


def _used(code: str, names: Iterable[str]) -> set[str]:
    return {name for name in names if re.search(rf"(?<!\w){name}\(", code)}
