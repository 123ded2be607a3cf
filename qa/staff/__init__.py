"""What the staff pages rest on: who may come in, and what they did."""
