"""Answers left out: how well the model foretells them, and how well pools do."""
