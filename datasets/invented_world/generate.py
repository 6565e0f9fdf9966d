# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the invented world: `generate.py OUT [--seed N] [--scale F] [--without PLANT ...]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import audiences
import background
import copies
import frames
import innocents
import people
from manifest import manifest
from matrix import matrix
from outlets import broadcaster, outlets
from push import push
from story import false_story
from world import END, PLATFORM, START, World, stamp

if TYPE_CHECKING:
    import polars as pl

PLANTS = {
    "matrix": matrix,
    "push": push,
    "false_story": false_story,
    "templated_copy": copies.templated_copy,
    "old_news": copies.old_news,
    "lookalike": copies.lookalike,
    "expired_credential": copies.expired_credential,
    "held_rank": copies.held_rank,
}


def _background(world: World) -> people.Crowd:
    people.people(world)
    people.topics(world)
    crowd = people.crowd(world, outlets(world))
    background.originals(world, crowd)
    background.cascades(world, crowd)
    background.answers(world, crowd)
    background.searches(world, crowd)
    background.deletions(world)
    return crowd


def _innocents(world: World, crowd: people.Crowd) -> None:
    broadcaster(world, crowd.press)
    audiences.fan_clubs(world, crowd)
    audiences.television(world)
    audiences.breaking_news(world, crowd)
    innocents.open_call(world, crowd)
    innocents.academics(world, crowd)
    innocents.classroom(world, crowd)
    innocents.app_shares(world, crowd)
    innocents.weekly_notice(world)
    innocents.valid_credentials(world)


def make_world(seed: int, scale: float, without: tuple[str, ...] = ()) -> World:
    """A world of that seed; the parts that stay are the same whichever plants are left out."""
    world = World(seed, scale)
    crowd = _background(world)
    _innocents(world, crowd)
    for name, plant in PLANTS.items():
        if name not in without and "all" not in without:
            plant(world, crowd)
    return world


def truth(world: World) -> dict[str, Any]:
    """What was planted, and who is innocent."""
    return {
        "seed": world.seed,
        "platform": PLATFORM,
        "start": stamp(START),
        "end": stamp(END),
        "planted": world.planted,
        "innocent": world.innocent,
    }


def tables(world: World) -> dict[str, pl.DataFrame]:
    """File name -> frame."""
    return {
        "accounts.csv": frames.accounts_frame(world),
        "posts.parquet": frames.posts_frame(world),
        "actions.parquet": frames.actions_frame(world),
        "rankings.csv": frames.rankings_frame(world),
        "labels.csv": frames.labels_frame(world),
    }


def write(world: World, out: Path) -> dict[str, int]:
    """File name -> rows, after all files of a world have been written into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    made = tables(world)
    for name, frame in made.items():
        if name.endswith(".csv"):
            frame.write_csv(out / name, datetime_format="%Y-%m-%dT%H:%M:%SZ")
        else:
            frame.write_parquet(out / name, compression="zstd", compression_level=19)
        print(f"{name}: {frame.height} rows, {(out / name).stat().st_size} bytes")
    text = json.dumps(truth(world), ensure_ascii=False, indent=1)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")
    return {name: frame.height for name, frame in made.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the background")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=[*PLANTS, "all"], metavar="PLANT"
    )
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="write dataset.toml here")
    args = parser.parse_args()
    rows = write(make_world(args.seed, args.scale, tuple(args.without)), args.out)
    if args.manifest is not None:
        args.manifest.write_text(manifest(args.out, rows, seed=args.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
