"""Gradient descent on models A and B: relucert, a loop over runs, PyTorch's differentiation, JAX's compiled loop.

All methods descend from the same starts with the same step size, single-threaded and in one process, in turns, so that
what else the machine does slows all of them. Times are CPU seconds of the process; the slower methods are measured on
fewer runs or steps and scaled up.  A few steps of each method are compared first: they compute the same thing.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import markdown, measure
from benchmarks.measure import Row
from relucert.numeric import plane
from relucert.numeric.descent import iterate
from relucert.numeric.models.both_layers import BothLayers
from relucert.numeric.models.non_overlapping import NonOverlapping
from relucert.numeric.population import gradient_descent

Floats = NDArray[np.float64]
Method = Callable[[Floats, int], Any]  # (starts, steps) -> last states

RUNS, STEPS = 10_000, 1_000
SIZE, PATCHES = 16, 8
ROUNDS = 5
GOALS = {"loop over runs": 100.0, "PyTorch": 5.0, "JAX": 1.0}
MEMORY_RUNS, MEMORY = 1_000_000, 64  # MB
# vector operations of a step of model A in numeric/plane.py besides arctan2, each reading two numbers and writing one
OPERATIONS, BYTES = 19, 24


def models() -> dict[str, tuple[Any, float]]:
    """Each with its step size."""
    outputs = np.random.default_rng(1).standard_normal(PATCHES)
    return {
        "A": (NonOverlapping(np.eye(SIZE)[0], PATCHES), 0.5),
        "B": (BothLayers(np.eye(SIZE)[0], outputs / np.linalg.norm(outputs)), 0.1),
    }


# ---- the methods


def relucert(model: Any, size: float) -> Method:
    return lambda start, steps: gradient_descent(model, start, step=size, steps=steps).parameters


def step_by_step(model: Any, size: float) -> Method:
    """The vectorised gradients in all coordinates, as for models without a plane."""
    return lambda start, steps: (
        iterate(lambda states, number: states - size * model.gradient(states), start, steps=steps).parameters
    )


def loop(model: Any, size: float) -> Method:
    """One run after the other, with NumPy vectors: what a script would do."""
    step = _plain_a(model, size) if isinstance(model, NonOverlapping) else _plain_b(model, size)

    def run(start: Floats, steps: int) -> Floats:
        found = []
        for state in start:
            for _ in range(steps):
                state = step(state)
            found.append(state)
        return np.array(found)

    return run


def _plain_a(model: NonOverlapping, size: float) -> Callable[[Floats], Floats]:
    k, teacher = model.patches, model.teacher

    def step(w: Floats) -> Floats:
        radius = math.sqrt(w @ w)
        angle = math.acos(max(-1.0, min(1.0, (w @ teacher) / radius)))
        own = (k - 1 + math.pi) - (k - 1 + math.sin(angle)) / radius
        return np.asarray(w - size * (own * w - (math.pi - angle) * teacher) / (math.pi * k))

    return step


def _plain_b(model: BothLayers, size: float) -> Callable[[Floats], Floats]:
    p, teacher, star = len(model.filter), model.filter, model.output_weights

    def step(state: Floats) -> Floats:
        v, a = state[:p], state[p:]
        length = math.sqrt(v @ v)
        hat = v / length
        cosine = max(-1.0, min(1.0, hat @ teacher))
        angle = math.acos(cosine)
        kernel = math.sin(angle) + (math.pi - angle) * cosine
        turn = (a @ star) * (math.pi - angle) / (2 * math.pi * length) * (teacher - cosine * hat)
        outputs = ((math.pi - 1) * a - (kernel - 1) * star + (a - star).sum()) / (2 * math.pi)
        return np.concatenate([v + size * turn, a - size * outputs])

    return step


def _loss(model: Any, xp: Any, atan2: Any) -> Callable[[Any], Any]:
    """The population loss of a batch in a library's functions, (runs, size) -> (runs,): the teacher is e_1."""
    k = PATCHES

    def polar(v: Any) -> tuple[Any, Any]:
        across = xp.sqrt((v[:, 1:] * v[:, 1:]).sum(-1))
        supplement = atan2(across, -v[:, 0])
        return xp.sqrt((v * v).sum(-1)), xp.sin(supplement) - supplement * xp.cos(supplement)

    def shared(w: Any) -> Any:
        radius, kernel = polar(w)
        return ((k - 1 + math.pi) * (radius - 1) ** 2 + 2 * radius * (math.pi - kernel)) / (2 * math.pi * k)

    def both(state: Any) -> Any:
        _, kernel = polar(state[:, :SIZE])
        a, star = state[:, SIZE:], xp.asarray(model.output_weights)
        spread = a - star
        total, cross = spread.sum(-1), (a * star).sum(-1)
        square = (spread * spread).sum(-1)
        return ((math.pi - 1) * square + 2 * (math.pi - kernel) * cross + total * total) / (4 * math.pi)

    return shared if isinstance(model, NonOverlapping) else both


def pytorch(model: Any, size: float) -> Method:
    """The gradients of all runs by one backward pass."""
    import torch

    torch.set_num_threads(1)
    loss = _loss(model, torch, torch.atan2)

    def run(start: Floats, steps: int) -> Floats:
        states = torch.tensor(start)
        for _ in range(steps):
            states.requires_grad_()
            (gradient,) = torch.autograd.grad(loss(states).sum(), states)
            states = states.detach() - size * gradient
        return np.asarray(states)

    return run


def jax(model: Any, size: float) -> Method:
    """jit of a loop over vmap of grad, double precision; the compilation is not counted."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    batch = _loss(model, jnp, jnp.arctan2)
    gradient = jax.vmap(jax.grad(lambda state: batch(state[None])[0]))

    @jax.jit
    def descend(states: Any, steps: Any) -> Any:
        return jax.lax.fori_loop(0, steps, lambda _, states: states - size * gradient(states), states)

    return lambda start, steps: np.asarray(descend(jnp.asarray(start), steps))


# method, its maker, package that it needs, runs and steps that are measured
METHODS: tuple[tuple[str, Callable[[Any, float], Method], str | None, int, int], ...] = (
    ("relucert", relucert, None, RUNS, STEPS),
    ("relucert, all coordinates", step_by_step, None, RUNS, 50),
    ("loop over runs", loop, None, 20, 200),
    ("PyTorch", pytorch, "torch", RUNS, 50),
    ("JAX", jax, "jax", RUNS, 100),
)


# ---- measuring


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def rows() -> Iterator[Row]:
    """One row for each model and method, the limits of the machine, and the memory of a million runs."""
    for name, (model, size) in models().items():
        start = np.random.default_rng(0).standard_normal((RUNS, model.size))
        methods = {}
        for title, make, package, runs, steps in METHODS:
            if package is not None and find_spec(package) is None:
                yield {"model": name, "method": title, "missing": package}
                continue
            methods[title] = make(model, size), start[:runs], steps
        expected = methods["relucert, all coordinates"][0](start[:20], 10)
        for title, (method, own, steps) in methods.items():
            gap = float(np.abs(method(start[:20], 10) - expected).max())
            if gap > 1e-9:
                raise RuntimeError(f"{title} computes something else: states differ by {gap:.1e} after 10 steps")
            method(own, 1 if title == "loop over runs" else steps)  # compilation, caches
        times: dict[str, list[float]] = {title: [] for title in methods}
        for _ in range(ROUNDS):
            for title, (method, own, steps) in methods.items():
                seconds = cpu_seconds(lambda method=method, own=own, steps=steps: method(own, steps))  # type: ignore[misc]
                times[title].append(seconds / len(own) / steps)
        for title, _, package, runs, steps in METHODS:
            if title in times:
                ratios = [other / ours for other, ours in zip(times[title], times["relucert"], strict=True)]
                found = {"version": version(package)} if package else {}
                yield {"model": name, "method": title, "runs": runs, "steps": steps, **found,
                       "nanoseconds": 1e9 * statistics.median(times[title]),
                       "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}  # fmt: skip
    yield {"limits": limits()}
    yield {"memory": memory()}


def limits() -> Row:
    """What the machine does at most, by the same library: nanoseconds per number, bytes per second."""
    generator = np.random.default_rng(2)
    short = [generator.standard_normal(plane.ROWS) for _ in range(3)]
    long = [generator.standard_normal(8_000_000) for _ in range(3)]

    def best(work: Callable[[], object], repeats: int, count: int) -> float:
        return min(cpu_seconds(lambda: [work() for _ in range(repeats)]) / repeats for _ in range(9)) / count

    return {
        "arctan2_ns": 1e9 * best(lambda: np.arctan2(short[0], short[1], out=short[2]), 300, plane.ROWS),
        "cache_gb": BYTES / 1e9 / best(lambda: np.multiply(short[0], short[1], out=short[2]), 3000, plane.ROWS),
        "memory_gb": BYTES / 1e9 / best(lambda: np.multiply(long[0], long[1], out=long[2]), 1, len(long[0])),
    }


def memory() -> Row:
    """Peak memory of a process with a million runs, over that of one with 256."""
    words = ["descend", "non-overlapping-starts", "--set", "most_patches=1", "limit=30", "--memory", str(MEMORY)]
    few, many = (measure.relucert(*words, "--starts", count) for count in (256, MEMORY_RUNS))
    if few.code or many.code:
        raise RuntimeError(many.output or few.output)
    return {"runs": MEMORY_RUNS, "budget": MEMORY, "libraries": few.peak_mb, "more": many.peak_mb - few.peak_mb,
            "seconds": many.cpu_seconds}  # fmt: skip


# ---- printing


def report(rows: list[Row]) -> str:
    head = ("model", "method", "measured", "ns per run and step", f"{RUNS} × {STEPS}", "times relucert", "goal", "met")
    lines = []
    for row in rows:
        if "model" not in row:
            continue
        title = f"{row['method']} {row.get('version', '')}".strip()
        if "missing" in row:
            lines.append((row["model"], title, "not installed", *["–"] * 5))
            continue
        goal = GOALS.get(row["method"])
        spread = f"{_ratio(row['ratio'])} ({_ratio(row['least'])} to {_ratio(row['most'])})"
        measured = f"{row['runs']} × {row['steps']}"
        met = "" if goal is None else "yes" if row["ratio"] >= goal else "**no**"
        lines.append((
            row["model"], title, measured if (row["runs"], row["steps"]) == (RUNS, STEPS) else f"{measured}, scaled up",
            f"{row['nanoseconds']:.0f}", f"{row['nanoseconds'] * RUNS * STEPS / 1e9:.3g} s",
            "1" if row["method"] == "relucert" else spread, "" if goal is None else f"{goal:g}", met,
        ))  # fmt: skip
    return "\n\n".join([markdown.table(head, lines), _roofline(rows), _memory(rows)])


def _ratio(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _roofline(rows: list[Row]) -> str:
    found = next(row["limits"] for row in rows if "limits" in row)
    measured = next(row["nanoseconds"] for row in rows if (row.get("model"), row.get("method")) == ("A", "relucert"))
    moved = OPERATIONS * BYTES / found["cache_gb"]
    floor = found["arctan2_ns"] + moved
    arctan2, cache, main = (found[name] for name in ("arctan2_ns", "cache_gb", "memory_gb"))
    return (
        f"Roofline of model A: a step of a run is one arctan2 ({arctan2:.1f} ns) and {OPERATIONS} operations on "
        f"vectors in the second cache ({OPERATIONS * BYTES} bytes at {cache:.0f} GB/s: {moved:.1f} ns), both of the "
        f"same run; {measured:.0f} ns are {measured / floor:.1f} times that floor of {floor:.0f} ns. Main memory "
        f"({main:.1f} GB/s) is read and written once in many steps and is no limit."
    )


def _memory(rows: list[Row]) -> str:
    found = next(row["memory"] for row in rows if "memory" in row)
    return (
        f"Memory: {found['runs']} runs with `--memory {found['budget']}` take {found['more']:.0f} MB more than 256 "
        f"runs, which take {found['libraries']:.0f} MB for the libraries; {found['seconds']:.0f} s of CPU."
    )
