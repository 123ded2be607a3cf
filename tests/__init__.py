"""The tests. A package, so that its files can name `tests.browser` whatever else is installed."""
