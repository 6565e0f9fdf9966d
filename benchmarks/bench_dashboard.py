# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard in Chromium: the first page, and a network of 10,000 accounts and 30,000 links.

`python -m benchmarks.bench_dashboard`. CPU is that of Chromium's renderer process, user and system,
which a busy machine inflates less than the clock. In the same run: the same graph by
dash-cytoscape, and the layout beside igraph's.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import subprocess
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import igraph
import numpy as np
import polars as pl
from werkzeug.serving import make_server

from benchmarks import peer_cytoscape
from dashboards.app import create_app
from dashboards.snapshot import snapshot
from graphkit.case import create_case
from graphkit.graphs.communities import communities
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.network import Lens, account_picture
from graphkit.investigation.places import account_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphkit.case import Case
    from graphkit.investigation.network import Network, Picture

T = TypeVar("T")
ACCOUNTS, LINKS, GROUPS = 10_000, 30_000, 60
ADDRESS = "/network?lens=coaction&act=repost&least=1&group=all"


def pairs(accounts: int = ACCOUNTS, links: int = LINKS) -> tuple[np.ndarray, np.ndarray]:
    """Distinct pairs of accounts, nine of ten inside one of the groups."""
    rng = np.random.default_rng(11)
    a = rng.integers(0, accounts, 4 * links)
    inside = (rng.integers(0, accounts // GROUPS, a.size) * GROUPS + a % GROUPS) % accounts
    b = np.where(rng.random(a.size) < 0.9, inside, rng.integers(0, accounts, a.size))
    both = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    chosen = rng.permutation(both)[:links]
    return chosen[:, 0], chosen[:, 1]


def made_case(root: Path, accounts: int = ACCOUNTS, links: int = LINKS) -> Case:
    """A case in which each pair reposts a post of its own within a second."""
    a, b = pairs(accounts, links)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ends = [
        pl.DataFrame(
            {
                "action_id": [f"{end}{i}" for i in range(links)],
                "account_id": [f"account{n:05}" for n in named],
                "object_id": [f"post{i}" for i in range(links)],
                "act": "repost",
                "acted_at": [start + timedelta(minutes=i) for i in range(links)],
                "time_precision": "second",
            }
        )
        for end, named in (("a", a), ("b", b))
    ]
    root.mkdir(exist_ok=True)
    file = root / "actions.parquet"
    pl.concat(ends).write_parquet(file)
    case = create_case(root / "case")
    ingest(case, [file], importer_name="canonical", collection="stream")
    return case


def renderer_seconds(browser: Any) -> float:
    """CPU of all renderer processes so far, user and system, as Chromium counts it."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(each["cpuTime"] for each in told if each["type"] == "renderer"))


def loaded(browser: Any, address: str, ready: str) -> tuple[Any, dict[str, float]]:
    """A new tab at `address`, and what it took until it was quiet."""
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before, begin = renderer_seconds(browser), time.perf_counter()
    page.goto(address)
    page.locator(ready).first.wait_for()
    page.wait_for_load_state("networkidle")
    wall = time.perf_counter() - begin
    page.wait_for_timeout(1_000)  # what it draws once idle counts too
    told = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    cpu = renderer_seconds(browser) - before
    return page, {"wall": wall, "cpu": cpu, "heap": told["JSHeapUsedSize"] / 1e6}


def middle(browser: Any, address: str, ready: str) -> tuple[Any, dict[str, float]]:
    """The last of five loads, and what the one in the middle by CPU took: other work disturbs."""
    visits = [loaded(browser, address, ready) for _ in range(5)]
    for page, _ in visits[:-1]:
        page.close()
    return visits[-1][0], sorted((told for _, told in visits), key=lambda told: told["cpu"])[2]


def show(name: str, told: dict[str, float]) -> None:
    print(
        f"{name}: {told['wall']:.2f} s, renderer process {told['cpu']:.2f} s CPU, "
        f"{told['heap']:.0f} MB heap"
    )


@contextlib.contextmanager
def serving(case: Case) -> Iterator[str]:
    """The address of the case's dashboard, served by a thread of this process."""
    server = make_server("127.0.0.1", 0, create_app(case.root).server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def in_browser(base: str, chromium: str, peer: str | None) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  a development dependency

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        show("first page", middle(browser, base + "/", "main h1")[1])
        page, own = middle(browser, base + ADDRESS, "canvas")
        show("10k / 30k network", own)
        redraw, pan = page.evaluate(DRAW)
        print(f"network: whole redraw {redraw:.0f} ms, panned frame {pan:.1f} ms")
        page.close()
        if peer is not None:
            page, other = loaded(browser, peer, "canvas")
            show("dash-cytoscape, the same graph", other)
            frame = page.evaluate(PEER_PAN)
            cpu, heap = (other[name] / own[name] for name in ("cpu", "heap"))
            print(f"dash-cytoscape: panned frame {frame:.0f} ms")
            print(f"dash-cytoscape to ours: load CPU {cpu:.1f}, heap {heap:.1f}")
        browser.close()


def largest_map(base: str, chromium: str) -> None:
    """Prints what the most accounts and links that are drawn cost, the second time too."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  a development dependency

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for visit in ("first", "second"):
            (page, told), own = timed(lambda: loaded(browser, base + ADDRESS, "canvas"))
            show(f"50k / 150k network, {visit} visit", told)
            redraw, pan = page.evaluate(DRAW)
            print(
                f"whole redraw {redraw:.0f} ms, panned frame {pan:.1f} ms; server {own:.2f} s CPU"
            )
            page.close()
        browser.close()


DRAW = """async () => {
  const p = document.querySelector("canvas").graphkitPicture;
  const timed = (times, act) => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) act();
    p.g.getImageData(0, 0, 1, 1);  // waits until it is painted
    return (performance.now() - begin) / times;
  };
  const redraw = timed(5, () => { p.bitmap = null; p.draw(); });
  p.hold();
  const pan = timed(60, () => { p.dx += 3; p.draw(); });
  return [redraw, pan];
}"""
PEER_PAN = """async () => {
  const cy = document.querySelector("#net")._cyreg.cy;
  const canvases = [...document.querySelectorAll("#net canvas")];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const begin = performance.now();
  for (let i = 0; i < 10; i++) {
    cy.panBy({ x: 3, y: 0 });
    await frame();
    canvases.forEach((each) => each.getContext("2d").getImageData(0, 0, 1, 1));
  }
  return (performance.now() - begin) / 10;
}"""


def beside(drawn: Picture, folder: Path) -> tuple[subprocess.Popen[str], str] | None:
    """A server with the same graph by dash-cytoscape, and its address; None where it is not had."""
    python = peer_cytoscape.environment(folder / "peer")
    if python is None:
        print(f"dash-cytoscape {peer_cytoscape.VERSION} cannot be installed here: left out")
        return None
    at = {node: place for place, node in enumerate(drawn.nodes["node"])}
    ends = {end: [at[node] for node in drawn.edges[end]] for end in ("a", "b")}
    places = drawn.nodes.select("x", "y").to_dict(as_series=False)
    graph = {"id": list(at), **places, **ends, "weight": drawn.edges["weight"].to_list()}
    file = folder / "graph.json"
    file.write_text(json.dumps(graph), encoding="utf-8")
    told = [str(python), str(Path(peer_cytoscape.__file__)), str(file)]
    process = subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = process.stdout.readline().strip() if process.stdout is not None else ""
    return process, f"http://127.0.0.1:{port}/"


def layouts(whole: Network, drawn: Picture) -> None:
    """Prints what the layout costs beside igraph's DrL and Fruchterman-Reingold."""
    places = {node: place for place, node in enumerate(drawn.nodes["node"])}
    ends = [(places[a], places[b]) for a, b in whole.links.select("a", "b").iter_rows()]
    graph = igraph.Graph(n=len(places), edges=ends)
    for name, lay_out in (
        ("Fruchterman-Reingold, grid", lambda: graph.layout_fruchterman_reingold(grid="grid")),
        ("DrL", graph.layout_drl),
    ):
        begin = time.process_time()
        lay_out()
        print(f"igraph {name}: {time.process_time() - begin:.2f} s CPU")


def timed(make: Callable[[], T]) -> tuple[T, float]:
    """What `make` gives, and its CPU seconds."""
    begin = time.process_time()
    made = make()
    return made, time.process_time() - begin


def large_layout() -> None:
    """Prints what 50,000 accounts cost, laid out freely and from a picture of nine links in ten."""
    a, b = pairs(50_000, 150_000)
    named = [[f"account{n:05}" for n in ends] for ends in (a, b)]
    links = pl.DataFrame({"a": named[0], "b": named[1], "weight": 1})
    groups, took = timed(lambda: communities(links))
    free, freely = timed(lambda: account_places(groups, links))
    fewer = links.sample(fraction=0.9, seed=1)
    start = account_places(communities(fewer), fewer).nodes
    held, again = timed(lambda: account_places(groups, links, start=start))
    print(f"{free.nodes.height:,} accounts, {links.height:,} links: communities {took:.2f} s,")
    print(f"layout {freely:.2f} s, from places of before {again:.2f} s CPU; of those in both half")
    print(f"moved {moved(start, held.nodes):.3f} of the radius, laid out freely", end=" ")
    print(f"{moved(start, free.nodes):.3f}")


def moved(before: pl.DataFrame, after: pl.DataFrame) -> float:
    """The median distance between the places of a node, in radii of the picture."""
    both = before.join(after, on="node", suffix="_after")
    places = []
    for ends in (("x", "y"), ("x_after", "y_after")):
        xy = both.select(ends).to_numpy()
        xy = xy - xy.mean(axis=0)
        places.append(xy / np.hypot(*xy.T).max())
    return float(np.median(np.hypot(*(places[0] - places[1]).T)))


def main() -> None:
    """Prints the figures."""
    large_layout()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line a request
    with tempfile.TemporaryDirectory() as folder:
        case = made_case(Path(folder))
        held, begin = snapshot(case.root), time.process_time()
        whole = held.network(Lens("coaction", "repost", timedelta(seconds=60), 1))
        between = time.process_time()
        drawn = account_picture(whole)
        end = time.process_time()
        print(f"{drawn.nodes.height:,} accounts, {drawn.edges.height:,} links:")
        print(f"links and communities {between - begin:.2f} s, layout {end - between:.2f} s CPU")
        layouts(whole, drawn)
        chromium = shutil.which("chromium")
        if chromium is None:
            print("no Chromium: nothing measured in a browser")
            return
        peer = beside(drawn, Path(folder))
        with serving(case) as base:
            in_browser(base, chromium, None if peer is None else peer[1])
        if peer is not None:
            peer[0].kill()
            peer[0].wait()
        large = made_case(Path(folder) / "large", 50_000, 150_000)
        with serving(large) as base:
            largest_map(base, chromium)


if __name__ == "__main__":
    main()
