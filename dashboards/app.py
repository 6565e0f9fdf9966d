# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard: a shell, and pages made from the case and the address."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from dash import (
    ALL,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    ctx,
    dcc,
    html,
    no_update,
    set_props,
)

from dashboards import actions, long_acts
from dashboards.guard import guard
from dashboards.pages import account, evidence, finding, network, overview, ranking, runs, story
from dashboards.pages.rows_drawer import closable, rows_drawer
from dashboards.parts import Node, View, alarm, extra, heading, link
from dashboards.query import LANGUAGES, Query
from dashboards.scripts import LightDash
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.still import still
from dashboards.words import Words
from graphkit.errors import GraphkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

PAGES: dict[str, tuple[str, Callable[[View], list[Node]]]] = {
    "/": ("overview", overview.render),
    "/network": ("network", network.render),
    "/story": ("story", story.render),
    "/ranking": ("ranking", ranking.render),
    "/account": ("account", account.render),
    "/evidence": ("evidence", evidence.render),
    "/finding": ("finding", finding.render),
    "/runs": ("runs", runs.render),
}
NAVIGATION = ("/", "/network", "/story", "/ranking", "/account", "/evidence")
WAITING = " ".join(Words(language)("waiting") for language in LANGUAGES)  # before one is chosen
INDEX = """<!DOCTYPE html>
<html lang="en"><head>{%metas%}<meta name="color-scheme" content="light dark">
<title>{%title%}</title>{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"""


def create_app(root: Path, *, token: str | None = None) -> Dash:
    """The dashboard of the case in `root`. With a token, only a browser that holds it gets in.

    Raises:
        CaseError: the folder is not a case.
    """
    case = snapshot(root).case
    app = LightDash(
        "dashboards",
        title=f"{visible(case.name)} – graphkit",
        update_title="",
        index_string=INDEX,
        serve_locally=True,
        suppress_callback_exceptions=True,
        enable_mcp=False,
        url_base_pathname="/",
        assets_folder="assets",
        include_assets_files=True,
        add_log_handler=False,
        on_error=_failed,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = _shell
    _wire_pages(app, root)
    _wire_browser(app)
    actions.wire(app, root)
    guard(app, token=token)
    return app


def _shell() -> Node:
    return html.Div(
        [
            html.A("Skip to content", href="#main", className="skip"),
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="revision", data=0),
            dcc.Store(id="page"),
            dcc.Store(id="mark"),
            html.Header(id="masthead", className="masthead"),
            html.Main(id="main", tabIndex="-1", **extra(data_waiting=WAITING)),
            html.Aside(id="rows", className="drawer", tabIndex="-1"),
            *long_acts.job_parts(),
            html.Div(id="said", role="status", className="said-by-us"),
        ]
    )


def _wire_pages(app: Dash, root: Path) -> None:
    address = [Input("url", "pathname"), Input("url", "search")]
    whole = [Output("masthead", "children"), Output("main", "children")]
    state = [Output("page", "data"), Output("mark", "data")]

    @app.callback([*whole, *state], [*address, Input("revision", "data")])
    def show(path: str, search: str, _revision: int) -> list[Any]:
        view = _view(root, path, search)
        title = (
            f"{view.words(f'{_page(view.query)[0]}.title')} – {visible(view.snapshot.case.name)}"
        )
        words = {name: view.words(name) for name in ("working", "unsent")}
        page = {"title": title, "lang": view.query.language, "words": words}
        asked = {prop.partition(".")[0] for prop in ctx.triggered_prop_ids}
        mark = no_update if asked == {"revision"} else view.query.mark
        masthead = _masthead(view.query, case=view.snapshot.case.name, kept=view.snapshot.basket())
        return [masthead, still(_main(view)), page, mark]

    @app.callback(
        Output("rows", "children"),
        Input("mark", "data"),
        Input("revision", "data"),
        State("url", "pathname"),
        State("url", "search"),
    )
    def show_rows(mark: list[str] | None, _revision: int, path: str, search: str) -> Node:
        return still(rows_drawer(_view(root, path, search), mark))


def _view(root: Path, path: str, search: str) -> View:
    query = Query.read(path, search)
    return View(snapshot(root), query, Words(query.language))


def _page(query: Query) -> tuple[str, Callable[[View], list[Node]]]:
    return PAGES.get(query.path, ("missing", _missing))


def _missing(view: View) -> list[Node]:
    say = view.words
    return [
        heading(say("missing.title"), say("missing.question")),
        link(say("overview.title"), view.query.to("/")),
    ]


def _main(view: View) -> list[Node]:
    """The page, or why there is none: an error is never drawn as data."""
    try:
        return _page(view.query)[1](view)
    except GraphkitError as error:
        name = _page(view.query)[0]
        head = heading(view.words(f"{name}.title"), view.words(f"{name}.question"))
        return [head, alarm(html.Strong(view.words("refused", why=visible(str(error)))))]


def _masthead(query: Query, *, case: str = "", kept: Sequence[str] | None = None) -> list[Node]:
    """The case's name and the way to every page; without a case the way alone."""
    say = Words(query.language)
    items = []
    for path in NAVIGATION:
        here = extra(aria_current="page") if query.path == path else {}
        count = f" ({len(kept)})" if path == "/evidence" and kept is not None else ""
        items.append(html.Li(link(say(f"nav.{PAGES[path][0]}") + count, query.to(path), **here)))
    other = next(each for each in LANGUAGES if each != query.language)
    switch = query.having(lang=None if other == "en" else other)
    name = html.Span(html.Bdi(visible(case)), className="case-name")
    return [
        html.Div([link("graphkit", query.to("/"), kind="wordmark"), name]),
        html.Nav(html.Ul(items), **extra(aria_label=say("nav.label"))),
        link(Words(other)("language"), switch, kind="language", lang=other),
    ]


def _wire_browser(app: Dash) -> None:
    """What happens in the browser alone; the functions are in assets/wiring.js."""
    register: Any = app.clientside_callback  # not typed in dash
    register(
        ClientsideFunction("graphkit", "arrived"),
        Output("page", "modified_timestamp"),
        Input("page", "data"),
    )
    register(
        ClientsideFunction("graphkit", "clock"),
        Output("job-clock", "disabled"),
        Input("job-told", "data"),
        prevent_initial_call=True,
    )
    register(
        ClientsideFunction("graphkit", "select"),
        Output("map", "selected"),
        Output("members", "selectedRows"),
        Output("mark", "data", allow_duplicate=True),
        Input("map", "selected"),
        Input("map", "picked"),
        Input("members", "selectedRows"),
        State("lens", "data"),
        prevent_initial_call=True,
    )
    register(
        ClientsideFunction("graphkit", "clicked"),
        Output("mark", "data", allow_duplicate=True),
        Input({"figure": ALL}, "clickData"),
        prevent_initial_call=True,
    )


def _failed(error: Exception) -> Any:  # noqa: ANN401  what the callback returns instead
    """Says what went wrong, or the id under which the log has it, and leaves the way elsewhere."""
    reference = secrets.token_hex(4)
    log.error("error %s in the dashboard", reference, exc_info=error)
    query = Query.read(_told("url.pathname"), _told("url.search"))
    say = Words(query.language)
    text = say("failed", reference=reference)
    known = isinstance(error, GraphkitError)
    why = [html.P(say("refused", why=visible(str(error))))] if known else []
    outputs = ctx.outputs_list if isinstance(ctx.outputs_list, list) else [ctx.outputs_list]
    asked = {each.get("id") for each in outputs if isinstance(each, dict)}
    if "main" in asked:
        title = say("failed.title")
        words = {name: say(name) for name in ("working", "unsent")}
        set_props("masthead", {"children": _masthead(query)})
        set_props("main", {"children": [heading(title, ""), alarm(*why, html.P(text))]})
        set_props("page", {"data": {"title": title, "lang": query.language, "words": words}})
    elif "rows" in asked:
        set_props("rows", {"children": closable(query, say, alarm(*why, html.P(text)))})
    else:
        set_props("said", {"children": text})
    return no_update if not isinstance(ctx.outputs_list, list) else [no_update] * len(outputs)


def _told(name: str) -> str:
    """What the failed callback was told of the address."""
    told = {**ctx.inputs, **ctx.states}
    return str(told.get(name) or "")
