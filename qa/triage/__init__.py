"""Red flags before anything else: rules kept as data, matched without index, model or network."""
