"""Everything that can go wrong with the accounts of the staff.

* StaffError
  x NotAllowed              what was asked for is not allowed; the message says why
  x UnknownAccount          there is no account of this name
  x KeyUnusable             the key of the staff's sessions cannot be used
  x SignOnFailed            signing on at the provider did not come to an end

Every message ends with what to do next.
"""


class StaffError(Exception):
    """Something about the accounts of the staff could not be done."""


class NotAllowed(StaffError):
    """It is not allowed, or not as it was given."""


class UnknownAccount(StaffError):
    """There is no account of this name."""


class KeyUnusable(StaffError):
    """The key of the staff's sessions is damaged, or others can read it."""


class SignOnFailed(StaffError):
    """The provider of sign-on refused, or what it sent does not hold."""
