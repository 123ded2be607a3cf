"""One reader a format. A reader is imported when a file of its format is read."""

from collections.abc import Callable
from importlib import import_module

from sources.readers.reading import Reading

Reader = Callable[[bytes, str], Reading]

READERS: dict[str, tuple[str, str]] = {  # format: (module, function)
    "markdown": ("sources.readers.markdown", "read_markdown"),
    "plain": ("sources.readers.plain", "read_plain"),
    "html": ("sources.readers.html", "read_html"),
    "pdf": ("sources.readers.pdf", "read_pdf"),
    "docx": ("sources.readers.docx", "read_docx"),
}
FORMATS: dict[str, str] = {  # file ending: format
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}


def reader(format_name: str) -> Reader:
    """The reader for a format of `READERS`."""
    module, function = READERS[format_name]
    found: Reader = getattr(import_module(module), function)
    return found
