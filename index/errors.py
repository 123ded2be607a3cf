"""Everything that can go wrong with a model or an index.

* SearchError
  x ModelUnusable         the embedding model is missing, changed or cannot be loaded
  x NotConverted          the faster form of the model is missing, damaged or cannot be made
  x NoSnapshot            nothing has been indexed yet
  x SnapshotDamaged       a file of the snapshot is missing or changed
  x SnapshotMismatch      the snapshot was built with another model, recipe or format
  x NothingToIndex        the library holds nothing that may be quoted
  x BuildInProgress       another process is building an index in the same home
  x IndexNotWritten       a new index cannot be written: there is no room, or the disk refuses
  x EngineAway            an engine that is another program does not answer

Every message ends with what to do next.
"""

REBUILD = "run `quotewell index build`"  # what helps against most of it


class SearchError(Exception):
    """A model or an index cannot be used."""


class ModelUnusable(SearchError):
    """The embedding model is missing, changed or cannot be loaded."""


class NotConverted(SearchError):
    """The faster form of the embedding model is missing, damaged or cannot be made."""


class NoSnapshot(SearchError):
    """Nothing has been indexed yet."""


class SnapshotDamaged(SearchError):
    """A file of the snapshot is missing or changed."""


class SnapshotMismatch(SearchError):
    """The snapshot was built with another model, recipe or format."""


class NothingToIndex(SearchError):
    """The library holds nothing that may be quoted."""


class BuildInProgress(SearchError):
    """Another process is building an index in the same home."""


class IndexNotWritten(SearchError):
    """A new index cannot be written: there is no room, or the disk refuses."""


class EngineAway(SearchError):
    """An engine that is another program does not answer."""
