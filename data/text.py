"""Read a text file, or say why it cannot be read."""

from codecs import BOM_UTF8
from pathlib import Path

from takeoff.data.problem import Problem

__all__ = ["read_text"]


def read_text(path: Path) -> str | Problem:
    """Read UTF-8 text, with or without a byte order mark, line endings as they are."""
    try:
        content = path.read_bytes().removeprefix(BOM_UTF8)
    except FileNotFoundError:
        return Problem(str(path), None, None, "there is no such file", f"add {path.name}")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Problem(str(path), None, None, f"cannot be read ({reason})", "make it readable")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{content[error.start]:02x}"
        return Problem(str(path), line, None, message, "save the file with the encoding UTF-8")
