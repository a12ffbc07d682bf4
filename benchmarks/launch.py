"""Run one command and write its wall time, CPU time and peak memory as one line of JSON to a file.

::

    python benchmarks/launch.py FIGURES.json COMMAND ARGUMENT ...

A process of its own, because the kernel counts the memory of whoever starts a command as the command's own: started by
this small one, a command is charged with its own memory only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    figures, *command = sys.argv[1:]
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)  # macOS counts bytes
    result = {
        "seconds": round(seconds, 4),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 4),
        "peak_mb": round(kilobytes / 1000, 1),
    }
    Path(figures).write_text(json.dumps(result), encoding="ascii")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
