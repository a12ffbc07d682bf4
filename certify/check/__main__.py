"""Check a certificate with nothing but the standard library: ``python -I -S relucert-check.pyz CERTIFICATE``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from relucert.certify.check.binding import difference, read_problem
from relucert.certify.check.real.door import as_json, as_text, check_any, exit_code
from relucert.certify.check.report import trusted_base
from relucert.certify.check.verdict import Verdict
from relucert.certify.claim import ClaimError

USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 valid, 1 invalid or vacuous, 2 usage or unreadable file."""
    base = trusted_base()
    parser = argparse.ArgumentParser(prog="relucert-check", description=__doc__, allow_abbrev=False)
    parser.add_argument("certificate", type=Path, help="certificate file (.json or .json.gz)")
    parser.add_argument("--problem", type=Path, help="canonical problem file that the certificate must be about")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="replay sub-trees in N processes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    trusted = f"trusted base: {base['lines']} lines, sha256 {base['sha256']}"
    parser.add_argument("--version", action="version", version=trusted)
    options = parser.parse_args(arguments)
    try:
        data = options.certificate.read_bytes()
        wanted = None if options.problem is None else read_problem(options.problem.read_bytes())
    except OSError as error:
        print(f"relucert-check: error: cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return USAGE
    except ClaimError as error:
        print(f"relucert-check: error: {options.problem}: {error}", file=sys.stderr)
        return USAGE
    verdict = check_any(data, jobs=options.jobs)
    if verdict.valid and wanted is not None and verdict.claim is not None:
        other = difference(verdict.claim, wanted)
        if other is not None:
            verdict = Verdict("INVALID", f"the certificate is about another problem: {other} differs")
    print(json.dumps(as_json(verdict)) if options.json else as_text(verdict))
    return exit_code(verdict)


if __name__ == "__main__":
    sys.exit(main())
