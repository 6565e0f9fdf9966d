# SPDX-License-Identifier: GPL-3.0-or-later
"""Serving the dashboard on this machine, to whoever holds the token of the run."""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
import threading
from typing import TYPE_CHECKING

from waitress import create_server

from dashboards.app import create_app
from dashboards.guard import MAX_REQUEST_BYTES
from dashboards.parts import BROKEN
from dashboards.snapshot import snapshot
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"  # fixed: no setting and no environment variable opens a case to the network


def serve(root: Path, *, port: int = 8050) -> None:
    """Serves the case in `root` on 127.0.0.1 until interrupted; the address goes to stderr.

    Raises:
        CaseError: the folder is not a case.
        ParameterError: the port is taken.
    """
    token = secrets.token_urlsafe(24)
    app = create_app(root, token=token)
    with _bound(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/?token={token}"
        server = create_server(
            app.server,
            sockets=[listener],
            threads=4,
            ident="",
            max_request_body_size=MAX_REQUEST_BYTES,  # else a gigabyte is buffered before a refusal
        )
        sys.stderr.write(f"graphkit dashboard: {address}\nCtrl+C stops it.\n")
        sys.stderr.flush()
        threading.Thread(target=_read, args=[root], daemon=True).start()
        server.run()


def _read(root: Path) -> None:
    """Reads the rows and names before the first page asks for them, which waits for the rest."""
    with contextlib.suppress(*BROKEN):  # the page says what is wrong
        snapshot(root).masked(["any"])


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise ParameterError(f"port {port} is taken; give another with --port") from error
    return listener
