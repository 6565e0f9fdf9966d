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

  const tellDash = () => window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));

  function go(href) {
    window.history.pushState({}, "", href);
    tellDash();
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
    const href = address({ mark: mark ? JSON.stringify(mark) : null });
    if (href !== window.location.pathname + window.location.search) window.history.pushState({}, "", href);
    dash.set_props("mark", { data: mark });
  }

  /* Back leads from rows to those before: the page is the same, so dash is not told. */
  window.addEventListener("popstate", () => {
    const mark = new URLSearchParams(window.location.search).get("mark");
    dash.set_props("mark", { data: mark && JSON.parse(mark) });
  });

  let focusAfter = null;
  let opener = null; // the link that opened the rows
  let words = {};

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

  /* -- presses: a button whose id is {"act": ...} is one request ---------------------------------- */

  const BUTTON = 'button[id^="{"]';
  const FIELD = '[id^=\'{"form":\']';
  const sent = new Map(); // buttons whose answer is not on the page yet, not pressed twice
  let wanted = 0; // the job whose end is to be told
  const sameButton = (id) => id.replace(/"keep":"[01]"/, '"keep":""');
  const say = (text) => dash.set_props("said", { children: text });

  /* The fields of the card that the button stands in, by name. */
  function fieldsOf(button) {
    const form = button.closest("details, .card");
    return form ? [...form.querySelectorAll(FIELD)] : [];
  }

  function told(field) {
    const box = field.matches("fieldset") ? field.querySelector("input:checked") : field;
    return [JSON.parse(field.id).form, box ? box.value : ""];
  }

  async function answerTo(button, fields) {
    const { pathname, search } = window.location;
    const body = JSON.stringify({
      press: crypto.randomUUID(), button: JSON.parse(button.id), path: pathname, search,
      form: Object.fromEntries(fields.map(told)),
    });
    const headers = { "Content-Type": "application/json" };
    try {
      const keepalive = body.length < 60000; // then it arrives though the page is left
      const response = await fetch("/press", { method: "POST", headers, body, keepalive });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  async function press(button, clicks) {
    const key = sameButton(button.id);
    const fields = fieldsOf(button);
    const isNew = fields.some((field) => window.graphkit.draft(field.id) != null);
    const before = sent.get(key);
    const isAnother = before && before.isAnswered && (isNew || (before.button !== button && !(clicks > 1)));
    if (before && !isAnother) return;
    const mine = { button, isAnswered: false };
    sent.set(key, mine);
    focusAfter = button.id;
    say(words.working);
    const reply = await answerTo(button, fields);
    if (!reply || !reply.moved) sent.delete(key);
    else {
      mine.isAnswered = true;
      setTimeout(() => { if (sent.get(key) === mine) sent.delete(key); }, 1000); // or once it is drawn anew
    }
    if (!reply) return say(words.unsent);
    if (reply.moved || reply.waits) fields.forEach((field) => forget(field.id));
    if (reply.address) go(reply.address);
    if (reply.waits) {
      wanted = reply.waits;
      dash.set_props("job-told", { data: { number: wanted - 1, runs: true } });
    }
    if (reply.checked) dash.set_props("checked", { children: reply.checked });
    say(reply.said);
    if (!reply.moved) return;
    tellDash(); // what was kept in the address since: the page is made anew with it
    dash.set_props("revision", { data: Date.now() });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(BUTTON);
    if (button) press(button, event.detail);
  }, true);

  /* Drawn anew between down and up, a button or link is not clicked: the browser finds two of them. */
  let down = null;
  function held(element, x, y) {
    down = element && { element, x, y };
  }
  function released(x, y) {
    const was = down;
    down = null;
    if (!was || was.element.isConnected || Math.hypot(x - was.x, y - was.y) > 9) return;
    if (was.element.matches(BUTTON)) press(was.element);
    else follow(was.element);
  }
  const pressable = (event) => event.target.closest && event.target.closest(BUTTON + ', a[href^="/"]');
  document.addEventListener("pointerdown", (event) => {
    held(event.button ? null : pressable(event), event.clientX, event.clientY);
  }, true);
  document.addEventListener("pointerup", (event) => released(event.clientX, event.clientY), true);
  document.addEventListener("pointercancel", () => held(null), true);
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && !event.repeat) held(event.target.matches(BUTTON) ? event.target : null, 0, 0);
  }, true);
  document.addEventListener("keyup", (event) => { if (event.key === " ") released(0, 0); }, true);

  /* -- what is typed, opened and focused outlives a page drawn anew -------------------------------- */

  const IDENTITY = ["id", "kind", "set", "what", "topic", "places"];

  function place() {
    const query = new URLSearchParams(window.location.search);
    return JSON.stringify([window.location.pathname, ...IDENTITY.map((name) => query.getAll(name))]);
  }

  window.graphkit.place = place;
  const draftKey = (id) => "graphkit-draft " + place() + id;
  const forget = (id) => sessionStorage.removeItem(draftKey(id));
  window.graphkit.draft = (id) => sessionStorage.getItem(draftKey(id));
  window.graphkit.keepDraft = (id, text) => sessionStorage.setItem(draftKey(id), text);

  let opened = {}; // details that the reader opened or closed, by what they say
  let openedAt = "";
  let focused = null; // the id of the control that has the focus

  const titleOf = (details) => details.querySelector("summary").textContent.replace(/[0-9]/g, "");

  function named(details) {
    const text = titleOf(details);
    const alike = [...document.querySelectorAll("main details")].filter((each) => titleOf(each) === text);
    return alike.indexOf(details) + text;
  }

  document.addEventListener("click", (event) => {
    const summary = event.target.closest && event.target.closest("main summary");
    if (!summary) return;
    if (openedAt !== place()) opened = {};
    openedAt = place();
    opened[named(summary.parentElement)] = !summary.parentElement.open;
  });

  function reopen() {
    if (openedAt !== place() || !Object.keys(opened).length) return;
    for (const each of document.querySelectorAll("main details")) {
      const name = named(each);
      if (name in opened) each.open = opened[name];
    }
  }

  document.addEventListener("focusin", (event) => { focused = event.target.id || null; });
  document.addEventListener("focusout", (event) => {
    const left = event.target;
    setTimeout(() => { if (left.isConnected && document.activeElement === document.body) focused = null; }, 0);
  });

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
    follow(link, event.detail);
  });

  function follow(link, byMouse) {
    const href = link.getAttribute("href");
    const mark = new URLSearchParams(href.split("?")[1] || "").get("mark");
    const samePage = href.split("?")[0] === window.location.pathname;
    if (samePage && link.dataset.stay) {
      focusAfter = link.dataset.stay;
      return go(href);
    }
    if (!samePage || !link.dataset.rows) return window.graphkit.go(href);
    if (!mark) return closeRows();
    opener = link;
    showRows(JSON.parse(mark));
    if (!byMouse) focusWhenShown(document.getElementById("rows"), 40);
  }

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

  /* A button may be another one on the new page: what adds has become what takes out. */
  function successors(id) {
    const flipped = id.replace(/"keep":"([01])"/, (_, kept) => `"keep":"${1 - kept}"`);
    const back = id.replace(/"way":"(up|down)"/, (_, way) => `"way":"${way === "up" ? "down" : "up"}"`);
    return [id, flipped, back].map((each) => document.getElementById(each));
  }

  /* The page is drawn anew in pieces, and the control that had the focus with it. */
  function restore(id, tries) {
    reopen();
    const target = id && successors(id).find((each) => each && !each.disabled);
    const lost = !document.activeElement || document.activeElement === document.body;
    if (target && lost) {
      target.focus({ preventScroll: true });
      if (target.matches("textarea, input[type=text]")) target.setSelectionRange(target.value.length, target.value.length);
    }
    if (tries) setTimeout(() => restore(id, tries - 1), 50);
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
      words = page.words;
      for (const [key, each] of sent) if (each.isAnswered) sent.delete(key);
      showEachMessage();
      restore(focusAfter || focused, 6);
      focusAfter = null;
      return dash.no_update;
    },

    /* The clock of the job stands still once the job last asked for has ended. */
    clock(job) {
      return !job || (!job.runs && job.number >= wanted);
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

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.leaveTable = () => false;

  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  cells.LinkCell = (props) => {
    const to = props.data && props.data[props.colDef.field + "_href"];
    const text = props.value == null ? "" : props.value;
    const rows = to && /[?&]mark=/.test(to) ? "1" : undefined; // they open below this page
    return to ? window.React.createElement("a", { href: to, tabIndex: -1, "data-rows": rows }, text) : text;
  };
})();
