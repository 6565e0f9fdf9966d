/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NetworkMap: a node-link picture on a 2D canvas, as a Dash component without a build step.
 *
 * Needs React (which Dash ships) and nothing else: no WebGL, no worker, no eval.
 * While the reader pans or zooms, the last whole picture is moved as a bitmap (constant cost whatever
 * the graph); it is drawn anew 130 ms after the last move.
 */
(function () {
  "use strict";
  const React = window.React;
  const h = React.createElement;
  const HUES = 6; // further groups share the grey dot
  const DASHES = [[], [5, 3], [1.5, 3]];
  const BATCH = 400; // segments a path; longer paths are slower to rasterise
  const SETTLE_MS = 130;
  const MAX_LABELS = 70;

  const SHAPES = [
    (g, x, y, r) => { g.moveTo(x + r, y); g.arc(x, y, r, 0, 2 * Math.PI); },
    (g, x, y, r) => { const s = r * 0.9; g.rect(x - s, y - s, 2 * s, 2 * s); },
    (g, x, y, r) => polygon(g, x, y, r * 1.2, 3, -Math.PI / 2),
    (g, x, y, r) => polygon(g, x, y, r * 1.25, 4, 0),
    (g, x, y, r) => polygon(g, x, y, r * 1.1, 6, 0),
    (g, x, y, r) => polygon(g, x, y, r * 1.2, 3, Math.PI / 2),
  ];

  function polygon(g, x, y, r, corners, turn) {
    for (let i = 0; i < corners; i++) {
      const a = turn + (2 * Math.PI * i) / corners;
      if (i) g.lineTo(x + r * Math.cos(a), y + r * Math.sin(a));
      else g.moveTo(x + r * Math.cos(a), y + r * Math.sin(a));
    }
    g.closePath();
  }

  function theme(element) {
    const css = getComputedStyle(element);
    const read = (name) => css.getPropertyValue(name).trim();
    return {
      paper: read("--card"), ink: read("--ink"), faint: read("--ink-3"), accent: read("--accent"),
      hues: Array.from({ length: HUES }, (_, i) => read("--hue-" + i)).concat(read("--hue-rest")),
    };
  }

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  class Picture {
    constructor(canvas) {
      this.canvas = canvas;
      this.g = canvas.getContext("2d", { alpha: false });
      this.scale = this.fitScale = 1;
      this.dx = this.dy = 0;
      this.selected = new Set();
      this.hover = this.cursor = -1;
      this.edge = -1;
      this.colours = theme(canvas);
    }

    resize(width, height) {
      if (!width || !height) return;
      this.ratio = Math.min(2, window.devicePixelRatio || 1);
      this.canvas.width = width * this.ratio;
      this.canvas.height = height * this.ratio;
      const first = !this.width;
      this.width = width;
      this.height = height;
      if (this.nodes) first ? this.fit() : this.fitIfUntouched();
      this.redraw();
    }

    load(nodes, edges, discs, world) {
      Object.assign(this, { nodes, edges, discs: discs || [], world: !!world });
      this.count = nodes.id.length;
      this.index = new Map(nodes.id.map((id, i) => [id, i]));
      this.groups = Array.from({ length: HUES + 1 }, () => []);
      nodes.hue.forEach((hue, i) => this.groups[Math.min(hue, HUES)].push(i));
      this.pinned = nodes.pinned || [];
      this.largest = nodes.id.map((_, i) => i).sort((a, b) => nodes.size[b] - nodes.size[a]);
      const heaviest = edges.weight.reduce((most, w) => Math.max(most, w), 1);
      this.strength = edges.weight.map((w) => Math.log1p(w) / Math.log1p(heaviest));
      this.neighbours = null;
      this.edge = this.hover = this.cursor = -1;
      this.touched = false;
      if (this.width) this.fit();
      this.redraw();
    }

    near(i) {
      if (!this.neighbours) {
        this.neighbours = Array.from({ length: this.count }, () => []);
        this.edges.a.forEach((a, e) => {
          this.neighbours[a].push(this.edges.b[e]);
          this.neighbours[this.edges.b[e]].push(a);
        });
      }
      return this.neighbours[i];
    }

    /* -- camera ------------------------------------------------------------------------------- */

    x(i) { return this.nodes.x[i] * this.scale + this.dx; }
    y(i) { return this.nodes.y[i] * this.scale + this.dy; }

    radius(i) {
      if (this.world) return Math.max(3, this.nodes.size[i] * this.scale);
      const zoom = clamp(Math.sqrt(this.scale / this.fitScale), 0.6, 2.4);
      return Math.max(1.2, this.nodes.size[i] * zoom);
    }

    fit(members) {
      const all = members && members.length ? members : null;
      let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
      const grow = (x, y, r) => {
        left = Math.min(left, x - r); right = Math.max(right, x + r);
        top = Math.min(top, y - r); bottom = Math.max(bottom, y + r);
      };
      if (all) for (const i of all) grow(this.nodes.x[i], this.nodes.y[i], this.world ? this.nodes.size[i] : 0);
      else {
        for (let i = 0; i < this.count; i++) grow(this.nodes.x[i], this.nodes.y[i], this.world ? this.nodes.size[i] : 0);
        for (const disc of this.discs) grow(disc.x, disc.y, disc.r);
      }
      if (!(right >= left)) return;
      const margin = Math.min(56, this.width * 0.09);
      const wide = (this.width - 2 * margin) / (right - left || 1e-9);
      const high = (this.height - 2 * margin) / (bottom - top || 1e-9);
      const scale = Math.min(wide, high, all ? this.fitScale * 12 : 1e6);
      this.scale = scale;
      if (!all) this.fitScale = scale;
      this.dx = this.width / 2 - (scale * (left + right)) / 2;
      this.dy = this.height / 2 - (scale * (top + bottom)) / 2;
      this.touched = !!all;
      this.redraw();
    }

    fitIfUntouched() { if (!this.touched) this.fit(); }

    pan(x, y) { this.dx += x; this.dy += y; this.moved(); }

    zoom(factor, cx = this.width / 2, cy = this.height / 2) {
      const scale = clamp(this.scale * factor, this.fitScale / 4, this.fitScale * 80);
      const by = scale / this.scale;
      this.dx = cx - (cx - this.dx) * by;
      this.dy = cy - (cy - this.dy) * by;
      this.scale = scale;
      this.moved();
    }

    centre(i) {
      const x = this.x(i), y = this.y(i), m = 40;
      if (x > m && y > m && x < this.width - m && y < this.height - m) return false;
      this.dx += this.width / 2 - x;
      this.dy += this.height / 2 - y;
      return (this.touched = true);
    }

    /* -- drawing ------------------------------------------------------------------------------ */

    moved() {
      this.touched = true;
      this.moving = true;
      this.hold();
      clearTimeout(this.settle);
      this.settle = setTimeout(() => { this.moving = false; this.redraw(); }, SETTLE_MS);
      this.request();
    }

    redraw() { this.bitmap = null; this.request(); }

    /* The picture as it stands, to be moved and drawn over. Copied when first needed, not before. */
    hold() { if (!this.bitmap && this.whole) this.keepBitmap(); }

    request() {
      if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
    }

    draw() {
      if (!this.nodes || !this.width) return;
      if (this.bitmap) this.drawBitmap();
      else this.drawWhole();
      if (this.hover < 0 && this.cursor < 0) return;
      this.hold();
      this.drawOver(this.g);
    }

    drawWhole() {
      const g = this.g;
      g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      g.fillStyle = this.colours.paper;
      g.fillRect(0, 0, this.width, this.height);
      this.lit = new Set();
      for (const i of this.selected) { this.lit.add(i); for (const n of this.near(i)) this.lit.add(n); }
      this.drawDiscs(g);
      this.drawEdges(g);
      this.drawNodes(g);
      this.drawLabels(g);
      this.whole = { scale: this.scale, dx: this.dx, dy: this.dy };
    }

    /* What follows the pointer or the keys lies over the picture, which need not be drawn anew. */
    drawOver(g) {
      g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      if (this.hover >= 0) this.ring(g, this.hover, this.colours.faint, []);
      if (this.cursor >= 0) this.ring(g, this.cursor, this.colours.accent, [4, 3]);
      this.signpost(g, this.hover >= 0 ? this.hover : this.cursor);
    }

    /* A name on a ground of its own, inside the picture. */
    signpost(g, i) {
      if (this.world && this.count <= 150) return; // groups carry their names
      g.font = this.font();
      const text = this.nodes.label[i], width = g.measureText(text).width, r = this.radius(i);
      const left = clamp(this.x(i) + r + 8, 6, this.width - width - 6);
      const middle = clamp(this.y(i), 12, this.height - 12);
      g.fillStyle = this.colours.paper;
      g.strokeStyle = this.colours.faint;
      g.lineWidth = 1;
      g.fillRect(left - 5, middle - 11, width + 10, 22);
      g.strokeRect(left - 5, middle - 11, width + 10, 22);
      g.fillStyle = this.colours.ink;
      g.textBaseline = "middle";
      g.fillText(text, left, middle);
    }

    font() { return "500 12px " + getComputedStyle(this.canvas).fontFamily; }

    keepBitmap() {
      const copy = document.createElement("canvas");
      copy.width = this.canvas.width;
      copy.height = this.canvas.height;
      copy.getContext("2d").drawImage(this.canvas, 0, 0);
      this.bitmap = { copy, ...this.whole };
    }

    drawBitmap() {
      const { g, bitmap, ratio } = this;
      const by = this.scale / bitmap.scale;
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.fillStyle = this.colours.paper;
      g.fillRect(0, 0, this.canvas.width, this.canvas.height);
      g.drawImage(
        bitmap.copy, (this.dx - bitmap.dx * by) * ratio, (this.dy - bitmap.dy * by) * ratio,
        this.canvas.width * by, this.canvas.height * by,
      );
    }

    drawDiscs(g) {
      for (const disc of this.discs) {
        const x = disc.x * this.scale + this.dx, y = disc.y * this.scale + this.dy, r = disc.r * this.scale;
        g.beginPath();
        g.arc(x, y, r, 0, 2 * Math.PI);
        g.globalAlpha = 0.07;
        g.fillStyle = this.colours.hues[Math.min(disc.hue, HUES)];
        g.fill();
        g.globalAlpha = 0.35;
        g.strokeStyle = g.fillStyle;
        g.lineWidth = 1;
        g.stroke();
      }
      g.globalAlpha = 1;
    }

    hot(e) { return this.selected.has(this.edges.a[e]) || this.selected.has(this.edges.b[e]); }

    drawEdges(g) {
      const { a, b, kind } = this.edges;
      const some = this.selected.size > 0;
      const buckets = new Map(); // one stroke style a bucket
      const hot = [];
      for (let e = 0; e < a.length; e++) {
        if ((some && this.hot(e)) || e === this.edge) { hot.push(e); continue; }
        const x1 = this.x(a[e]), y1 = this.y(a[e]), x2 = this.x(b[e]), y2 = this.y(b[e]);
        if ((x1 < 0 && x2 < 0) || (y1 < 0 && y2 < 0)) continue;
        if ((x1 > this.width && x2 > this.width) || (y1 > this.height && y2 > this.height)) continue;
        const key = (kind ? kind[e] : 0) * 4 + Math.min(3, Math.floor(this.strength[e] * 4));
        if (!buckets.has(key)) buckets.set(key, []);
        buckets.get(key).push(x1, y1, x2, y2);
      }
      const crowd = a.length > 4000;
      g.strokeStyle = this.colours.ink;
      for (const [key, points] of buckets) {
        const step = key % 4;
        g.globalAlpha = (some ? 0.05 : crowd ? 0.1 : 0.2) + (some ? 0.02 : 0.06) * step;
        g.lineWidth = (this.world ? [1, 2, 3.5, 6] : crowd ? [0.5, 0.6, 0.8, 1] : [0.8, 1, 1.4, 2])[step];
        g.setLineDash(crowd ? [] : DASHES[Math.floor(key / 4)]);
        strokeSegments(g, points);
      }
      for (const e of hot) this.drawHotEdge(g, e);
      g.setLineDash([]);
      g.globalAlpha = 1;
    }

    drawHotEdge(g, e) {
      const a = this.edges.a[e], b = this.edges.b[e];
      const x1 = this.x(a), y1 = this.y(a);
      const angle = Math.atan2(this.y(b) - y1, this.x(b) - x1);
      const gap = this.radius(b) + 2;
      const x2 = this.x(b) - gap * Math.cos(angle), y2 = this.y(b) - gap * Math.sin(angle);
      const picked = e === this.edge;
      g.globalAlpha = picked ? 1 : 0.65;
      g.strokeStyle = g.fillStyle = picked ? this.colours.accent : this.colours.ink;
      g.lineWidth = picked ? 3 : 1 + this.strength[e];
      g.setLineDash(DASHES[this.edges.kind ? this.edges.kind[e] : 0]);
      strokeSegments(g, [x1, y1, x2, y2]);
      if (!this.edges.directed) return;
      g.setLineDash([]);
      g.beginPath();
      g.moveTo(x2, y2);
      for (const turn of [-0.4, 0.4]) g.lineTo(x2 - 8 * Math.cos(angle + turn), y2 - 8 * Math.sin(angle + turn));
      g.fill();
    }

    drawNodes(g) {
      const some = this.selected.size > 0;
      g.lineWidth = this.count > 3000 ? 0.5 : 1;
      this.groups.forEach((members, hue) => {
        for (const lit of some ? [false, true] : [true]) {
          g.globalAlpha = lit ? 1 : 0.22;
          const shown = some ? members.filter((i) => this.lit.has(i) === lit) : members;
          this.fillShapes(g, shown, hue);
        }
      });
      g.globalAlpha = 1;
      for (const i of this.nodes.marked || []) this.ring(g, i, this.colours.ink, [], 1.5, 3);
      for (const i of this.pinned) this.ring(g, i, this.colours.accent, [1.5, 2.5], 2, 7);
      for (const i of this.selected) this.ring(g, i, this.colours.ink, []);
    }

    fillShapes(g, members, hue) {
      g.fillStyle = this.colours.hues[hue];
      g.strokeStyle = this.colours.ink;
      let inPath = 0;
      g.beginPath();
      for (const i of members) {
        const x = this.x(i), y = this.y(i), r = this.radius(i);
        if (x < -r || y < -r || x > this.width + r || y > this.height + r) continue;
        if (r < 2) g.rect(x - r, y - r, 2 * r, 2 * r);
        else (hue < HUES && !this.world ? SHAPES[hue] : SHAPES[0])(g, x, y, r);
        if (++inPath % BATCH === 0) { this.paint(g, hue); g.beginPath(); }
      }
      this.paint(g, hue);
    }

    /* Accounts are full marks with a dark rim; groups are pale discs that their links shine through. */
    paint(g, hue) {
      if (!this.world) { g.fill(); g.stroke(); return; }
      const alpha = g.globalAlpha;
      g.fillStyle = this.colours.paper;
      g.fill();
      g.fillStyle = g.strokeStyle = this.colours.hues[hue];
      g.globalAlpha = alpha * 0.25;
      g.fill();
      g.globalAlpha = alpha;
      g.lineWidth = 1.5;
      g.stroke();
    }

    ring(g, i, colour, dash, width = 2.5, gap = 5) {
      g.setLineDash(dash);
      g.strokeStyle = colour;
      g.lineWidth = width;
      g.beginPath();
      g.arc(this.x(i), this.y(i), this.radius(i) + gap, 0, 2 * Math.PI);
      g.stroke();
      g.setLineDash([]);
    }

    /* Labels never overlap: each is placed only where no placed one lies. */
    drawLabels(g) {
      g.font = this.font();
      g.textBaseline = "middle";
      g.lineJoin = "round";
      const placed = (this.labelled = this.tools());
      const first = [...this.selected, ...this.pinned];
      const named = this.world || this.count <= 150 || this.scale > 2 * this.fitScale; // else discs are named
      if (!named) for (const disc of this.discs) this.placeDiscLabel(g, disc, placed);
      const others = this.selected.size
        ? [...this.lit].sort((a, b) => this.nodes.size[b] - this.nodes.size[a])
        : named ? this.largest : [];
      const wanted = new Set([...first, ...others.slice(0, 400)]);
      for (const i of wanted) {
        if (placed.length >= MAX_LABELS) break;
        if (!first.includes(i) && this.radius(i) < 3.5) continue;
        this.placeLabel(g, i, placed);
      }
    }

    /* Where the map's own buttons lie over it, no label goes. */
    tools() {
      const tools = this.canvas.nextElementSibling;
      if (!tools || getComputedStyle(tools).position !== "absolute") return [];
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = tools;
      return [[left, top, left + width, top + height]];
    }

    placeDiscLabel(g, disc, placed) {
      const width = g.measureText(disc.label).width;
      const x = disc.x * this.scale + this.dx, y = Math.max(10, (disc.y - disc.r) * this.scale + this.dy - 8);
      if (x < width / 2 + 2 || x > this.width - width / 2 - 2 || y > this.height) return;
      const box = [x - width / 2 - 2, y - 8, x + width / 2 + 2, y + 8];
      if (disc.r * this.scale < 14 || placed.some((other) => overlap(box, other))) return;
      placed.push(box);
      this.write(g, disc.label, x - width / 2, y, true);
    }

    write(g, text, left, middle, halo) {
      g.lineWidth = 4;
      g.strokeStyle = this.colours.paper;
      if (halo) g.strokeText(text, left, middle);
      g.fillStyle = this.colours.ink;
      g.fillText(text, left, middle);
    }

    placeLabel(g, i, placed) {
      const x = this.x(i), y = this.y(i), r = this.radius(i), text = this.nodes.label[i];
      if (x < 0 || y < 0 || x > this.width || y > this.height) return;
      const width = g.measureText(text).width;
      const inside = this.world && width < 2 * r - 8;
      const spots = inside ? [[x - width / 2, y]] : this.world
        ? [[x - width / 2, y + r + 13], [x - width / 2, y - r - 13], [x + r + 7, y], [x - r - 7 - width, y]]
        : [[x + r + 5, y], [x - r - 5 - width, y], [x - width / 2, y + r + 10], [x - width / 2, y - r - 10]];
      for (const [left, middle] of spots) {
        const box = [left - 2, middle - 8, left + width + 2, middle + 8];
        if (box[0] < 0 || box[2] > this.width || placed.some((other) => overlap(box, other))) continue;
        if (!inside && this.count <= 400 && this.covers(box, i)) continue;
        placed.push(box);
        this.write(g, text, left, middle, !inside);
        return;
      }
    }

    covers(box, own) {
      for (let i = 0; i < this.count; i++) {
        const dx = clamp(this.x(i), box[0], box[2]) - this.x(i), dy = clamp(this.y(i), box[1], box[3]) - this.y(i);
        if (i !== own && Math.hypot(dx, dy) < this.radius(i) - 1) return true;
      }
      return false;
    }

    /* -- what lies under the pointer ----------------------------------------------------------- */

    nodeAt(px, py) {
      let best = -1, nearest = Infinity;
      for (let i = 0; i < this.count; i++) {
        const distance = Math.hypot(this.x(i) - px, this.y(i) - py) - Math.max(8, this.radius(i) + 3);
        if (distance < 0 && distance < nearest) { nearest = distance; best = i; }
      }
      return best;
    }

    edgeAt(px, py) {
      const { a, b } = this.edges;
      let best = -1, nearest = 6;
      for (let e = 0; e < a.length; e++) {
        const distance = toSegment(px, py, this.x(a[e]), this.y(a[e]), this.x(b[e]), this.y(b[e]));
        if (distance < nearest) { nearest = distance; best = e; }
      }
      return best;
    }

    inside(x1, y1, x2, y2) {
      const found = [];
      for (let i = 0; i < this.count; i++) {
        const x = this.x(i), y = this.y(i);
        if (x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2)) found.push(i);
      }
      return found;
    }
  }

  function strokeSegments(g, points) {
    g.beginPath();
    for (let p = 0; p < points.length; p += 4) {
      g.moveTo(points[p], points[p + 1]);
      g.lineTo(points[p + 2], points[p + 3]);
      if (p && p % (4 * BATCH) === 0) { g.stroke(); g.beginPath(); }
    }
    g.stroke();
  }

  const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  function toSegment(px, py, x1, y1, x2, y2) {
    const dx = x2 - x1, dy = y2 - y1, long = dx * dx + dy * dy;
    const along = long ? clamp(((px - x1) * dx + (py - y1) * dy) / long, 0, 1) : 0;
    return Math.hypot(px - x1 - along * dx, py - y1 - along * dy);
  }

  /* -- the component ---------------------------------------------------------------------------- */

  function pointer(canvas, picture, act) {
    let drag = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const handlers = {
      pointerdown(event) {
        const [x, y] = at(event);
        drag = { x, y, x0: x, y0: y, box: event.shiftKey };
        canvas.setPointerCapture(event.pointerId);
      },
      pointermove(event) {
        const [x, y] = at(event);
        if (!drag) return act.hover(x, y);
        if (drag.box) {
          picture.moving = false;
          picture.draw();
          picture.g.strokeStyle = picture.colours.accent;
          picture.g.strokeRect(drag.x0, drag.y0, x - drag.x0, y - drag.y0);
        } else if (Math.hypot(x - drag.x0, y - drag.y0) > 3) picture.pan(x - drag.x, y - drag.y);
        drag.x = x;
        drag.y = y;
      },
      pointerup(event) {
        if (!drag) return;
        const [x, y] = at(event), still = Math.hypot(x - drag.x0, y - drag.y0) < 4;
        if (still) act.click(x, y, event.shiftKey);
        else if (drag.box) act.select(picture.inside(drag.x0, drag.y0, x, y));
        drag = null;
        picture.redraw();
      },
      pointerleave() { act.hover(-1e6, -1e6); },
      wheel(event) {
        if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls until the map is in use
        event.preventDefault();
        picture.zoom(Math.exp(-event.deltaY * 0.0015), ...at(event));
      },
      dblclick(event) {
        const i = picture.nodeAt(...at(event));
        if (i >= 0) act.open(i);
      },
    };
    for (const name in handlers) canvas.addEventListener(name, handlers[name], { passive: false });
    return () => { for (const name in handlers) canvas.removeEventListener(name, handlers[name]); };
  }

  function NetworkMap(props) {
    const canvas = React.useRef(null), latest = React.useRef(props);
    const held = React.useRef(null);
    const [said, say] = React.useState("");
    latest.current = props;
    const words = props.words || {};

    const act = React.useMemo(() => {
      const picture = () => held.current;
      const tell = (i) => {
        const { label, links, group } = picture().nodes;
        if (!links) return label[i];
        return words.node.replace("{name}", label[i]).replace("{links}", links[i]).replace("{n}", group[i]);
      };
      const emit = () => latest.current.setProps({
        selected: [...picture().selected].map((i) => picture().nodes.id[i]), picked: null,
      });
      const done = (text) => { picture().edge = -1; picture().redraw(); emit(); say(text); };
      return {
        hover(x, y) {
          const i = picture().nodes ? picture().nodeAt(x, y) : -1;
          if (i === picture().hover) return;
          picture().hold();
          picture().hover = i;
          canvas.current.style.cursor = i >= 0 ? "pointer" : "grab";
          picture().request();
        },
        click(x, y, add) {
          const i = picture().nodeAt(x, y);
          if (i >= 0) {
            picture().cursor = i;
            return latest.current.opens ? act.open(i) : act.toggle(i, add);
          }
          const e = picture().edgeAt(x, y);
          if (e >= 0) return act.pick(e);
          picture().selected.clear();
          done("");
        },
        toggle(i, add) {
          const chosen = picture().selected, was = chosen.has(i);
          if (!add) chosen.clear();
          was ? chosen.delete(i) : chosen.add(i);
          done(tell(i));
        },
        pick(e) {
          const p = picture(), ends = [p.nodes.id[p.edges.a[e]], p.nodes.id[p.edges.b[e]]];
          p.selected.clear();
          p.edge = e;
          p.redraw();
          latest.current.setProps({ selected: [], picked: ends });
          say(p.nodes.label[p.edges.a[e]] + " – " + p.nodes.label[p.edges.b[e]]);
        },
        select(found) { picture().selected = new Set(found); done(found.length + " " + (words.selected || "selected")); },
        clear() { picture().selected.clear(); picture().cursor = -1; done(words.cleared || ""); },
        open(i) { window.graphkit.go(latest.current.to.replace("%00", encodeURIComponent(picture().nodes.id[i]))); },
        step(by) {
          const p = picture();
          const ring = p.selected.size
            ? [...new Set([...p.selected].flatMap((i) => p.near(i)))].sort((a, b) => p.nodes.size[b] - p.nodes.size[a])
            : p.largest;
          if (!ring.length) return;
          const at = ring.indexOf(p.cursor);
          p.cursor = ring[(at + by + ring.length) % ring.length];
          if (p.centre(p.cursor)) p.redraw();
          else p.request();
          say(tell(p.cursor));
        },
      };
    }, []);

    React.useEffect(() => {
      const picture = (held.current = new Picture(canvas.current));
      canvas.current.graphkitPicture = picture; // for the benchmark and the tests
      const watch = new ResizeObserver(() => picture.resize(canvas.current.clientWidth, canvas.current.clientHeight));
      const dark = window.matchMedia("(prefers-color-scheme: dark)");
      const recolour = () => { picture.colours = theme(canvas.current); picture.redraw(); };
      watch.observe(canvas.current);
      dark.addEventListener("change", recolour);
      const stop = pointer(canvas.current, picture, act);
      return () => { watch.disconnect(); dark.removeEventListener("change", recolour); stop(); };
    }, []);

    React.useEffect(() => {
      if (!props.nodes) return;
      held.current.load(props.nodes, props.edges, props.discs, props.world);
      window.graphkit.nodes = props.nodes; // for the table beside it
      document.dispatchEvent(new Event("graphkit-map"));
    }, [props.nodes, props.edges, props.discs, props.world]);

    React.useEffect(() => {
      const picture = held.current;
      if (!picture.nodes) return;
      const at = (props.selected || []).map((id) => picture.index.get(id)).filter((i) => i !== undefined);
      picture.selected = new Set(at);
      if (at.length) picture.edge = -1;
      picture.redraw();
    }, [props.selected, props.nodes]);

    React.useEffect(() => {
      const picture = held.current;
      if (!picture.nodes || !props.picked) return;
      const [a, b] = props.picked.map((id) => picture.index.get(id));
      picture.edge = picture.edges.a.findIndex((start, e) => start === a && picture.edges.b[e] === b);
      picture.redraw();
    }, [props.picked, props.nodes]);

    const keys = {
      ArrowLeft: () => held.current.pan(50, 0), ArrowRight: () => held.current.pan(-50, 0),
      ArrowUp: () => held.current.pan(0, 50), ArrowDown: () => held.current.pan(0, -50),
      "+": () => held.current.zoom(1.3), "=": () => held.current.zoom(1.3), "-": () => held.current.zoom(1 / 1.3),
      0: () => held.current.fit(), n: () => act.step(1), p: () => act.step(-1),
      Enter: () => held.current.cursor >= 0 && (props.opens ? act.open : act.toggle)(held.current.cursor, true),
      " ": () => held.current.cursor >= 0 && act.toggle(held.current.cursor, true),
      o: () => held.current.cursor >= 0 && act.open(held.current.cursor),
      Escape: () => act.clear(),
    };
    const onKeyDown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || !held.current.nodes) return;
      event.preventDefault();
      keys[event.key]();
    };
    const save = () => canvas.current.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = (props.file || "network") + ".png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    const button = (mark, label, onClick) =>
      h("button", { key: label, type: "button", className: "tool", "aria-label": label, title: label, onClick }, mark);
    const help = props.id + "-help";
    return h("div", { id: props.id, className: "map" },
      h("div", { className: "map-canvas" },
        h("canvas", {
          ref: canvas, tabIndex: 0, role: "application", "aria-label": props.label,
          "aria-roledescription": words.role || "network map", "aria-describedby": help, onKeyDown,
        }),
        h("div", { className: "map-tools", role: "group", "aria-label": words.tools },
          button("+", words.in, () => held.current.zoom(1.4)),
          button("−", words.out, () => held.current.zoom(1 / 1.4)),
          button("⤢", words.fit, () => held.current.fit()),
          button("◎", words.to, () => held.current.fit([...held.current.selected])),
          button("←", words.left, () => held.current.pan(90, 0)),
          button("→", words.right, () => held.current.pan(-90, 0)),
          button("↑", words.up, () => held.current.pan(0, 90)),
          button("↓", words.down, () => held.current.pan(0, -90)),
          button("⤓", words.save, save))),
      h("p", { id: help, className: "map-help" }, words.help),
      h("div", { role: "status", className: "unseen" }, said));
  }

  window.graphkit_parts = Object.assign(window.graphkit_parts || {}, { NetworkMap });
})();
