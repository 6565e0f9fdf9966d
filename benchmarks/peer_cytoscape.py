# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of dash-cytoscape 1.0.2 with a given graph, in an environment of its own.

`bench_dashboard` runs this file with that environment's Python, which has no graphkit:
`python peer_cytoscape.py GRAPH.json` serves the graph (id, x, y, a, b, weight) and prints its port.
"""

import json
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

VERSION = "1.0.2"
PACKAGE = f"dash-cytoscape=={VERSION}"


def environment(folder: Path) -> Path | None:
    """The Python of an environment with dash-cytoscape in `folder`; None where none can be made."""
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", PACKAGE]
    for command in ([sys.executable, "-m", "venv", str(folder)], pip):
        try:
            subprocess.run(command, check=True, timeout=240, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            return None
    return python


def elements(graph: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """The nodes and edges as cytoscape takes them."""
    nodes = [
        {"data": {"id": node, "label": node}, "position": {"x": x, "y": y}}
        for node, x, y in zip(graph["id"], graph["x"], graph["y"], strict=True)
    ]
    edges = [
        {"data": {"source": graph["id"][a], "target": graph["id"][b], "weight": weight}}
        for a, b, weight in zip(graph["a"], graph["b"], graph["weight"], strict=True)
    ]
    return nodes + edges


def main() -> None:
    """Serves the graph until killed."""
    dash_cytoscape: Any = import_module("dash_cytoscape")  # only in the environment of this file
    from dash import Dash, html  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    graph = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    app = Dash(__name__)
    style = {"width": "1100px", "height": "640px"}
    drawn = dash_cytoscape.Cytoscape(
        id="net", layout={"name": "preset"}, style=style, elements=elements(graph)
    )
    app.layout = html.Main([html.H1("network"), drawn])
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main()
