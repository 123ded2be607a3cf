"""Documents in: readers, canonical text, passages, and the library of every version."""
