"""Saying things on stderr."""

import typer

__all__ = ["say"]


def say(message: str) -> None:
    """Say something on one line of stderr."""
    line = "".join(each if each.isprintable() else " " for each in message)
    typer.echo(f"takeoff: {line}", err=True)
