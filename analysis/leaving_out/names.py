"""What is left out, in each of the two tests, and the model's name among the methods."""

__all__ = ["MODEL", "TESTS"]

MODEL = "model"
TESTS = ("without the answer", "without the expert")
