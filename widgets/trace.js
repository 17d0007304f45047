// Statements in columns, joined by lines; see outcomes_trace.py.

const SVG = "http://www.w3.org/2000/svg";

function node(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

class TraceView {
  constructor(model, el) {
    this.model = model;
    this.root = node("div", "np np-trace");
    this.root.setAttribute("role", "group");
    this.lines = document.createElementNS(SVG, "svg");
    this.lines.setAttribute("aria-hidden", "true");
    this.columns = node("div", "np-trace-columns");
    this.root.append(this.lines, this.columns);
    el.append(this.root);
    this.repaint = () => this.paint();
    model.on("change:columns change:links", this.repaint);
    this.watch = new ResizeObserver(() => this.join());
    this.watch.observe(this.columns);
    this.paint();
  }

  paint() {
    this.root.setAttribute("aria-label", this.model.get("label"));
    this.cards = new Map();
    const columns = this.model.get("columns");
    this.root.hidden = columns.length === 0;
    this.columns.style.setProperty("--columns", columns.length);
    this.columns.replaceChildren(...columns.map((column) => this.column(column)));
    this.join();
  }

  column({ title, nodes }) {
    const made = node("section", "np-trace-column");
    const list = node("ul");
    list.append(...nodes.map((one) => this.card(one)));
    made.append(node("h3", "", title), list);
    return made;
  }

  card({ id, text, note, orphan }) {
    const made = node("li", "np-trace-card", text);
    made.tabIndex = 0;
    if (note) made.append(node("span", "np-trace-note", note));
    if (orphan) {
      made.dataset.orphan = "";
      made.append(node("span", "np-trace-orphan", `◐ ${orphan}`));
    }
    for (const event of ["pointerenter", "focus"]) made.addEventListener(event, () => this.light(id));
    for (const event of ["pointerleave", "blur"]) made.addEventListener(event, () => this.light(null));
    this.cards.set(id, made);
    return made;
  }

  // Lines run from the right edge of one card to the left edge of the other.
  join() {
    const around = this.root.getBoundingClientRect();
    this.lines.setAttribute("viewBox", `0 0 ${around.width || 1} ${around.height || 1}`);
    this.paths = this.model.get("links").flatMap(([left, right]) => {
      const from = this.cards.get(left)?.getBoundingClientRect();
      const to = this.cards.get(right)?.getBoundingClientRect();
      if (!from || !to) return [];
      const x1 = from.right - around.left, y1 = from.top + from.height / 2 - around.top;
      const x2 = to.left - around.left, y2 = to.top + to.height / 2 - around.top;
      if (x2 < x1) return []; // stacked on a phone: the order tells it
      const middle = (x1 + x2) / 2;
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", `M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}`);
      return [{ left, right, path }];
    });
    this.lines.replaceChildren(...this.paths.map(({ path }) => path));
  }

  light(id) {
    const chain = id ? this.chainOf(id) : null;
    this.root.toggleAttribute("data-lit", Boolean(chain));
    for (const [key, card] of this.cards) card.toggleAttribute("data-on", Boolean(chain?.has(key)));
    for (const { left, right, path } of this.paths) {
      path.toggleAttribute("data-on", Boolean(chain?.has(left) && chain.has(right)));
    }
  }

  chainOf(id) {
    const links = this.model.get("links");
    const reach = (start, [from, to]) => {
      const found = new Set([start]);
      for (const key of found) for (const link of links) if (link[from] === key) found.add(link[to]);
      return found;
    };
    return new Set([...reach(id, [0, 1]), ...reach(id, [1, 0])]);
  }

  close() {
    this.watch.disconnect();
    this.model.off("change:columns change:links", this.repaint);
  }
}

export default {
  render({ model, el }) {
    const view = new TraceView(model, el);
    return () => view.close();
  },
};
