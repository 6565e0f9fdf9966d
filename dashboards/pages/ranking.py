# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranking: was this topic moved on the hot list, when, and by whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboards.components import Choice, Search
from dashboards.figures.plain import graph
from dashboards.figures.ranking_course import ranking_figure
from dashboards.pages.ranking_beside import compare, other_topic
from dashboards.pages.ranking_list import against_list
from dashboards.pages.ranking_placed import GLYPHS, calls_table, placed_table
from dashboards.pages.ranking_places import places_of
from dashboards.parts import (
    Node,
    View,
    badge,
    card,
    empty,
    extra,
    grade,
    heading,
    link,
    section,
    sign,
    table,
)
from dashboards.shown import duration, moment, number, visible
from dashboards.views import ranking as seen

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.snapshot import Record


def render(view: View) -> list[Node]:
    """The page."""
    say, query = view.words, view.query
    head = heading(say("ranking.title"), say("ranking.question"))
    if view.snapshot.corpus.rankings.is_empty():
        command = f"graphkit import {view.snapshot.case.root} RANKINGS"
        return [head, empty(say("ranking.none"), command)]
    controls = html.Div(_controls(view), className="controls")
    topic, places = query.one("topic"), query.one("places")
    if places is not None and places in seen.lists(view.snapshot):
        return [head, *places_of(view, places)]
    if topic is None:
        return [head, controls, _topics(view), _to_places(view)]
    found = seen.topics(view.snapshot, text=topic, list_id=query.one("list"))
    own = found.filter(found["topic"] == topic)
    if own.is_empty():
        return [head, controls, empty(say("ranking.no-topic", topic=visible(topic)))]
    return [head, controls, *_course(view, str(own["list_id"][0]), topic)]


def _to_places(view: View) -> Node:
    """Links to the places of each list."""
    say = view.words
    links = [
        html.Li(link(html.Bdi(visible(name)), view.query.to("/ranking", places=name)))
        for name in seen.lists(view.snapshot)
    ]
    return section(say("places.title"), card(html.Ul(links)), note=say("places.question"))


def _controls(view: View) -> list[Node]:
    say, query = view.words, view.query
    away = {
        "topic": None,
        "beside": None,
        "beside_list": None,
        "page": None,
        "from": None,
        "to": None,
        "mark": None,
    }
    find = Search(
        id="q",
        label=say("ranking.find"),
        param="q",
        clears=away,
        value=query.one("q"),
        placeholder=say("ranking.find.hint"),
        button=say("find"),
    )
    names = seen.lists(view.snapshot)
    if len(names) < 2:
        return [find]
    options = [
        {"value": "", "label": say("any")},
        *({"value": n, "label": visible(n)} for n in names),
    ]
    choice = Choice(
        id="list",
        label=say("ranking.list"),
        param="list",
        clears=away,
        value=query.one("list"),
        options=options,
    )
    return [find, choice]


def _topics(view: View) -> Node:
    say, query = view.words, view.query
    found = seen.topics(view.snapshot, text=query.one("q"), list_id=query.one("list"))
    if found.is_empty():
        return empty(say("ranking.none-found"))
    asked = query.one("page") or "1"
    pages = -(-found.height // seen.PAGE_SIZE)
    page = min(max(int(asked), 1), pages) if asked.isdecimal() else 1
    zone = view.snapshot.zone
    rows = [
        [
            link(
                html.Bdi(visible(row["topic"])),
                query.to("/ranking", topic=row["topic"], list=row["list_id"]),
            ),
            number(row["best_rank"]),
            number(row["snapshots"]),
            number(row["placed"]),
            moment(row["first_at"], zone),
            number(row["peak_heat"]),
            badge(number(row["findings"]), "count") if row["findings"] else "–",
        ]
        for row in found.slice((page - 1) * seen.PAGE_SIZE, seen.PAGE_SIZE).iter_rows(named=True)
    ]
    heads = [
        say("topic"),
        say("ranking.best"),
        say("ranking.snapshots"),
        say("ranking.placed"),
        say("ranking.first"),
        say("ranking.heat"),
        say("findings"),
    ]
    title = say("ranking.topics", n=number(found.height))
    return section(
        title,
        card(table(heads, rows, label=title)),
        _pages(view, page, pages),
        note=say("ranking.order"),
    )


def _pages(view: View, page: int, pages: int) -> Node:
    say = view.words
    steps = [(say("page.before"), page - 1), (say("page.after"), page + 1)]
    links = [link(text, view.query.having(page=str(n))) for text, n in steps if 1 <= n <= pages]
    return html.Nav(
        [html.Span(say("page.of", page=page, pages=pages)), *links],
        className="path",
        **extra(aria_label=say("page.label")),
    )


def _course(view: View, list_id: str, topic: str) -> list[Node]:
    """The course of a topic, with its tables; or of two beside each other, on the same axes."""
    query = view.query
    other, found = other_topic(view, (list_id, topic))
    keys = [(list_id, topic), *([] if other is None else [other])]
    courses = seen.courses(view.snapshot, keys, between=(query.one("from"), query.one("to")))
    where = f"{visible(topic)} · {visible(list_id)}"
    here = html.Span(html.Bdi(where), **extra(aria_current="page"))
    back = link(
        view.words("ranking.all"), query.to("/ranking", list=query.one("list"), q=query.one("q"))
    )
    head: list[Node] = [
        html.Nav([back, here], className="path"),
        html.Div(compare(view, (list_id, topic)), className="controls"),
        *found,
    ]
    names = ("ranking", "ranking-beside")
    pictures = [
        _picture(view, key, [own, *courses], name=name)
        for key, own, name in zip(keys, courses, names, strict=False)
    ]
    told = [_tables(view, key, own) for key, own in zip(keys, courses, strict=True)]
    if other is None:
        return [*head, *pictures, *told[0]]
    titles = [f"{visible(topic)} · {visible(list_id)}" for list_id, topic in keys]
    drawn = [section(title, each) for title, each in zip(titles, pictures, strict=True)]
    note = html.P(view.words("ranking.beside.note"), className="note")
    tables = [section(title, *each) for title, each in zip(titles, told, strict=True)]
    return [*head, note, html.Div(drawn, className="halves"), *tables]


def _shaded(view: View, topic: str) -> list[tuple[str, datetime, datetime]]:
    """Letter, start and end of the windows of findings on the topic."""
    flagged = seen.windows(view.snapshot, topic)
    letters = seen.letters(len(flagged))
    return [
        (letter, *seen.window_on(view.snapshot, each, topic))
        for letter, each in zip(letters, flagged, strict=True)
    ]


def _picture(view: View, key: tuple[str, str], courses: list[seen.Course], *, name: str) -> Node:
    """The figure of the first of `courses`, on axes that hold all."""
    course = courses[0]
    figure = ranking_figure(
        course,
        windows=_shaded(view, key[1]),
        key=key,
        words=_axes(view, course),
        zone=view.snapshot.zone,
        beside=courses[1:],
    )
    drawn = graph(name, figure, label=view.words("ranking.figure"))
    return card(_legend(view, course), drawn, _zone(view, key[0]), kind="flush")


def _tables(view: View, key: tuple[str, str], course: seen.Course) -> list[Node]:
    """What the figure says, as tables, and what else is known."""
    say, topic = view.words, key[1]
    flagged, shaded = seen.windows(view.snapshot, topic), _shaded(view, topic)
    lettered = [(letter, each) for (letter, _, _), each in zip(shaded, flagged, strict=True)]
    return [
        section(say("ranking.windows"), _windows(view, flagged, shaded)),
        *against_list(view, lettered, topic),
        section(say("ranking.stays"), _stays(view, key, course), note=say("ranking.stays.note")),
        *placed_table(view, key, course),
        section(say("ranking.calls"), *calls_table(view, course.calls)),
    ]


def _axes(view: View, course: seen.Course) -> dict[str, str]:
    """What stands at the axes and on the bars."""
    say = view.words
    volume = say("ranking.axis.acts", step=duration(course.step))
    return {
        "rank": say("ranking.axis.rank"),
        "volume": say("ranking.axis.heat") if course.volume.is_empty() else volume,
        "flagged": say("ranking.by-flagged"),
        "other": say("ranking.by-others"),
        "without": say("ranking.without"),
        "call": say("ranking.call"),
        **{how: say(f"ranking.placed.{how}") for how in seen.PLACED},
    }


def _zone(view: View, list_id: str) -> Node:
    say, snapshot = view.words, view.snapshot
    text = say("ranking.zone", zone=snapshot.case.zone)
    places = f" {say('ranking.by-position')}" if seen.by_position(snapshot, list_id) else ""
    return html.P(text + places, className="note under")


def _legend(view: View, course: seen.Course) -> Node:
    """What is drawn: marks of the platform's own placement only where there are any."""
    has_flagged = bool(course.volume["flagged"].sum())
    volume = ["heat"] if course.volume.is_empty() else ["flagged"] * has_flagged + ["other"]
    drawn = set(course.ranks["placed"].drop_nulls())
    items = [
        *(_swatch(view, name) for name in ("rank", *volume)),
        *([_glyph("╌╌", view.words("ranking.without"))] if has_flagged else []),
        *(_glyph(GLYPHS[how], view.words(f"ranking.placed.{how}")) for how in seen.PLACED
          if how in drawn),
        *([] if course.calls.is_empty() else [_glyph("★", view.words("ranking.call"))]),
        *(_swatch(view, name) for name in ("window", "missing")),
    ]  # fmt: skip
    return html.Ul(items, className="legend")


def _swatch(view: View, name: str) -> Node:
    return html.Li([sign(f"swatch swatch-{name}"), view.words(f"ranking.legend.{name}")])


def _glyph(drawn: str, text: str) -> Node:
    return html.Li([html.Span(f"{drawn} ", **extra(aria_hidden="true")), text])


def _windows(
    view: View, flagged: list[Record], shaded: list[tuple[str, datetime, datetime]]
) -> Node:
    say, zone = view.words, view.snapshot.zone
    if not flagged:
        return html.P(say("ranking.no-windows"))
    rows = [
        [
            html.Strong(letter),
            link(
                f"{say.of('kind', f['kind'])}: {say.of('outcome', f['outcome'])}",
                view.query.to("/finding", id=f["finding_id"]),
            ),
            grade(say, f["grade"]),
            f"{moment(start, zone)} – {moment(end, zone)}",
            html.Span(visible(f["summary"]), lang="en"),
            number(f["q_value"]),
        ]
        for (letter, start, end), f in zip(shaded, flagged, strict=True)
    ]
    heads = [
        say("ranking.letter"),
        say("finding"),
        say("grade"),
        say("window"),
        say("ranking.says"),
        "q",
    ]
    return card(table(heads, rows, label=say("ranking.windows")))


def _stays(view: View, key: tuple[str, str], course: seen.Course) -> Node:
    say, zone = view.words, view.snapshot.zone
    stays = seen.with_actions_before(view.snapshot, key[1], course.stays.head(60))
    alone = {"list": key[0], "topic": key[1], "beside": None, "beside_list": None, "mark": None}
    rows = [
        [
            f"{moment(row['start'], zone)} – {moment(row['end'], zone)}",
            number(row["before_flagged"]),
            number(row["before_other"]),
            number(row["best_rank"]),
            number(row["snapshots"]),
            number(row["placed"]),
            duration(row["end"] - row["start"]) if row["snapshots"] > 1 else "–",
            link(
                say("ranking.zoom"),
                view.query.having(**_zoom(row), **alone),
            ),
        ]
        for row in stays.iter_rows(named=True)
    ]
    heads = [
        say("window"),
        say("ranking.before-flagged"),
        say("ranking.before-others"),
        say("ranking.best"),
        say("ranking.snapshots"),
        say("ranking.placed"),
        say("ranking.length"),
        say("ranking.closer"),
    ]
    whole = link(
        say("ranking.whole"), view.query.having(**{"from": None, "to": None, "mark": None})
    )
    left_out = max(0, course.stays.height - 60)
    return card(
        table(heads, rows, label=say("ranking.stays")),
        html.P(
            [whole, f" · {say('left-out', n=left_out)}" if left_out else ""], className="note under"
        ),
    )


def _zoom(row: Record) -> dict[str, str]:
    pad = max((row["end"] - row["start"]) / 4, seen.PAD)
    return {"from": (row["start"] - pad).isoformat(), "to": (row["end"] + pad).isoformat()}
