"""How Sphinx builds the site: `uv run --group docs sphinx-build -n -W docs docs/_build/html`."""

from importlib import metadata

project = "takeoff"
author = "The takeoff founders"
release = version = metadata.version("takeoff")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
html_theme = "furo"
html_title = f"takeoff {release}"
exclude_patterns = ["_build"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_timeout = 300  # seconds a cell; each takes under a minute on a machine of its own
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_output_stderr = "remove"  # the sampler's notes of what it samples

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
# Types in docstrings are words for people; what they name is not always an object with a page.
nitpick_ignore_regex = [("py:.*", ".*")]
