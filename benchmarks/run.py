"""Measure and write docs/benchmarks.md.

::

    python benchmarks/run.py                          # everything that needs no further software
    python benchmarks/run.py --only targets start-up  # some sections; the others keep their last results
    python benchmarks/run.py --only race --prototypes DIR
    python benchmarks/run.py --only peers             # after: pip install cvxpy clarabel pyscnn
    python benchmarks/run.py --only descent          # after: pip install torch jax
    python benchmarks/run.py --only reductions       # after: pip install "relucert[reduce,smt]"
    python benchmarks/run.py --only report            # write the page again from the last results

Needs `pip install "relucert[fast,sklearn]"`, and torch and safetensors for the training times of the torch networks.
The results are kept as JSON lines in benchmarks/results/, one file per section.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded
os.environ["OMP_NUM_THREADS"] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import derivations, descent, enclosures, measure, peers, race, real, reductions, scaling, targets
from benchmarks.inequalities import section as inequalities
from benchmarks.measure import ROOT, Row

PAGE = ROOT / "docs" / "benchmarks.md"

INTRODUCTION = """\
Written by `make bench` (`python benchmarks/run.py`) from the results in `benchmarks/results/`; not edited by hand.
Single-threaded linear algebra (`OPENBLAS_NUM_THREADS=1`). Every gap is relative to the network's own objective, rounded
up, and comes from a certificate that the checker has replayed."""

SHIPPED = """\
The networks of `examples/networks` with the commands of its README. *gap*: proved for the network as it is shipped;
*polished gap*: the same lower bound for the polished network; *search*: branch and bound; *check*: a process of its
own, wall clock, CPU in brackets, then with `--jobs 2`; *train*: one run of the trainer."""

DECAYS = """\
L-BFGS networks of 50 hidden units on standardised data, half-sum loss; d counts the column of ones of the penalised
hidden bias. Where the time limit is named, the gap is the best one proved by then: a proved bound, not an estimate. The
limit covers writing and replay, so that about a third of it is search."""

SCALING = """\
The same kind of problem; gaussD: D Gaussian columns, a two-neuron teacher and noise. The last columns are those of a
double-precision C++ prototype of the search that wrote and checked no certificates, measured on another day: the
smallest gap that it proved with at most 50 000 nodes."""

RACE = """\
The same claims $|\\varphi_\\nu(u)|\\le T|u|$ (same dual variable, threshold and root basis), one after the other on one
core; `numba` is the compiled search, `numpy` the one without that package."""

DESCENT = """\
Population gradient descent from 10 000 Gaussian starts, 1000 steps, double precision, one thread: model A with 8
patches of 16 coordinates, model B with 8 output weights. relucert takes these two models' steps in the plane that a run
does not leave; *all coordinates* are the vectorised gradients that other models use. *loop over runs* is plain Python
with NumPy vectors, PyTorch differentiates the loss of all runs at once, JAX compiles (jit) the loop over vmap of grad.
CPU time; the methods take turns, the ratio is the median over 5 rounds, least and most in brackets."""

PEERS = """\
β = 0.1 β_max, one thread. The last column is how far an objective lies above the lower bound that relucert proved,
relative to the objective; the other methods prove nothing."""

DERIVATIONS = """\
`relucert derive --check`: every step of every derivation, its own check and both sides at five random points to 30
digits."""

INEQUALITIES = """\
The published inequalities of `benchmarks/inequalities/problems.toml`, with false ones close to true ones. *s*: search
and replay as by `relucert prove`, in one process; *check*: the checker on the bytes. *touch equality*: both sides are
equal somewhere, or come as close as one likes. The answers of the other tools are not replayed:
z3 and cvc5 (`pip install z3-solver cvc5`) get the SMT-LIB script of those claims that are algebraic, coq-interval
(Debian: `libcoq-interval`) a goal for `interval with (i_bisect x, .., i_autodiff x)`, which does not say that
divisions, roots and logarithms are defined, and cannot refute."""


ENCLOSURES = """\
What the checker's interval arithmetic (`certify/check/real/functions.py`, `interval.py`) encloses, against balls of
python-flint with up to 5000 binary digits, at random points of all sizes and at adversarial ones: subnormal and huge
numbers, ends of domains, neighbours of multiples of π/2 (`python benchmarks/enclosures.py`). *Not defined, refused*:
intervals that leave the domain, for which the checker must not give an enclosure, and does not. Interval arithmetic of
mpmath (`mpmath.iv`) is used nowhere: its `exp` does not round outward."""


DECISIONS = """\
Networks with one shared filter (`relucert decide`): named instances by the native reduction (direct for formulas), and
dense ones of no reduction. *decide*: until the answer with its certificate, which was replayed in that time; *check*:
the trusted checker once more, in pure Python; on the clock, CPU time in brackets. Z3 and cvc5 get the same question in
linear real arithmetic with a limit of 20 s: what they say is not replayed, and *x* is their time over ours."""


@dataclass(frozen=True)
class Section:
    """A section of the page: how to measure and print its rows; an `extra` one is measured only when asked for."""

    title: str
    measure: Callable[[argparse.Namespace], Iterator[Row]]
    report: Callable[[list[Row]], str]
    text: str
    extra: bool = False


SECTIONS = {
    "targets": Section("Goals", lambda options: targets.rows(), targets.report, "Times are wall clock."),
    "start-up": Section("Start", lambda options: targets.start_up(), targets.report, ""),
    "real": Section("Shipped networks", lambda options: real.shipped(), real.report_shipped, SHIPPED),
    "decays": Section(
        "Range of weight decays", lambda options: real.over_decays(options.time), real.report_decays, DECAYS
    ),
    "scaling": Section("Dimension and samples", lambda options: scaling.rows(options.time), scaling.report, SCALING),
    "derivations": Section("Derivations", lambda options: derivations.rows(), derivations.report, DERIVATIONS),
    "inequalities": Section(
        "Published inequalities", lambda options: inequalities.rows(), inequalities.report, INEQUALITIES
    ),
    "enclosures": Section("Enclosures", lambda options: enclosures.rows(), enclosures.report, ENCLOSURES, extra=True),
    "reductions": Section("Decisions", lambda options: reductions.rows(), reductions.report, DECISIONS, extra=True),
    "race": Section(
        "Race with the prototype", lambda options: race.rows(_folder(options)), race.report, RACE, extra=True
    ),
    "descent": Section("Gradient descent", lambda options: descent.rows(), descent.report, DESCENT, extra=True),
    "peers": Section("Other ways to the optimum", lambda options: peers.rows(), peers.report, PEERS, extra=True),
}


def _folder(options: argparse.Namespace) -> Path:
    if options.prototypes is None:
        raise SystemExit("race: say where the prototype is, --prototypes DIR")
    folder: Path = options.prototypes
    return folder


def page() -> str:
    """docs/benchmarks.md from the last results."""
    parts = ["# Benchmarks", INTRODUCTION]
    for name, section in SECTIONS.items():
        found = measure.stored(name)
        parts += [f"## {section.title}", section.text]
        if found is None:
            parts.append(f"Not measured yet: `python benchmarks/run.py --only {name}`.")
        else:
            conditions, rows = found
            parts += [section.report(rows), _conditions(conditions)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _conditions(conditions: Row) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in conditions["versions"].items())
    load = f"load average {conditions['load']} before and {conditions['last_load']} after"
    machine = f"{conditions['cpu']}, {conditions['cores']} cores, {load}; Python {conditions['python']}, {packages}"
    return f"*{conditions['date']}, commit {conditions['commit']}; {machine}.*"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure and write docs/benchmarks.md.")
    names = [*SECTIONS, "report"]
    parser.add_argument(
        "--only",
        nargs="+",
        choices=names,
        help="sections (default: all but enclosures, reductions, race, descent and peers)",
    )
    parser.add_argument("--time", type=float, default=30.0, help="seconds per network of decays and scaling")
    parser.add_argument("--prototypes", type=Path, help="folder with the C++ prototype, for the section race")
    options = parser.parse_args(arguments)
    chosen = options.only or [name for name, section in SECTIONS.items() if not section.extra]
    if not set(chosen) <= {"report", "descent", "enclosures", "inequalities", "reductions"}:
        race.compile_search()
    for name in chosen:
        if name != "report":
            measure.store(name, SECTIONS[name].measure(options))
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
