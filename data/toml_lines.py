"""Where a key of a TOML file stands: the standard parser does not tell."""

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["Path", "TomlLines"]

type Path = tuple[str, ...]

_HEADER = re.compile(r"\s*(\[[^\[\]]+\])\s*(#.*)?")
_KEY = re.compile(r"""\s*([\w\-."' ]+?)\s*=""")


class TomlLines:
    r"""The line of every table and key in the text of a TOML file.

    >>> lines = TomlLines('title = "A"\n\n[questions.first]\nfit = "close"')
    >>> lines.of(("questions", "first", "fit"))
    4
    >>> lines.of(("questions", "first", "text"))  # not there: the table that should have it
    3
    """

    def __init__(self, text: str) -> None:
        self._lines = MappingProxyType(_paths(text))

    def of(self, path: Path) -> int:
        """Line of a key, of the nearest table around it when it has none, else 1."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1


def _paths(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    table: Path = ()
    quoted = False  # inside a text of several lines, which may look like keys
    for number, line in enumerate(text.split("\n"), start=1):
        if not quoted:
            if header := _HEADER.fullmatch(line):
                table = _parse(header[1])
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                found.setdefault(table + _parse(f"{key[1]} = 0"), number)
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return found


def _parse(line: str) -> Path:
    """Give the path that a header, or a key with a value, stands for."""
    try:
        inner: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path: Path = ()
    while isinstance(inner, Mapping) and inner:
        [(name, inner)] = inner.items()
        path += (name,)
    return path
