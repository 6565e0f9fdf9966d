# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty shadows of one account: is it named; and what not naming it costs real groups.

`python -m benchmarks.measure_framing` (LOG LOG); needs the reference data beside the project.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.real_logs import (
    Implant,
    Shadows,
    implanted_group,
    named_accounts,
    real_logs,
    shadowed_log,
    victims,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

SEED = 7101  # rules were chosen with seeds below 100 and on another month
EACH_KIND = {"russian": 50, "weibo": 100}  # busy accounts: two in the Weibo month
SEEDS = (7101, 7102, 7103, 7104, 7105)
ATTACKS = (
    Shadows("after"),
    Shadows("before"),
    Shadows("around"),
    Shadows("close around"),
    Shadows("ten before, ten after"),
)
HARDER = (
    Shadows("around", count=10),
    Shadows("around", count=5),
    Shadows("close around", count=5),
    Shadows("close around", copied=0.5),
    Shadows("close around", copied=0.3),
    Shadows("before", apart=5),
    Shadows("around", apart=5),
    Shadows("close around", apart=5),
)


def framed(log: pl.DataFrame, shadows: Shadows, each_kind: int) -> str:
    """Victims named, of `each_kind` ordinary and busy ones each; runs with shadows named; others.

    Others are accounts of the log that are named now and were not before.
    """
    before, _ = named_accounts(log)
    chosen = [
        each for busy in (False, True) for each in victims(log, each_kind, busy=busy, seed=SEED)
    ]
    hit = seen = outsiders = 0
    for number, victim in enumerate(chosen):
        named, _ = named_accounts(shadowed_log(log, victim, shadows, SEED + number))
        copying = {each for each in named if each.startswith("shadow")}
        hit += victim in named - before
        seen += bool(copying)
        outsiders += len(named - copying - before - {victim})
    return (
        f"| {shadows.count} {shadows.mode} | {shadows.copied:.0%} | {shadows.apart} | "
        f"{hit} of {len(chosen)} | {seen} | {outsiders} |"
    )


def cost(log: pl.DataFrame, present: float) -> Iterator[str]:
    """Per size and shares: the share of the found members of real groups that are not named."""
    shares = (2, 3, 4, 5, 7, 10)
    yield f"| accounts, present {present} | " + " | ".join(map(str, shares)) + " |"
    for accounts in (5, 10, 20, 50):
        cells = []
        for objects in shares:
            lost = found = 0
            for seed in SEEDS:
                group = Implant(accounts, objects, present=present)
                added, members = implanted_group(log, group, seed)
                named, unnamed = named_accounts(added)
                lost += len(unnamed & set(members))
                found += len((named | unnamed) & set(members))
            cells.append(f"{lost / found:.2f}" if found else "-")
        yield f"| {accounts} | " + " | ".join(cells) + " |"


def main() -> None:
    """Prints the tables on framing of docs/measured/coordinated-sharing.md."""
    for name, log in real_logs().items():
        if name in sys.argv[1:] or len(sys.argv) == 1:
            print(f"{name}: attack | copied | apart | victim named | shadows named | outsiders")
            for shadows in ATTACKS:
                print(framed(log, shadows, EACH_KIND[name]), flush=True)
            for shadows in HARDER if name == "russian" else ():
                print(framed(log, shadows, 20), flush=True)
            for present in (0.9, 1.0) if name == "russian" else ():
                print("\n".join(cost(log, present)), flush=True)


if __name__ == "__main__":
    main()
