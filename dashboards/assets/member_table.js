/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members: the accounts of the network map as a native table, a page of rows at a time.
 *
 * Its rows are the nodes that the map beside it was given (`graphkit-map`), so that they travel once.
 * What is ticked here is `selectedRows`, which one callback keeps the same as the map's selection.
 */
(function () {
  "use strict";
  const React = window.React;
  const h = React.createElement;
  const ROWS = 25;
  const NUMBERS = ["group", "links", "weight", "findings"];

  function useNodes() {
    const [nodes, take] = React.useState(null);
    React.useEffect(() => {
      const arrived = () => take(window.graphkit.nodes);
      document.addEventListener("graphkit-map", arrived);
      arrived();
      return () => document.removeEventListener("graphkit-map", arrived);
    }, []);
    return nodes && nodes.links ? nodes : null;
  }

  /* The places of the rows, by falling number, or by name. */
  function ordered(nodes, by, holds) {
    const places = nodes.id.map((_, i) => i).filter((i) => !holds || nodes.label[i].toLowerCase().includes(holds));
    const name = (i) => nodes.label[i];
    const byName = (i, j) => (name(i) < name(j) ? -1 : name(i) > name(j) ? 1 : i - j);
    if (by === "account") return places.sort(byName);
    const up = by === "group" ? 1 : -1;
    return places.sort((i, j) => up * (nodes[by][i] - nodes[by][j]) || i - j);
  }

  function Members(props) {
    const nodes = useNodes(), words = props.words;
    const [by, sortBy] = React.useState("weight");
    const [text, filter] = React.useState("");
    const [page, turn] = React.useState(0);
    const chosen = new Set((props.selectedRows || {}).ids || []);
    const rows = React.useMemo(() => (nodes ? ordered(nodes, by, text.trim().toLowerCase()) : []), [nodes, by, text]);
    const last = Math.max(0, Math.ceil(rows.length / ROWS) - 1);
    const at = Math.min(page, last);

    const ticked = React.useRef(false);
    React.useEffect(() => { // what is selected on the map comes into view
      if (!ticked.current && chosen.size) {
        const place = rows.findIndex((i) => chosen.has(nodes.id[i]));
        if (place >= 0) turn(Math.floor(place / ROWS));
      }
      ticked.current = false;
    }, [[...chosen].join(), rows]);

    const tick = (id) => {
      ticked.current = true;
      const ids = new Set(chosen);
      ids.delete(id) || ids.add(id);
      props.setProps({ selectedRows: { ids: [...ids] } });
    };
    const go = (to) => () => turn(to);
    const number = (value) => value.toLocaleString("en");
    const row = (i) => {
      const id = nodes.id[i];
      const cell = (name) => h("td", { key: name, "data-head": words[name] }, name === "group"
        ? h("span", null, h("span", { className: "shape shape-" + nodes.hue[i], "aria-hidden": true }), nodes.group[i])
        : number(nodes[name][i]));
      return h("tr", { key: id, "data-id": id, className: chosen.has(id) ? "chosen" : undefined },
        h("td", { "data-head": words.select }, h("input", {
          type: "checkbox", checked: chosen.has(id), onChange: () => tick(id),
          "aria-label": words.select + " " + nodes.label[i],
        })),
        h("td", { "data-head": words.account },
          h("a", { className: "link account", href: props.to.replace("%00", encodeURIComponent(id)) },
            h("bdi", null, nodes.label[i]))),
        NUMBERS.map(cell));
    };
    const heads = ["select", "account", ...NUMBERS];
    const option = (name) => h("option", { key: name, value: name }, words[name]);
    const first = rows.length ? at * ROWS + 1 : 0;
    const said = words.rows.replace("{first}", number(first))
      .replace("{last}", number(Math.min(rows.length, first + ROWS - 1))).replace("{all}", number(rows.length));
    return h("div", { id: props.id, className: "members" },
      h("div", { className: "members-tools" },
        h("div", { className: "field" },
          h("label", { htmlFor: props.id + "-by" }, words.by),
          h("select", { id: props.id + "-by", value: by, onChange: (e) => sortBy(e.target.value) }, heads.slice(1).map(option))),
        h("div", { className: "field" },
          h("label", { htmlFor: props.id + "-holds" }, words.holds),
          h("input", { id: props.id + "-holds", type: "search", autoComplete: "off", value: text, onChange: (e) => filter(e.target.value) }))),
      h("div", { className: "table-wrap", tabIndex: 0, role: "region", "aria-label": props.label },
        h("table", null,
          h("caption", { className: "unseen" }, props.label),
          h("thead", null, h("tr", null, heads.map((name) => h("th", { key: name, scope: "col" }, words[name])))),
          h("tbody", null, rows.slice(at * ROWS, (at + 1) * ROWS).map(row)))),
      h("div", { className: "members-tools" },
        h("span", { role: "status" }, said),
        h("button", { type: "button", className: "button small", disabled: !at, onClick: go(at - 1) }, words.back),
        h("button", { type: "button", className: "button small", disabled: at === last, onClick: go(at + 1) }, words.on)));
  }

  window.graphkit_parts = Object.assign(window.graphkit_parts || {}, { Members });
})();
