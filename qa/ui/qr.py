"""An address as a picture that a phone's camera reads."""

import segno

QUIET = 4  # modules that stay white around it, as the standard asks


def qr_svg(address: str) -> str:
    """The picture as inline SVG, as large as the place it is put in; black on white always."""
    made = segno.make(address, error="m", micro=False)
    return str(made.svg_inline(border=QUIET, omitsize=True, dark="#000", light="#fff"))


def qr_rows(address: str) -> list[list[bool]]:
    """The picture as rows of modules, the dark ones true, without the white around it."""
    made = segno.make(address, error="m", micro=False)
    return [[bool(module) for module in row] for row in made.matrix]
