/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid of tables, loaded when the first table is drawn: most pages have none. */
(function () {
  "use strict";
  const React = window.React;
  const meta = document.querySelector("meta[name=grid]");
  if (!meta) return;

  const load = () => new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = meta.content;
    script.onerror = () => fail(new Error("the script of the tables did not load"));
    script.onload = () => {
      const own = window.dash_ag_grid.AgGrid;
      window.dash_ag_grid = { ...window.dash_ag_grid, AgGrid }; // what is drawn stays what it is
      done({ default: own });
    };
    document.head.append(script);
  });
  const Late = React.lazy(load);

  function AgGrid(props) {
    return React.createElement(React.Suspense, { fallback: null }, React.createElement(Late, props));
  }
  AgGrid.dashRenderType = true;

  window.dash_ag_grid = { AgGrid };
})();
