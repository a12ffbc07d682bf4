"""A ledger of theory claims that runs next to a paper (docs/claims.md).

>>> from relucert.claims import claim, formula, check_ledgers
"""

from relucert.claims.decorator import claim, formula
from relucert.claims.errors import LedgerError
from relucert.claims.ledger import Claim, Ledger
from relucert.claims.outcome import Finding, Outcome, Report, Status
from relucert.claims.read import read_ledger
from relucert.claims.run import check_ledgers

__all__ = [
    "Claim", "Finding", "Ledger", "LedgerError", "Outcome", "Report", "Status", "check_ledgers", "claim", "formula",
    "read_ledger",
]  # fmt: skip
