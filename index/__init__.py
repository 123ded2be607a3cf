"""Passages to a searchable snapshot, and from a question to a ranking."""
