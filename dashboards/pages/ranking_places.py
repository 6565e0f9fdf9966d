# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of one list: a figure that can be read without colour, and tables that say it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.figures.plain import graph
from dashboards.figures.ranking_places import places_figure
from dashboards.parts import Node, View, card, extra, link, more, section, sign, table
from dashboards.shown import duration, moment, number, visible
from dashboards.views import places as seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.snapshot import Record
    from graphkit.investigation.placing import PlacePicture

TOLD = ("held-position", "entry-spike")


def places_of(view: View, list_id: str) -> list[Node]:
    """The figure and tables of the list."""
    say, snapshot = view.words, view.snapshot
    picture = seen.picture(snapshot, list_id)
    findings = seen.findings_on(snapshot, list_id)
    told = {name: _ranks(f for f in findings if f["outcome"] == name) for name in TOLD}
    words = {name: say(f"places.{name}") for name in ("held", "entries", "missing", "rank")}
    drawn = places_figure(picture, told=told, words=words)
    back = link(say("ranking.all"), view.query.to("/ranking"))
    here = html.Span(html.Bdi(visible(list_id)), **extra(aria_current="page"))
    return [
        html.Nav([back, here], className="path"),
        card(_legend(view), graph("places", drawn, label=say("places.figure")), kind="flush"),
        html.P([say("places.note"), " ", say("places.zone", zone=snapshot.case.zone)],
               className="note under"),
        section(say("places.findings"), _findings(view, findings)),
        more(say("places.ranks"), _rank_table(view, picture)),
        _gaps(view, picture),
    ]  # fmt: skip


def _ranks(findings: Iterable[Record]) -> set[int]:
    return {int(f["measures"]["rank"]) for f in findings}


def _legend(view: View) -> Node:
    names = ("limit", "value", "told", "plain", "missing")
    items = [
        html.Li([sign(f"swatch swatch-place-{name}"), view.words(f"places.legend.{name}")])
        for name in names
    ]
    return html.Ul(items, className="legend")


def _findings(view: View, findings: list[Record]) -> Node:
    if not findings:
        return html.P(view.words("places.none"))
    items = [
        html.Li(
            [
                link(
                    view.words.of("outcome", each["outcome"]),
                    view.query.to("/finding", id=each["finding_id"]),
                ),
                " ",
                html.Span(visible(each["summary"]), lang="en"),
            ]
        )
        for each in findings
    ]
    return card(html.Ul(items))


def _rank_table(view: View, picture: PlacePicture) -> Node:
    say = view.words
    heads = ("rank", "plain", "passed", "kept", "neighbour", "limit", "came", "near-came", "limit")
    columns = ("held_share", "held_chance", "held_limit")
    rows = [
        [
            number(row["rank"]),
            _share(row["kept_share"]),
            number(row["passed"]),
            *(_share(row[name]) for name in columns),
            *(number(row[name]) for name in ("entries", "entries_chance", "entries_limit")),
        ]
        for row in picture.ranks.iter_rows(named=True)
    ]
    return card(table([say(f"places.{n}") for n in heads], rows, label=say("places.ranks")))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _gaps(view: View, picture: PlacePicture) -> Node:
    say = view.words
    title = say("places.gaps", width=duration(picture.width))
    rows = [
        [moment(row["start"], view.snapshot.zone), number(row["snapshots"]), number(row["missing"])]
        for row in picture.missing.iter_rows(named=True)
    ]
    heads = [say("places.from"), say("places.there"), say("places.missing")]
    return section(title, card(table(heads, rows, label=title)))
