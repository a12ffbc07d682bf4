"""Four ways to the same number: vectorised kernels, printed formulas, the network on samples, differences.

For every model and for loss, gradient and curvature: the functions of `numeric.models` against those that `symbolic`
prints as NumPy code, against means over samples of the network, and against difference quotients.  None of the four
shares code with another, so that a wrong sign in one of them shows.  This is the one module of `numeric` that knows
`symbolic`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from relucert.numeric import agreement
from relucert.numeric.agreement import Floats, threshold
from relucert.numeric.comparisons import Case, Printed, Row, compare
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.models.overlapping import Overlapping
from relucert.numeric.models.two_layer import TwoLayer, multi_neuron


@dataclass(frozen=True)
class Report:
    """The table, and the bound on the scores that belongs to its size."""

    rows: list[Row] = field(default_factory=list)

    @property
    def bound(self) -> float:
        """Standard errors: so many scores exceed it by chance with probability `agreement.FALSE_ALARMS`."""
        return threshold(sum(row.scores for row in self.rows))

    @property
    def agrees(self) -> bool:
        return not any(row.disagreements(self.bound) for row in self.rows)


class UnknownModel(ValueError):
    """No model has this name; the message names the nearest ones."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, names(), n=3, cutoff=0.4)
        super().__init__(f"unknown model {name!r}: " + (f"did you mean {' or '.join(near)}?" if near else
                                                        f"choose from {', '.join(names())}"))  # fmt: skip


def names() -> tuple[str, ...]:
    """All models, in the order of the papers."""
    return tuple(case.name for case in CASES)


def crosscheck(
    models: Sequence[str] = (), *, seed: int = 0, samples: int = 100_000, points: int = 3,
    progress: Callable[[int, int, str], None] = lambda finished, total, name: None,
) -> Report:  # fmt: skip
    """Compare everything with everything.

    Parameters
    ----------
    models : sequence of str
        Names; all by default.
    samples : int
        Inputs of the network at each point.
    points : int
        Random points of each network, besides those on and near kinks.
    progress : callable
        ``progress(finished models, all models, the next one's name)``.

    Raises
    ------
    UnknownModel
    ValueError
        Fewer samples than a normal law of their means needs, or no points.
    """
    if samples < agreement.FEWEST or points < 1:
        raise ValueError(f"expected at least {agreement.FEWEST} samples and a point, got {samples} and {points}")
    unknown = next((name for name in models if name not in names()), None)
    if unknown is not None:
        raise UnknownModel(unknown)
    chosen = [(place, case) for place, case in enumerate(CASES) if not models or case.name in models]
    report = Report()
    for finished, (place, case) in enumerate(chosen):
        progress(finished, len(chosen), case.name)
        # a model's random numbers do not depend on which others are compared
        report.rows.extend(compare(case, (seed, place), samples, points))
    progress(len(chosen), len(chosen), "")
    return report


# ---- models


@cache
def functions(derivation: str) -> SimpleNamespace:
    """The functions that are printed for a derivation, executed."""
    from relucert.symbolic import library
    from relucert.symbolic.printers.numpy_code import module

    found: dict[str, Any] = {}
    exec(compile(module(library.load(derivation)), derivation, "exec"), found)
    return SimpleNamespace(**found)


def _vector(generator: np.random.Generator, size: int) -> Floats:
    return np.asarray(generator.standard_normal(size) * 2.0 ** generator.uniform(-1, 1))


def _shared(model: Any, at: Floats) -> tuple[Floats, Floats]:
    return at[None], model.teacher[None]


def _shifts(model: Overlapping) -> Floats:
    """The isometries that put the filter at the places of the patches, (k, input_size, m)."""
    found = np.zeros((model.patches, model.input_size, model.size))
    for patch in range(model.patches):
        for place in range(model.size):
            found[patch, patch * model.stride + place, place] = 1
    return found


def _shifted(model: Overlapping, at: Floats) -> tuple[Floats, Floats]:
    return _shifts(model) @ at, _shifts(model) @ model.teacher


def _scaled(model: Any, factor: float) -> Any:
    return replace(model, teacher=factor * model.teacher)


def _apart(generator: np.random.Generator) -> list[NonOverlapping]:
    return [NonOverlapping(_vector(generator, m), k) for m, k in ((2, 1), (3, 4), (5, 3))]


def _leaky(generator: np.random.Generator) -> list[NonOverlapping]:
    return [NonOverlapping(_vector(generator, m), k, leak) for m, k, leak in ((2, 1, 1.0), (3, 4, 0.2), (5, 3, 0.7))]


def _windows(generator: np.random.Generator) -> list[Overlapping]:
    return [Overlapping(_vector(generator, m), k, stride) for m, k, stride in ((2, 3, 1), (4, 4, 2), (3, 2, 3))]


def _both(generator: np.random.Generator) -> list[BothLayers]:
    return [BothLayers(_vector(generator, p), generator.standard_normal(k)) for p, k in ((2, 1), (3, 4), (4, 2))]


def _general(generator: np.random.Generator) -> list[TwoLayer]:
    draw = generator.standard_normal
    return [TwoLayer(draw((one, d)), draw(one), draw(other)) for d, one, other in ((2, 2, 3), (4, 3, 2), (3, 1, 1))]


def _neurons(generator: np.random.Generator) -> list[TwoLayer]:
    return [multi_neuron(generator.standard_normal((count, d))) for d, count in ((2, 1), (3, 3), (4, 2))]


def _patches(derivation: str, name: str) -> Printed:
    return lambda model, at: getattr(functions(derivation), name)(at, model.teacher, model.patches)


def _leaking(name: str) -> Printed:
    return lambda model, at: getattr(functions("leaky-non-overlapping"), f"leaky_non_overlapping_{name}")(
        at, model.teacher, model.patches, model.leak
    )


def _overlapping(name: str) -> Printed:
    return lambda model, at: getattr(functions(f"overlapping-{name}"), f"overlapping_{name}")(
        at, model.teacher, _shifts(model), model.patches
    )


def _plain_curvature(model: NonOverlapping, at: Floats, direction: Floats) -> Floats:
    hessian = functions("non-overlapping-hessian").non_overlapping_hessian
    return np.asarray(hessian(at, model.teacher, model.patches) @ direction)


def _both_arguments(model: BothLayers, at: Floats) -> tuple[Floats, ...]:
    p = len(model.filter)
    return at[:p], at[p:], model.filter, model.output_weights


def _both_loss(model: BothLayers, at: Floats) -> Floats:
    return np.asarray(functions("both-layers-loss").both_layers_loss(*_both_arguments(model, at)))


def _both_gradient(model: BothLayers, at: Floats) -> Floats:
    printed, arguments = functions("both-layers-gradient"), _both_arguments(model, at)
    parts = (printed.both_layers_gradient_filter_gradient, printed.both_layers_gradient_output_gradient)
    return np.concatenate([part(*arguments) for part in parts])


def _both_curvature(model: BothLayers, at: Floats, direction: Floats) -> Floats:
    printed, arguments = functions("both-layers-hessian"), _both_arguments(model, at)
    filters, outputs, mixed = (
        getattr(printed, f"both_layers_hessian_{block}_hessian")(*arguments) for block in ("filter", "output", "mixed")
    )
    return np.asarray(np.block([[filters, mixed], [mixed.T, outputs]]) @ direction)


def _two_layer_arguments(model: TwoLayer, at: Floats) -> tuple[Floats, ...]:
    return model.neurons(at), model.output_weights, model.teacher_weights, model.teacher_outputs


def _hidden(model: TwoLayer, at: Floats) -> tuple[Floats, Floats]:
    return model.neurons(at), model.teacher_weights


def _scaled_hidden(model: TwoLayer, factor: float) -> TwoLayer:
    return replace(model, teacher_weights=factor * model.teacher_weights)


def _two_layer_loss(model: TwoLayer, at: Floats) -> Floats:
    loss = functions("two-layer-loss").two_layer_loss
    return np.asarray(model.factor * loss(*_two_layer_arguments(model, at)))


def _two_layer_gradient(model: TwoLayer, at: Floats) -> Floats:
    printed, arguments = functions("two-layer-gradient"), _two_layer_arguments(model, at)
    parts = [printed.two_layer_gradient_hidden_gradient(*arguments, j + 1) for j in range(model.width)]
    return model.factor * np.concatenate(parts)


def _two_layer_curvature(model: TwoLayer, at: Floats, direction: Floats) -> Floats:
    printed, arguments = functions("two-layer-hessian"), _two_layer_arguments(model, at)
    student, outputs = arguments[:2]
    blocks = [
        [
            printed.two_layer_hessian_hidden_block(*arguments, j) if j == h
            else printed.two_layer_hessian_mixed_block(student, outputs, j, h)
            for h in range(1, model.width + 1)
        ]
        for j in range(1, model.width + 1)
    ]  # fmt: skip
    return np.asarray(model.factor * np.block(blocks) @ direction)


def _tian_loss(model: TwoLayer, at: Floats) -> Floats:
    return np.asarray(functions("multi-neuron-loss").multi_neuron_loss(model.neurons(at), model.teacher_weights))


def _tian_gradient(model: TwoLayer, at: Floats) -> Floats:
    gradient = functions("multi-neuron-gradient").multi_neuron_gradient
    student = model.neurons(at)
    return np.concatenate([gradient(student, model.teacher_weights, j + 1) for j in range(model.width)])


CASES: tuple[Case, ...] = (
    Case(
        "non-overlapping",
        _apart,
        {
            "loss": _patches("non-overlapping-loss", "non_overlapping_loss"),
            "gradient": _patches("non-overlapping-gradient", "non_overlapping_gradient"),
            "curvature": _plain_curvature,
        },
        _shared,
        _scaled,
    ),
    Case(
        "leaky-non-overlapping",
        _leaky,
        {"loss": _leaking("loss"), "gradient": _leaking("gradient")},
        _shared,
        _scaled,
    ),
    Case(
        "overlapping",
        _windows,
        {"loss": _overlapping("loss"), "gradient": _overlapping("gradient")},
        _shifted,
        _scaled,
    ),
    Case(
        "both-layers",
        _both,
        {"loss": _both_loss, "gradient": _both_gradient, "curvature": _both_curvature},
        lambda model, at: (at[None, : len(model.filter)], model.filter[None]),
        lambda model, factor: replace(model, filter=factor * model.filter),
    ),
    Case(
        "two-layer",
        _general,
        {"loss": _two_layer_loss, "gradient": _two_layer_gradient, "curvature": _two_layer_curvature},
        _hidden,
        _scaled_hidden,
    ),
    Case(
        "multi-neuron",
        _neurons,
        {"loss": _tian_loss, "gradient": _tian_gradient, "curvature": _two_layer_curvature},
        _hidden,
        _scaled_hidden,
    ),
)
