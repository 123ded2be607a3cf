"""Speed and memory, beside the plain floor in the same run."""
