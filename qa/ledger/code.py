"""The short code of an answer: the first 80 bits of its id, to be read aloud and typed.

Sixteen signs of Crockford's alphabet, which has no I, L, O and U. Whoever reads or hears one of
the first three takes it for 1 or 0, and so does `id_start`.
"""

import re

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ANSWER_ID = re.compile(r"[0-9a-f]{24}")
LENGTH = 16  # signs of five bits each
GROUP = 4
_HEARD = str.maketrans("OIL", "011")


def code_of(answer_id: str) -> str:
    """The code of an answer: `K7QM-2XDR-9TFA-HJ3W`. Raises `ValueError` for what is no id."""
    number = int(answer_id[: LENGTH * 5 // 4], 16)
    signs = "".join(SIGNS[number >> 5 * at & 31] for at in reversed(range(LENGTH)))
    return "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def id_start(code: str) -> str | None:
    """The 20 hexadecimal digits that the id behind a code begins with; none when it is no code.

    Case, blanks and dashes make no difference.
    """
    signs = re.sub(r"[\s\-–—]", "", code).upper().translate(_HEARD)
    if len(signs) != LENGTH or not set(signs) <= set(SIGNS):
        return None
    number = 0
    for sign in signs:
        number = number << 5 | SIGNS.index(sign)
    return f"{number:020x}"
