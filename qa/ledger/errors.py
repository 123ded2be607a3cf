"""Everything that can go wrong with the ledger.

* LedgerError
  x LedgerUnreachable       the database does not answer just now
  x LedgerDamaged           the database cannot be used as a ledger
  x LedgerTooNew            a newer version of this program made it
  x UnknownAnswer           the ledger holds no such answer
  x BadReceipt              a file that is not a receipt, or lacks parts of one

Every message ends with what to do next.
"""


class LedgerError(Exception):
    """An answer could not be recorded, found or proved."""


class LedgerUnreachable(LedgerError):
    """The database does not answer; it may come back."""


class LedgerDamaged(LedgerError):
    """The database cannot be used as a ledger."""


class LedgerTooNew(LedgerError):
    """The ledger was made by a newer version of this program."""


class UnknownAnswer(LedgerError):
    """The ledger holds no answer of this id."""


class BadReceipt(LedgerError):
    """The file is not a receipt."""
