/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Form controls as the browser has them: what screen readers and keyboards already understand.
 *
 * With `param`, what is chosen goes into the address, and the page follows from the address.
 * Without, it is the property `value`, for a callback.
 */
(function () {
  "use strict";
  const React = window.React;
  const h = React.createElement;

  const put = (props, value) =>
    props.param ? window.graphkit.set({ [props.param]: value, ...(props.clears || {}) }) : props.setProps({ value });

  /* Elements without a component of Dash for each: it would ask them all at each step of drawing. */
  const drawn = (each) => Array.isArray(each) ? h(each[0], each[1], ...each[2].map(drawn)) : each;

  function Still(props) {
    const key = window.graphkit.place(); // on another page nothing stays opened
    return React.useMemo(() => h(React.Fragment, { key }, ...props.tree.map(drawn)), [props.tree, key]);
  }

  function Choice(props) {
    const options = (props.options || []).map((each) =>
      h("option", { key: each.value, value: each.value, lang: each.lang }, each.label));
    const onChange = (event) => put(props, event.target.value);
    return h("div", { className: "field" },
      h("label", { htmlFor: props.id }, props.label),
      h("select", { id: props.id, value: props.value == null ? "" : props.value, onChange }, options));
  }

  function Search(props) {
    const box = React.useRef(null);
    React.useEffect(() => { box.current.value = props.value || ""; }, [props.value]);
    const onSubmit = (event) => { event.preventDefault(); put(props, box.current.value.trim()); };
    return h("form", { className: "field", role: "search", onSubmit },
      h("label", { htmlFor: props.id }, props.label),
      h("div", { className: "joined" },
        h("input", { id: props.id, ref: box, type: "search", placeholder: props.placeholder, autoComplete: "off" }),
        h("button", { type: "submit", className: "button" }, props.button)));
  }

  /* A half-typed date has no value: only a whole one, or an emptied field, is told. */
  function Day(props) {
    const told = (event) => {
      if (event.target.validity.badInput || event.target.value === (props.value || "")) return;
      put(props, event.target.value);
    };
    const onKeyDown = (event) => { if (event.key === "Enter") told(event); };
    return h("div", { className: "field" },
      h("label", { htmlFor: props.id }, props.label),
      h("input", { id: props.id, key: props.value, type: "date", defaultValue: props.value || "", onBlur: told, onKeyDown }));
  }

  /* Without `param` the choice is a draft until a button sends it. */
  function Radios(props) {
    const [draft, change] = React.useState(props.param ? null : window.graphkit.draft(props.id));
    const chosen = draft == null ? props.value : draft;
    const onChange = (value) => {
      if (props.param) return put(props, value);
      change(value);
      window.graphkit.keepDraft(props.id, value);
    };
    const options = (props.options || []).map((each) =>
      h("label", { key: each.value, className: "radio" },
        h("input", {
          type: "radio", name: props.id, value: each.value, checked: chosen === each.value,
          onChange: () => onChange(each.value),
        }), h("span", null, each.label)));
    return h("fieldset", { id: props.id, className: "field radios" }, h("legend", null, props.label), options);
  }

  /* A box to tick; ticked, the address says `param=1`. */
  function Check(props) {
    const [checked, change] = React.useState(props.value === "1");
    React.useEffect(() => change(props.value === "1"), [props.value]);
    const onChange = (event) => {
      change(event.target.checked);
      put(props, event.target.checked ? "1" : "");
    };
    return h("div", { className: "field" },
      h("label", { className: "radio" },
        h("input", { id: props.id, type: "checkbox", checked, onChange }),
        h("span", null, props.label)));
  }

  /* A line or an area of text, a draft until a button sends it; `remember` keeps it for the session. */
  function Field(props) {
    const kept = props.remember ? sessionStorage.getItem(props.remember) : window.graphkit.draft(props.id);
    const [value, change] = React.useState(kept == null ? props.value || "" : kept);
    const onChange = (event) => {
      change(event.target.value);
      if (props.remember) sessionStorage.setItem(props.remember, event.target.value);
      else window.graphkit.keepDraft(props.id, event.target.value);
    };
    const about = { id: props.id, value, onChange, autoComplete: "off" };
    const box = props.rows ? h("textarea", { ...about, rows: props.rows }) : h("input", { ...about, type: "text" });
    return h("div", { className: "field" }, h("label", { htmlFor: props.id }, props.label), box);
  }

  window.graphkit_parts = Object.assign(window.graphkit_parts || {}, { Check, Choice, Day, Field, Search, Still, Radios });
})();
