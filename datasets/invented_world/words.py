# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of words.toml, and invented outlets. No place, outlet, host or person is real."""

from __future__ import annotations

import tomllib
from pathlib import Path

_ALL = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.replace("_", " ") for each in text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n"))


ZH = {slot: _listed(text) for slot, text in _ALL["zh"].items()}
EN = {slot: _listed(text) for slot, text in _ALL["en"].items()}
THEMES = {
    theme: {name: _listed(text) for name, text in parts.items()}
    for theme, parts in _ALL["themes"].items()
}
FRAMES = {name: _lines(text) for name, text in _ALL["frames"].items()}
REMARKS = {event: _lines(text) for event, text in _ALL["remarks"].items()}
SURNAMES, GIVEN, LATIN, JOBS = (
    _listed(_ALL["names"][each]) for each in ("surnames", "given", "latin", "jobs")
)
BIOS = _lines(_ALL["names"]["bios"])
TOPIC_ENDS, EN_TOPIC_ENDS, NEWS_EVENTS, HOSTS = (
    _listed(_ALL["topics"][each]) for each in ("zh_ends", "en_ends", "news", "hosts")
)
CLIENTS = ("Weiju Android", "Weiju iPhone", "Weiju Web", "Weiju Lite", "Weiju Tablet")
CATEGORIES = ("社会", "生活", "文娱", "体育", "科技", "教育", "美食")
OUTLETS = (  # handle, name as shown, host, English?
    ("北汀通讯", "北汀通讯", "beiting-wire.example", False),
    ("澍州日报", "澍州日报", "shuzhou-daily.example", False),
    ("望砚晚报", "望砚晚报", "wangyan-evening.example", False),
    ("霁川新闻", "霁川新闻", "jichuan-news.example", False),
    ("苇港时报", "苇港时报", "weigang-times.example", False),
    ("NorthmoorWire", "Northmoor Wire", "northmoor-wire.example", True),
    ("EastvaleGazette", "Eastvale Gazette", "eastvale-gazette.example", True),
    ("HarrowBayPost", "Harrow Bay Post", "harrowbay-post.example", True),
)
UNSEEN_OUTLETS = ("樾湾早报", "沙棘沟商报", "青棹周刊")
UNSEEN_EN_OUTLETS = ("Saltmarsh Herald", "Dunmere Courier")
