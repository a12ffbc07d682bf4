"""Certify a network that PyTorch trained on Fisher's irises, replay the certificate, and draw it.

    python examples/demo.py          # or: make demo

Calls the commands that a user would type, shows them, and stops at the first one that fails. The files go to out/.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = "examples/networks/iris_torch.pt"
DATA = "examples/data/iris.csv"
WEIGHT_DECAY = "0.2"  # the `weight_decay` that Adam was given
COMMANDS = (
    f"certify {MODEL} {DATA} --convention torch --weight-decay {WEIGHT_DECAY} -o out/iris.json",
    f"check out/iris.json --model {MODEL} --data {DATA}",
    "explain out/iris.json -o out/iris.html --plot out/iris.svg",
)


def relucert(arguments: str) -> int:
    """Show the command, run it in a process of its own, and return its exit code."""
    print(f"\n$ relucert {arguments}", flush=True)
    return subprocess.run([sys.executable, "-m", "relucert.cli", *shlex.split(arguments)], cwd=ROOT).returncode


def main() -> int:
    """The exit code of the first command that fails, else 0."""
    (ROOT / "out").mkdir(exist_ok=True)
    for arguments in COMMANDS:
        code = relucert(arguments)
        if code != 0:
            print(f"\ndemo: relucert {arguments.split()[0]} ended with exit code {code}", file=sys.stderr)
            return code
    print("\ncertificate  out/iris.json\nreport       out/iris.html\npicture      out/iris.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
