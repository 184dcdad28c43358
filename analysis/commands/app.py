"""`takeoff app`: the questionnaire and the live posterior, in a browser."""

from pathlib import Path
from typing import Annotated

import typer

from takeoff.models.errors import InputError

__all__ = ["app"]


def app(
    posterior: Annotated[
        Path, typer.Argument(metavar="POSTERIOR", help="What takeoff report or fit has saved.")
    ] = Path("takeoff-report/posterior.nc"),
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder in which answers are kept.")
    ] = Path("takeoff-app"),
    experts: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Somebody to ask, by a link of their own; may be repeated. You alone when none "
            "is named. Those named before stay.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 for any.")
    ] = 8017,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen on. Others can reach the app only when it is not loopback; "
            "put a server with TLS before it then.",
        ),
    ] = "127.0.0.1",
) -> None:
    """Answer in a browser; see what follows.

    Prints a link for each expert, and one for who asks them, and serves
    until interrupted. Answers are kept as they are given; start again
    with the same folder to go on.
    """
    from takeoff.analysis.app.base import attributes_of
    from takeoff.analysis.app.serving import listen, serve

    attributes = attributes_of(posterior)
    listening = listen(host, port)
    try:
        serve(posterior, attributes, folder, experts or (), listening, typer.echo)
    except InputError:
        listening.close()
        raise
