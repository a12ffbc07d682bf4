"""`python -m relucert.cli`: the command where no script is installed."""

from __future__ import annotations

import sys

from relucert.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
