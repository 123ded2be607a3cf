"""Everything that can go wrong between a file and the library.

* SourceError
  x Unreadable              the file cannot become a document
    - NotAFile              missing, or a folder where a file was asked for
    - TooLarge              more bytes or pages than the limit
    - EmptyFile             no bytes, or no words once read
    - UnknownFormat         no reader for this kind of file
    - NotText               named as text, but the bytes are something else
    - BrokenFile            the format's own rules are not kept
    - Encrypted             needs a password
    - ScanWithoutText       pages are pictures; there are no characters to quote
  x BadMetadata             front matter or sidecar that cannot be understood
  x SameId                  two different files ask for one doc_id
  x ChangedMeanwhile        somebody else has changed what a decision is about
  x UnknownDocument         the library holds no such document or version
  x LibraryDamaged          the library's file cannot be read as one
  x LibraryUnreachable      the library's database does not answer just now

Every message names the file and ends with what to do next.
"""


class SourceError(Exception):
    """A document could not be read, added or found."""


class Unreadable(SourceError):
    """The file cannot become a document."""


class NotAFile(Unreadable):
    """There is no such file, or it is a folder."""


class TooLarge(Unreadable):
    """The file is larger than the library accepts."""


class EmptyFile(Unreadable):
    """The file holds no words."""


class UnknownFormat(Unreadable):
    """No reader knows this kind of file."""


class NotText(Unreadable):
    """The file is named as text but its bytes are not."""


class BrokenFile(Unreadable):
    """The file does not keep the rules of its own format."""


class Encrypted(Unreadable):
    """The file needs a password."""


class ScanWithoutText(Unreadable):
    """The pages are pictures, so there are no words to quote."""


class BadMetadata(SourceError):
    """Front matter or a sidecar cannot be understood."""


class SameId(SourceError):
    """Two different files ask for the same doc_id."""


class ChangedMeanwhile(SourceError):
    """Somebody else has changed what a decision is about."""


class UnknownDocument(SourceError):
    """The library holds no such document or version."""


class LibraryDamaged(SourceError):
    """The library's database cannot be opened or read."""


class LibraryUnreachable(SourceError):
    """The library's database does not answer; it may come back."""
