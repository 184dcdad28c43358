"""Serve a panel: from a posterior and a folder to links that open."""

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from takeoff.analysis.app.base import read_base
from takeoff.analysis.app.desk import Desk
from takeoff.analysis.app.folder import open_folder
from takeoff.models.errors import InputError

__all__ = ["listen", "serve"]

_LOOPBACK: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
_ANYWHERE = ("0.0.0.0", "::")


def listen(host: str, port: int) -> socket.socket:
    """Take a port.

    Raises
    ------
    InputError
        If it is taken, or there is no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot listen on {host}, port {port} ({said}); give another --port, or --port 0"
        ) from None
    return listening


def serve(
    posterior: Path,
    attributes: Mapping[str, object],
    folder: Path,
    names: Sequence[str],
    listening: socket.socket,
    say: Callable[[str], object],
) -> None:
    """Serve until interrupted.

    Raises
    ------
    InputError
        If the folder cannot be used.
    """
    import uvicorn

    from takeoff.analysis.app.server import application

    kept = open_folder(folder, names)
    desk = Desk(
        kept,
        lambda: read_base(posterior, folder),
        json.loads(str(attributes["camp_weights"])),
    )
    host, port = listening.getsockname()[:2]
    loopback = host in _LOOPBACK
    hosts = list(_LOOPBACK) if loopback else ["*"]
    shown = socket.gethostname() if host in _ANYWHERE else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    for each in kept.panel.experts:
        say(f"{each.name}: {address}/e/{each.token}")
    say(f"who asks (rounds, study): {address}/o/{kept.panel.organiser}")
    if not loopback:
        say("Others can reach this; put a server with TLS before it, or links can be overheard.")
    say(f"Answers are kept in {folder}. Ctrl+C stops; start again to go on.")
    config = uvicorn.Config(
        # The addresses in an access log would be the links.
        application(desk, hosts),
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        desk.stop()
