# SPDX-License-Identifier: GPL-3.0-or-later
"""Account: what is it, whom does it repeat, and who repeats it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from dashboards.components import Field, Search
from dashboards.figures.hours_of_week import hours_figure
from dashboards.figures.plain import graph
from dashboards.pages.account_copies import copy_share
from dashboards.pages.account_names import look_alikes, names_over_time
from dashboards.pages.finding_line import finding_line
from dashboards.pages.paged import Paged, paged_grid
from dashboards.parts import (
    Node,
    View,
    button,
    card,
    empty,
    facts,
    heading,
    link,
    more,
    notice,
    section,
    table,
)
from dashboards.shown import duration, hidden_characters, moment, number, visible
from dashboards.views import account as seen
from dashboards.views.network import found_accounts
from graphkit import case as cases

if TYPE_CHECKING:
    import polars as pl


def render(view: View) -> list[Node]:
    """The page."""
    say, account_id = view.words, view.query.one("id")
    if account_id is None:
        return _choose(view)
    profile = seen.profile(view.snapshot, account_id)
    if profile is None:
        return [
            heading(say("account.title"), say("account.question")),
            empty(say("account.none", id=visible(account_id))),
        ]
    is_named = account_id in cases.named_accounts(view.snapshot.case)
    name = view.snapshot.names([account_id])[account_id]
    own = seen.posts(view.snapshot, account_id)
    to_network = link(say("account.to-network"), view.query.to("/network", find=name))
    rows = view.query.rows("account", account_id)
    to_rows = link(say("rows"), rows, rows=True)
    return [
        heading(
            html.Bdi(_title(profile, name) if is_named else name),
            say("account.question"),
            to_network,
            to_rows,
        ),
        *_warnings(view, profile, is_named=is_named),
        html.Div(
            [_facts(view, profile, own, is_named=is_named), _week(view, account_id, own)],
            className="halves",
        ),
        _findings(view, account_id),
        *names_over_time(view, account_id, is_named=is_named),
        *look_alikes(view, account_id),
        _neighbours(view, account_id),
        section(
            say("account.posts", n=number(own.height)), _posts(view, own), note=say("rows.masked")
        ),
        *([] if is_named else [_reveal(view, account_id)]),
    ]


def _choose(view: View) -> list[Node]:
    say = view.words
    text = view.query.one("q")
    find = Search(
        id="q",
        label=say("network.find"),
        param="q",
        value=text,
        placeholder=say("network.find.hint"),
        button=say("find"),
    )
    head = [
        heading(say("account.title"), say("account.question")),
        html.Div([find], className="controls"),
    ]
    if text is None:
        return [*head, empty(say("account.choose"))]
    found = found_accounts(view.snapshot, text)
    items = [
        html.Li(view.account(each, name=name)) for each, name in view.snapshot.names(found).items()
    ]
    return [
        *head,
        card(html.Ul(items, className="plain"))
        if items
        else empty(say("network.find.none", text=visible(text))),
    ]


def _title(profile: dict[str, Any], name: str) -> str:
    shown = [visible(profile[key]) for key in ("display_name", "handle") if profile.get(key)]
    return shown[0] if shown else name


def _warnings(view: View, profile: dict[str, Any], *, is_named: bool) -> list[Node]:
    """Hidden characters of the name: of a withheld one only which they are."""
    found = {c for key in ("display_name", "handle") for c in hidden_characters(profile.get(key))}
    if not found:
        return []
    text = view.words("account.hidden" if is_named else "account.hidden.withheld")
    return [notice(html.Strong(text), html.Span(", ".join(sorted(found))))]


def _facts(view: View, profile: dict[str, Any], own: pl.DataFrame, *, is_named: bool) -> Node:
    say, zone = view.words, view.snapshot.zone
    times = seen.span(own)
    pairs: list[tuple[Node, Node]] = [
        (say("account.platform"), visible(profile["platform"]) or "–"),
        (say("account.created"), moment(profile["created_at"], zone)),
        (
            say("account.verified"),
            say.of("yes-no", {True: "yes", False: "no"}.get(profile["is_verified"], "unknown")),
        ),
        (say("account.expires"), moment(profile["credential_expires_at"], zone)),
        (say("account.followers"), number(profile["followers_count"])),
        (say("posts"), number(own.height)),
        (say("account.span"), f"{moment(times[0], zone)} – {moment(times[1], zone)}"),
    ]
    if is_named:
        names = ("account_id", "handle", "display_name", "bio", "credential", "declared_owner")
        pairs = [
            *((say.of("account", n), html.Bdi(visible(profile[n]) or "–")) for n in names),
            *pairs,
        ]
    else:
        to_form = html.A(say("account.withheld"), href="#name", className="link")
        pairs.append((say("account.name"), to_form))
    return card(html.H2(say("account.facts")), facts(pairs))


def _week(view: View, account_id: str, own: pl.DataFrame) -> Node:
    say = view.words
    title = html.H2(say("account.week"))
    hours = seen.hours(view.snapshot, own)
    if hours.is_empty():
        return card(title, html.P(say("account.no-times")))
    days = [say(f"day.{n}") for n in range(1, 8)]
    figure = hours_figure(hours, account_id, days=days, unit=say("posts").lower())
    rows = [
        [
            f"{days[day - 1]} {hour:02d}:00",
            link(number(n), view.query.rows("hour", account_id, str(day), str(hour)), rows=True),
        ]
        for day, hour, n in hours.iter_rows()
    ]
    same = more(
        say("as-table"), table([say("account.hour"), say("posts")], rows, label=say("account.week"))
    )
    note = html.P(say("account.zone", zone=view.snapshot.case.zone), className="note")
    return card(title, graph("week", figure, label=say("account.week")), note, same)


def _neighbours(view: View, account_id: str) -> Node:
    say, blocks = view.words, []
    for relation, rows in seen.around(view.snapshot, account_id).items():
        names = view.snapshot.names(rows["other"].to_list())
        cells = [
            [view.account(other, name=names[other]), number(times), duration(lag)]
            for other, times, lag in rows.iter_rows()
        ]
        heads = [say("account"), say(f"account.times.{relation}"), say("account.lag")]
        title = say(f"account.{relation}")
        body = (
            table(heads, cells, label=title)
            if cells
            else html.P(say("account.nobody"), className="soft")
        )
        blocks.append(card(html.H3(title), body))
    return section(
        say("account.neighbours"),
        *copy_share(view, account_id),
        html.Div(blocks, className="halves"),
        note=say("account.neighbours.note"),
    )


def _findings(view: View, account_id: str) -> Node:
    say = view.words
    about = seen.findings_about(view.snapshot, account_id)
    if not about:
        return section(say("findings"), html.P(say("account.no-findings")))
    judged, basket = view.snapshot.judgements(), set(view.snapshot.basket())
    lines = [
        html.Li(
            finding_line(
                view, f, judgement=judged.get(f["finding_id"]), kept=f["finding_id"] in basket
            )
        )
        for f in about[:20]
    ]
    return section(
        say("findings"), html.Ol(lines, className="lines"), note=say("account.findings.note")
    )


def _posts(view: View, own: pl.DataFrame) -> Node:
    say, zone = view.words, view.snapshot.zone
    if own.is_empty():
        return html.P(say("account.no-posts"))
    page = Paged(
        own.height,
        view.query.one("posts"),
        lambda n: view.query.having(posts=str(n)),
        stay="posts-list",
    )
    shown = own.slice(*page.span)
    texts = view.snapshot.masked(shown["text"].drop_nulls().to_list())
    rows = [
        {
            "at": moment(row["created_at"], zone),
            "kind": say.of("post", row["kind"]),
            "text": "" if row["text"] is None else texts[row["text"]],
            "source": visible(row["source_label"]),
            "place": f"{visible(row['file'])}:{row['line']}",
            "place_href": view.query.rows("row", "posts", row["post_id"]),
        }
        for row in shown.iter_rows(named=True)
    ]
    columns = [
        {"field": "at", "headerName": say("time"), "width": 186, "minWidth": 186},
        {"field": "kind", "headerName": say("kind"), "width": 110, "minWidth": 90, "filter": True},
        {
            "field": "text",
            "headerName": say("text"),
            "flex": 3,
            "minWidth": 220,
            "wrapText": True,
            "autoHeight": True,
            "filter": True,
        },
        {"field": "source", "headerName": say("account.source"), "width": 140, "minWidth": 110},
        {
            "field": "place",
            "headerName": say("place"),
            "width": 200,
            "minWidth": 150,
            "cellClass": "mono",
            "cellRenderer": "LinkCell",
        },
    ]
    table = paged_grid(view, "posts", columns, rows, page)
    return html.Div(table, id="posts-list", tabIndex="-1")


def _reveal(view: View, account_id: str) -> Node:
    """Naming an account is a decision: who, why, and it is written down."""
    say = view.words
    made = [d for d in cases.decisions(view.snapshot.case) if d["account_id"] == account_id]
    pending = [
        notice(say("name.pending", by=visible(each["by"]), reason=visible(each["reason"])))
        for each in made
    ]
    fields = [
        html.P(say("name.what")),
        *pending,
        Field(id={"form": "reason"}, label=say("name.reason")),
        Field(id={"form": "by"}, label=say("judge.by"), remember="graphkit-by"),
        button(say("name.save"), {"act": "name", "account": account_id}),
    ]
    form = more(say("name.title"), *fields, is_open=bool(pending))
    return section(None, html.Div(form, id="name", tabIndex="-1"))
