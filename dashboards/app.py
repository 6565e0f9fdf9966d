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
from dashboards.pages.rows_drawer import rows_drawer
from dashboards.parts import Node, View, extra, heading, link, notice
from dashboards.query import LANGUAGES, Query
from dashboards.shown import visible
from dashboards.snapshot import snapshot
from dashboards.words import Words
from graphkit.errors import GraphkitError

if TYPE_CHECKING:
    from collections.abc import Callable
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
    app = Dash(
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
    long_acts.wire(app, root)
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
            html.Main(id="main", tabIndex="-1"),
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
        language, working = view.query.language, view.words("working")
        page = {"title": title, "lang": language, "working": working}
        return [_masthead(view), _main(view), page, view.query.mark]

    @app.callback(
        Output("rows", "children"),
        Input("mark", "data"),
        Input("revision", "data"),
        State("url", "pathname"),
        State("url", "search"),
    )
    def show_rows(mark: list[str] | None, _revision: int, path: str, search: str) -> list[Node]:
        return rows_drawer(_view(root, path, search), mark)


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
        return [head, notice(html.Strong(view.words("refused", why=visible(str(error)))))]


def _masthead(view: View) -> list[Node]:
    say, query = view.words, view.query
    items = []
    for path in NAVIGATION:
        here = extra(aria_current="page") if query.path == path else {}
        count = f" ({len(view.snapshot.basket())})" if path == "/evidence" else ""
        items.append(html.Li(link(say(f"nav.{PAGES[path][0]}") + count, query.to(path), **here)))
    other = next(each for each in LANGUAGES if each != query.language)
    switch = query.having(lang=None if other == "en" else other)
    case = html.Span(html.Bdi(visible(view.snapshot.case.name)), className="case-name")
    return [
        html.Div([link("graphkit", query.to("/"), kind="wordmark"), case]),
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
    """Says that something went wrong, with the id under which the log has it."""
    reference = secrets.token_hex(4)
    log.error("error %s in the dashboard", reference, exc_info=error)
    say = Words(Query.read("/", _search()).language)
    text = say("failed", reference=reference)
    outputs = ctx.outputs_list if isinstance(ctx.outputs_list, list) else [ctx.outputs_list]
    if any(each.get("id") == "main" for each in outputs):
        set_props("main", {"children": [heading(say("failed.title"), text)]})
    else:
        set_props("said", {"children": text})
    return no_update if not isinstance(ctx.outputs_list, list) else [no_update] * len(outputs)


def _search() -> str:
    states = {**ctx.inputs, **ctx.states}
    return str(next((value for key, value in states.items() if key == "url.search"), ""))
