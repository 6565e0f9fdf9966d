# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard in Chromium: the first page, and a network of 10,000 accounts and 30,000 links.

`python -m benchmarks.bench_dashboard`. CPU is the renderer's main thread (CDP `TaskDuration`),
which a busy machine inflates less than the clock.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from werkzeug.serving import make_server

from dashboards.app import create_app
from dashboards.snapshot import snapshot
from graphkit.case import create_case
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.network import Lens, account_picture

if TYPE_CHECKING:
    from graphkit.case import Case

ACCOUNTS, LINKS, GROUPS = 10_000, 30_000, 60
ADDRESS = "/network?lens=coaction&act=repost&least=1&group=all"


def pairs() -> tuple[np.ndarray, np.ndarray]:
    """Distinct pairs of accounts, nine of ten inside one of the groups."""
    rng = np.random.default_rng(11)
    a = rng.integers(0, ACCOUNTS, 4 * LINKS)
    inside = (rng.integers(0, ACCOUNTS // GROUPS, a.size) * GROUPS + a % GROUPS) % ACCOUNTS
    b = np.where(rng.random(a.size) < 0.9, inside, rng.integers(0, ACCOUNTS, a.size))
    both = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    chosen = rng.permutation(both)[:LINKS]
    return chosen[:, 0], chosen[:, 1]


def made_case(root: Path) -> Case:
    """A case in which each pair reposts a post of its own within a second."""
    a, b = pairs()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ends = [
        pl.DataFrame(
            {
                "action_id": [f"{end}{i}" for i in range(LINKS)],
                "account_id": [f"account{n:05}" for n in accounts],
                "object_id": [f"post{i}" for i in range(LINKS)],
                "act": "repost",
                "acted_at": [start + timedelta(minutes=i) for i in range(LINKS)],
                "time_precision": "second",
            }
        )
        for end, accounts in (("a", a), ("b", b))
    ]
    file = root / "actions.parquet"
    pl.concat(ends).write_parquet(file)
    case = create_case(root / "case")
    ingest(case, [file], importer_name="canonical", collection="stream")
    return case


def renderer(session: Any) -> dict[str, float]:
    found = session.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in found}


def in_browser(base: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  a development dependency

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, address in (("first page", "/"), ("10k / 30k network", ADDRESS)):
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            begin = time.perf_counter()
            page.goto(base + address)
            page.locator("main h1").wait_for(timeout=120_000)
            page.wait_for_load_state("networkidle")
            seconds, used = time.perf_counter() - begin, renderer(session)
            heap = used["JSHeapUsedSize"] / 1e6
            print(
                f"{name}: {seconds:.2f} s, renderer {used['TaskDuration']:.2f} s CPU, {heap:.0f} MB"
            )
        redraws, pans = page.evaluate(DRAW)
        print(f"network: whole redraw {redraws:.0f} ms, panned frame {pans:.1f} ms")
        browser.close()


DRAW = """async () => {
  const p = document.querySelector("canvas").graphkitPicture;
  const timed = (times, act) => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) act();
    p.g.getImageData(0, 0, 1, 1);  // waits until it is painted
    return (performance.now() - begin) / times;
  };
  p.moving = false;
  const redraw = timed(5, () => { p.bitmap = null; p.draw(); });
  p.moving = true;
  const pan = timed(60, () => { p.dx += 3; p.draw(); });
  return [redraw, pan];
}"""


def main() -> None:
    """Prints the figures."""
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
        server = make_server("127.0.0.1", 0, create_app(case.root).server, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = shutil.which("chromium")
        if chromium is None:
            print("no Chromium: nothing measured in a browser")
        else:
            in_browser(f"http://127.0.0.1:{server.server_port}", chromium)
        server.shutdown()


if __name__ == "__main__":
    main()
