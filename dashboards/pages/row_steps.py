# SPDX-License-Identifier: GPL-3.0-or-later
"""From one row to every picture that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.pages.story_title import trace_title
from dashboards.parts import Node, View, link, mixed
from dashboards.views.pictures import Pictures, pictures_with

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDINGS_SHOWN = 12


def row_steps(view: View, table: str, key: str) -> list[Node]:
    """Links to the findings, stories and topics with this row, its account and the network."""
    return list(_steps(view, pictures_with(view.snapshot, table, key)))


def _steps(view: View, shown: Pictures) -> Iterator[Node]:
    say, query = view.words, view.query
    for each in shown.findings[:FINDINGS_SHOWN]:
        text = f"{say.of('kind', each['kind'])}: {say.of('outcome', each['outcome'])}"
        yield link(say("row.finding", finding=text), query.to("/finding", id=each["finding_id"]))
    for each in shown.traces:
        title = say("row.story", story=trace_title(view, each))
        yield link(mixed(title), query.to("/story", what=each["query"]["what"]))
    if shown.post_id is not None and not shown.traces:
        yield link(say("row.trace"), query.to("/story", what=shown.post_id))
    for topic in shown.topics:
        yield link(mixed(say("finding.to-ranking", topic=topic)), query.to("/ranking", topic=topic))
    if shown.account_id is not None:
        lens = {"lens": "citation", "least": "1"} if shown.act is None else {"act": shown.act}
        to = query.to("/network", around=shown.account_id, **lens)
        yield link(say("row.network"), to)
