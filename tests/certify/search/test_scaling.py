"""Scaling leaves networks, objectives and directions the same."""

import numpy as np
import pytest

from relucert.certify.search.dual import DualProblem, OutputConstant, Units, objective
from relucert.certify.search.scaling import Scaling


@pytest.mark.parametrize(
    ("free", "constant", "decay"), [(False, "none", 0.0), (False, "penalised", 2.0), (True, "free", 0.0)]
)
def test_objective_of_a_scaled_network(free: bool, constant: OutputConstant, decay: float) -> None:
    generator = np.random.default_rng(0)
    rows, y = 1e5 + 1e4 * generator.standard_normal((20, 3)), 1e-3 * generator.standard_normal(20)
    problem = DualProblem(rows, y, 7.0, free, constant, decay)
    scaling = Scaling.of(problem)
    directions = generator.standard_normal((4, 3 + free))
    directions /= np.linalg.norm(directions[:, :3], axis=1, keepdims=True)
    units = Units(directions, generator.standard_normal(4))
    constant_inside = 0.3 if constant != "none" else 0.0
    out = scaling.units_out(units)
    inside = objective(scaling.scaled, units, constant_inside) * scaling.y_size**2
    # y_centre is only moved when the constant is free, so the decay term stays comparable.
    assert objective(problem, out, scaling.constant_out(constant_inside)) == pytest.approx(inside, rel=1e-9)
    back = scaling.units_in(out)
    assert back.directions == pytest.approx(units.directions, rel=1e-9)
    assert back.coefficients == pytest.approx(units.coefficients, rel=1e-12)


def test_proportional_data_scale_to_the_same_problem() -> None:
    generator = np.random.default_rng(1)
    rows, y = generator.standard_normal((9, 2)), generator.standard_normal(9)
    one = Scaling.of(DualProblem(rows, y, 0.5)).scaled
    two = Scaling.of(DualProblem(1e-8 * rows, 1e8 * y, 0.5)).scaled
    assert two.rows == pytest.approx(one.rows, rel=1e-15)
    assert two.y == pytest.approx(one.y, rel=1e-15)
    assert two.beta == pytest.approx(one.beta, rel=1e-15)


def test_zero_data_stay_zero() -> None:
    scaled = Scaling.of(DualProblem(np.zeros((3, 2)), np.full(3, 0.1), 1.0, constant="free")).scaled
    assert not scaled.rows.any() and not scaled.y.any()
