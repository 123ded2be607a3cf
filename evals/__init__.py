"""Measuring: gold questions, suites, and the training of the evidence weights."""
