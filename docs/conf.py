"""How Sphinx builds the site: `uv run --group docs sphinx-build -n -W docs docs/_build`."""

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
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
# Types in docstrings are words for people; what they name is not always an object with a page.
nitpick_ignore_regex = [("py:.*", ".*")]
