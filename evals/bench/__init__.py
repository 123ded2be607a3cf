"""How fast: each file measures one part and prints its figures as JSON."""
