/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in the browser: the address holds everything chosen; a link changes the address. */
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});

  /* -- the address ------------------------------------------------------------------------------ */

  function address(changes) {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const each of [].concat(value == null ? [] : value)) if (each !== "") query.append(name, each);
    }
    const text = query.toString();
    return window.location.pathname + (text ? "?" + text : "");
  }

  function go(href) {
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  window.graphkit = {
    go: (href) => { focusAfter = "main"; go(href); window.scrollTo(0, 0); },
    set: (changes) => {
      focusAfter = document.activeElement && document.activeElement.id;
      go(address(changes));
    },
    keep: (changes) => window.history.replaceState({}, "", address(changes)),
  };

  /* -- rows behind a mark: [what, ...ids] ------------------------------------------------------- */

  function showRows(mark) {
    window.graphkit.keep({ mark: mark ? JSON.stringify(mark) : null });
    dash.set_props("mark", { data: mark });
  }

  let focusAfter = null;
  let opener = null; // the link that opened the rows
  let working = "";

  function closeRows() {
    showRows(null);
    if (opener && opener.isConnected) opener.focus();
  }

  /* A message fades; a new one must be seen again. */
  function showEachMessage() {
    const said = document.getElementById("said");
    if (!said || said.dataset.watched) return;
    said.dataset.watched = "1";
    new MutationObserver(() => {
      said.style.animation = "none";
      void said.offsetWidth;
      said.style.animation = "";
    }).observe(said, { childList: true, characterData: true, subtree: true });
  }

  /* A button that writes: say at once that it works, and find it again on the page drawn anew. */
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest && event.target.closest('button[id^="{"]');
    if (!pressed || pressed.id.includes('"act":"verify"')) return;
    focusAfter = pressed.id;
    dash.set_props("said", { children: working });
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#undo")) window.history.back();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest && event.target.closest("#rows")) closeRows();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const href = link.getAttribute("href");
    if (!href.startsWith("/") || link.target || link.dataset.whole) return;
    event.preventDefault();
    const mark = new URLSearchParams(href.split("?")[1] || "").get("mark");
    const samePage = href.split("?")[0] === window.location.pathname;
    if (!samePage || !link.dataset.rows) return window.graphkit.go(href);
    if (!mark) return closeRows();
    opener = link;
    showRows(JSON.parse(mark));
    if (!event.detail) focusWhenShown(document.getElementById("rows"), 40); // by keyboard
  });

  /* In a table the cell has the focus, not the link in it. */
  document.addEventListener("keydown", (event) => {
    const link = event.key === "Enter" && event.target.matches && event.target.matches(".ag-cell")
      && event.target.querySelector("a[href]");
    if (link) link.click();
  });

  function focusWhenShown(element, tries) {
    element.focus();
    if (document.activeElement !== element && tries) {
      setTimeout(() => focusWhenShown(element, tries - 1), 50);
    }
  }

  /* The page is drawn anew in pieces, and the control that had the focus with it. */
  function refocus(id, tries) {
    const flipped = id && id.replace(/"keep":"([01])"/, (_, kept) => `"keep":"${1 - kept}"`);
    const target = id && (document.getElementById(id) || document.getElementById(flipped));
    const lost = !document.activeElement || document.activeElement === document.body;
    if (target && lost) target.focus({ preventScroll: true });
    if (id && tries) setTimeout(() => refocus(id, tries - 1), 50);
  }

  /* -- callbacks -------------------------------------------------------------------------------- */

  const same = (a, b) => JSON.stringify([...(a || [])].sort()) === JSON.stringify([...(b || [])].sort());
  const rowIds = (rows) => Array.isArray(rows) ? rows.map((row) => row.id) : (rows && rows.ids) || [];

  dash.graphkit = {
    /* After each page: title, language, and the focus where it was. */
    arrived(page) {
      if (!page) return dash.no_update;
      document.title = page.title;
      document.documentElement.lang = page.lang;
      working = page.working;
      showEachMessage();
      refocus(focusAfter, 6);
      focusAfter = null;
      return dash.no_update;
    },

    /* The one owner of the selection: map and table are its inputs and its outputs. */
    select(selected, picked, rows, lens) {
      const cause = (dash.callback_context.triggered[0] || {}).prop_id || "";
      const chosen = cause.startsWith("members.") ? rowIds(rows) : selected || [];
      const edge = cause.startsWith("members.") ? null : picked;
      let mark = null;
      if (edge) mark = ["edge", lens, ...edge];
      else if (chosen.length === 2) mark = ["edge", lens, ...chosen];
      else if (chosen.length === 1) mark = ["account", ...chosen];
      window.graphkit.keep({ sel: chosen, mark: mark ? JSON.stringify(mark) : null });
      return [
        same(chosen, selected) ? dash.no_update : chosen,
        same(chosen, rowIds(rows)) ? dash.no_update : { ids: chosen },
        mark,
      ];
    },

    /* A click on a drawn point or bar shows its rows. */
    clicked(clicks) {
      const point = ((dash.callback_context.triggered[0] || {}).value || {}).points;
      const mark = point && point[0] && point[0].customdata;
      if (!mark) return dash.no_update;
      const parsed = JSON.parse(Array.isArray(mark) ? mark[0] : mark);
      window.graphkit.keep({ mark: JSON.stringify(parsed) });
      return parsed;
    },

    copy(clicks) {
      if (clicks && navigator.clipboard) navigator.clipboard.writeText(window.location.href);
      return clicks ? "✓" : dash.no_update;
    },
  };

  /* -- cells of the tables ---------------------------------------------------------------------- */

  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  cells.LinkCell = (props) => {
    const to = props.data && props.data[props.colDef.field + "_href"];
    const text = props.value == null ? "" : props.value;
    return to ? window.React.createElement("a", { href: to, tabIndex: -1 }, text) : text;
  };
})();
