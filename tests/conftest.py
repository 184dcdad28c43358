"""Settings of all tests."""

from hypothesis import settings

# The same examples on every run, so that a change is judged by what it changed. Without it,
# `--hypothesis-profile=default` goes on searching.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")
