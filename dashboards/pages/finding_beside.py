# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding beside the others of its kind: the same measures, a column each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.pages.finding_said import measure
from dashboards.parts import Node, View, card, grade, link, section, table
from dashboards.shown import number, short
from dashboards.views import finding as seen

if TYPE_CHECKING:
    from dashboards.snapshot import Record

SHOWN = 4


def beside(view: View, finding: Record) -> list[Node]:
    """The table of this finding and four others of its kind; nothing where there are none."""
    say = view.words
    others = seen.others_of_kind(view.snapshot, finding)
    if not others:
        return []
    shown = [finding, *others[:SHOWN]]
    names = [name for name, _ in seen.measures(finding)[0]]
    heads = [_title(view, each) for each in shown]
    links = [link(say("beside.open"), view.query.to("/finding", id=f["finding_id"])) for f in shown]
    rows: list[list[Node]] = [
        [say("finding"), say("beside.this"), *links[1:]],
        [say("grade"), *(grade(say, f["grade"]) for f in shown)],
        *(
            [measure(view, name), *(number(f["measures"].get(name)) for f in shown)]
            for name in names
        ),
        ["q", *(number(f["q_value"]) for f in shown)],
    ]
    body = table([say("beside.measure"), *heads], rows, label=say("beside.title"))
    left = len(others) - SHOWN
    note = say("beside.note") + (f" {say('left-out', n=number(left))}." if left > 0 else "")
    return [section(say("beside.title"), card(body), note=note)]


def _title(view: View, finding: Record) -> str:
    """Its outcome and its first topic."""
    topics = finding["subjects"]["topics"][:1]
    said = [view.words.of("outcome", finding["outcome"]), *(short(each, 24) for each in topics)]
    return " · ".join(said)
