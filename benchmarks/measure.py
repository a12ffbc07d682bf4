"""How benchmarks measure: commands in processes of their own, the conditions, and the results as JSON lines."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Row = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "sympy", "mpmath", "python-sat", "z3-solver", "cvc5")


@dataclass(frozen=True)
class Measured:
    """What a command printed, its exit code, and what it cost (its own child processes included)."""

    output: str
    code: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    def json(self) -> Row:
        """The last line of the output as JSON."""
        if not self.output.strip():
            raise RuntimeError(f"the command printed nothing and ended with code {self.code}")
        row: Row = json.loads(self.output.strip().splitlines()[-1])
        return row


def relucert(*arguments: object, environment: dict[str, str] | None = None) -> Measured:
    """Run `relucert ARGUMENTS` in a new process."""
    return command(sys.executable, "-m", "relucert.cli", *arguments, environment=environment)


def command(*arguments: object, environment: dict[str, str] | None = None) -> Measured:
    """Run a command with its standard output kept."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        words = [sys.executable, "-S", str(ROOT / "benchmarks" / "launch.py"), str(figures), *map(str, arguments)]
        ran = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | (environment or {}))
        cost = json.loads(figures.read_text(encoding="ascii"))
    return Measured(ran.stdout or ran.stderr, ran.returncode, cost["seconds"], cost["cpu_seconds"], cost["peak_mb"])


def certify(model: Path, data: Path, folder: Path, *options: object) -> Row:
    """Certify a network: the report of `relucert certify --json` with more figures, certificate in `folder`.

    Added keys: `gap` and `polished_gap` (of the given and of the polished network, exact and then rounded), `bytes`,
    `certify_seconds`, `certify_cpu_seconds`, `certify_peak_mb`; a failure leaves `error`.
    """
    certificate, polished = folder / "certificate.json", folder / "polished.npz"
    ran = relucert("certify", model, data, "-o", certificate, "--polish", polished, "--json", *options)
    answer = ran.json()
    if answer["verdict"] == "error":
        return {"error": answer["error"]}
    row = {key: answer[key] for key in ("verdict", "samples", "features", "nodes", "limit", "polished_width")}
    row |= {f"{phase}_seconds": seconds for phase, seconds in answer["seconds"].items()}
    row |= {"share": float(answer["beta_share_estimate"]), "kappa": float(answer["kappa_estimate"])}
    row |= {"certify_seconds": ran.seconds, "certify_cpu_seconds": ran.cpu_seconds, "certify_peak_mb": ran.peak_mb}
    row["gap"] = float(Fraction(answer["relative_gap_exact"]))
    row["polished_gap"] = float(_gap_of(folder / "polished.cert.json"))
    row["bytes"] = certificate.stat().st_size
    row["rules"] = answer["rules"]
    return row


def _gap_of(certificate: Path) -> Fraction:
    """The exact relative gap that a certificate claims; its trees have been replayed for another network."""
    from relucert.certify.check.rules.primal_value import primal_value
    from relucert.certify.claim import TrainingGap

    claim = TrainingGap.from_json(json.loads(certificate.read_bytes())["claim"])
    loss = primal_value(claim.problem, claim.network)[0].high
    return (loss - claim.lower_bound) / loss if loss else Fraction(0)


def check(certificate: Path, jobs: int = 1) -> Measured:
    """Replay a certificate in a new process; it must be valid."""
    ran = relucert("check", certificate, "--json", "--jobs", jobs)
    if ran.json()["verdict"] != "VALID":
        raise RuntimeError(f"{certificate.name} is not valid: {ran.output}")
    return ran


def conditions() -> Row:
    """The machine, the versions and what else is going on, as far as it matters for times."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "none"
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
        "commit": _commit(),
        "load": round(os.getloadavg()[0], 1),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    try:
        ran = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return ran.stdout.strip() or "unknown"


def store(section: str, rows: Iterable[Row]) -> None:
    """Measure and write, row by row: the conditions first, the load at the end last."""
    RESULTS.mkdir(exist_ok=True)
    partial = RESULTS / f"{section}.jsonl.tmp"
    with partial.open("w", encoding="utf-8") as file:
        print(json.dumps(conditions()), file=file, flush=True)
        for row in rows:
            print(json.dumps(row), file=file, flush=True)
            print(f"{section}: {json.dumps(row)}", flush=True)
        print(json.dumps({"load": round(os.getloadavg()[0], 1)}), file=file)
    partial.replace(RESULTS / f"{section}.jsonl")


def stored(section: str) -> tuple[Row, list[Row]] | None:
    """Conditions (with both loads) and rows of the last complete run, or None."""
    path = RESULTS / f"{section}.jsonl"
    if not path.is_file():
        return None
    first, *rows, last = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return first | {"last_load": last["load"]}, rows
