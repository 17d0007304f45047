// A Vega-Lite chart. Joined after chart_look.js, chart_fit.js and chart_twin.js.

const SETTLE_MS = 120;
const PATIENCE_MS = 15_000; // then a person is told what the picture waits for

// Vega is loaded once for a page: from our launcher's address, else from Python through the widget.
function loadVega(model) {
  const place = Symbol.for("negotiation-playbook.vega");
  globalThis[place] ??= fetchVega(model).catch((error) => {
    globalThis[place] = undefined;
    throw error;
  });
  return globalThis[place];
}

async function fetchVega(model) {
  const address = model.get("runtime_url");
  if (address) {
    try {
      return await import(new URL(address, location.href).href);
    } catch {
      // Another server shows this page: Python sends the runtime instead.
    }
  }
  const bytes = await askRuntime(model);
  const blob = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
  try {
    return await import(blob);
  } finally {
    URL.revokeObjectURL(blob);
  }
}

function askRuntime(model) {
  return new Promise((resolve, reject) => {
    const hear = (message, buffers) => {
      if (message.event !== "runtime") return;
      model.off("msg:custom", hear);
      if (buffers.length) resolve(buffers[0]);
      else reject(new Error(`Python has no chart runtime to send. ${message.why}`));
    };
    model.on("msg:custom", hear);
    model.send({ event: "runtime" });
  });
}

function selections(part, found = new Set()) {
  if (Array.isArray(part)) part.forEach((item) => selections(item, found));
  else if (part && typeof part === "object") {
    for (const param of part.params ?? []) if (param.select) found.add(param.name);
    Object.values(part).forEach((value) => selections(value, found));
  }
  return found;
}

function plainSelection(value) {
  const fields = Object.entries(value ?? {}).filter(([, items]) => Array.isArray(items));
  return Object.fromEntries(fields.map(([key, items]) => [key, items.map((item) => (item instanceof Date ? +item : item))]));
}

// Vega reads dates when it loads data, not when data is changed: here they are read alike.
function parsed(row, parse) {
  const copy = { ...row };
  for (const [field, kind] of Object.entries(parse)) {
    if (kind.startsWith("date") && copy[field] != null) copy[field] = new Date(copy[field]);
  }
  return copy;
}

function saveAs(filename, address) {
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
}

class ChartView {
  constructor(model, el) {
    this.model = model;
    this.turn = 0;
    this.timers = new Map();
    this.todo = new Set();
    this.build(el);
    this.hearings = [
      ["change:spec", () => this.soon("draw")],
      ["change:height", () => this.soon("draw")],
      ["change:data", () => this.soon("refresh")],
      ["change:params", () => this.setParams()],
      ["change:label", () => this.paintLabel()],
    ];
    for (const [event, act] of this.hearings) model.on(event, act);
    this.watchWidth();
    this.watchTheme();
    this.watchPaper();
    this.paintLabel();
  }

  build(el) {
    this.plot = document.createElement("div");
    this.plot.className = "np-plot";
    this.plot.setAttribute("role", "img");
    this.twin = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = "Figures and files";
    this.figures = document.createElement("div");
    this.figures.className = "np-twin";
    this.figures.tabIndex = 0;
    this.figures.setAttribute("role", "region");
    this.twin.append(summary, this.fileButtons(), this.figures);
    this.twin.addEventListener("toggle", () => this.fillTwin());
    this.root = document.createElement("div");
    this.root.className = "np np-chart";
    this.root.append(this.plot, this.twin);
    el.append(this.root);
  }

  fileButtons() {
    const line = document.createElement("div");
    line.className = "np-chart-files";
    for (const kind of ["SVG", "PNG"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Save as ${kind}`;
      button.addEventListener("click", () => this.save(kind.toLowerCase()));
      line.append(button);
    }
    return line;
  }

  paintLabel() {
    this.plot.setAttribute("aria-label", this.model.get("label"));
    this.figures.setAttribute("aria-label", `Figures: ${this.model.get("label")}`);
    this.fillTwin();
  }

  watchWidth() {
    this.width = 0;
    this.sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (!width || width === this.width || this.onPaper) return;
      this.width = width;
      this.draw();
    });
    this.sizes.observe(this.plot);
  }

  // Variables follow the theme by themselves; only blended colours must be drawn again.
  watchTheme() {
    this.media = matchMedia("(prefers-color-scheme: dark)");
    this.follow = () => blends(this.model.get("spec")) && this.draw();
    this.media.addEventListener("change", this.follow);
    this.attributes = new MutationObserver(this.follow);
    for (const node of [document.documentElement, document.body]) {
      this.attributes.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
    }
  }

  // The page's width is the sheet's by now. With Vega loaded a drawing waits for nothing outside,
  // so it is done when `beforeprint` ends; our own button asks ahead and waits.
  watchPaper() {
    this.toPaper = (event) => {
      const done = this.fit(true);
      if (Array.isArray(event.detail)) event.detail.push(done);
    };
    this.toScreen = () => this.fit(false);
    window.addEventListener("np:paper", this.toPaper);
    window.addEventListener("beforeprint", this.toPaper);
    window.addEventListener("afterprint", this.toScreen);
  }

  async fit(onPaper) {
    const width = this.plot.clientWidth;
    if (!width || (onPaper === Boolean(this.onPaper) && width === this.width)) return;
    this.onPaper = onPaper;
    this.width = width;
    await this.draw();
  }

  // One message may bring a new drawing and new data: a drawing takes the data with it.
  soon(what) {
    if (!this.todo.size) {
      queueMicrotask(() => {
        const drawing = this.todo.has("draw");
        this.todo.clear();
        if (drawing) this.draw();
        else this.refresh();
      });
    }
    this.todo.add(what);
  }

  async draw() {
    if (!this.width) return;
    this.turn += 1;
    const turn = this.turn;
    this.drawing = true;
    const patience = setTimeout(() => this.tellWaiting(turn), PATIENCE_MS);
    try {
      this.vega = await loadVega(this.model);
      clearTimeout(patience);
      const colour = blends(this.model.get("spec")) ? resolver(this.onPaper && "light") : variable;
      const { result, holder, data } = await this.embed(colour, this.width);
      if (turn !== this.turn) {
        result.finalize();
        return;
      }
      this.result?.finalize();
      this.result = result;
      this.plot.replaceChildren(holder);
      this.drawn = data;
      this.drawing = false;
      this.listen();
      this.setParams();
      if (this.model.get("data") !== data) this.refresh();
    } catch (error) {
      if (turn !== this.turn) return;
      console.error(error);
      this.drawing = false;
      this.plot.textContent = "This picture could not be drawn; its figures stand below.";
    } finally {
      clearTimeout(patience);
    }
    this.fillTwin();
  }

  // The answer may still come, when Python is busy for instance: the picture is drawn then.
  tellWaiting(turn) {
    if (turn !== this.turn || this.result) return;
    this.plot.textContent = "This picture waits for Python, which has not answered yet; its figures stand below.";
    this.fillTwin();
  }

  // Drawn out of sight first, so that the page never shows a half-fitted picture.
  async embed(colour, width) {
    const data = this.model.get("data");
    const spec = dressed(withHeight(this.model.get("spec"), this.model.get("height")), colour);
    const holder = document.createElement("div");
    holder.setAttribute("aria-hidden", "true");
    const bench = document.createElement("div");
    bench.className = "np-bench";
    bench.append(holder);
    this.root.append(bench);
    const options = { mode: "vega-lite", ast: true, actions: false, renderer: "svg", hover: true };
    const show = (shape) => this.vega.vegaEmbed(holder, { ...shape, datasets: structuredClone(data) }, options);
    const measure = async (shape) => {
      const trial = await show(shape);
      const wide = holder.querySelector("svg")?.getBoundingClientRect().width ?? 0;
      trial.finalize();
      return wide;
    };
    try {
      const result = await show(await fitted(spec, data, width, measure));
      return { result, holder, data };
    } finally {
      bench.remove();
    }
  }

  async refresh() {
    const data = this.model.get("data");
    if (!this.result || this.drawing) return;
    const { view, vgSpec } = this.result;
    try {
      for (const [name, rows] of Object.entries(data)) {
        if (JSON.stringify(rows) === JSON.stringify(this.drawn[name])) continue;
        const dates = vgSpec.data.find((set) => set.name === name)?.format?.parse ?? {};
        view.data(name, rows.map((row) => parsed(row, dates)));
      }
      this.drawn = data;
      await view.runAsync();
    } catch {
      this.draw();
    }
    this.fillTwin();
  }

  listen() {
    for (const name of selections(this.model.get("spec"))) {
      try {
        this.result.view.addSignalListener(name, (_, value) => this.selected(name, value));
      } catch {
        // A selection inside a repeated plot has no signal of its own name.
      }
    }
  }

  selected(name, value) {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(() => {
      this.model.send({ event: "select", name, value: plainSelection(value) });
    }, SETTLE_MS));
  }

  async setParams() {
    const params = Object.entries(this.model.get("params"));
    if (!this.result || !params.length) return;
    for (const [name, value] of params) this.result.view.signal(name, value);
    await this.result.view.runAsync();
  }

  fillTwin() {
    if (this.twin.open) this.figures.replaceChildren(...twin(this.model));
  }

  // Files are for paper and slides: always the light colours, on white.
  async save(kind) {
    if (!this.vega) return;
    const light = resolver("light");
    const { result } = await this.embed(light, Math.max(this.width, 640));
    result.view.background(light("card"));
    const name = this.model.get("label").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60) || "chart";
    saveAs(`${name}.${kind}`, await result.view.toImageURL(kind, 2));
    result.finalize();
  }

  close() {
    for (const [event, act] of this.hearings) this.model.off(event, act);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.sizes.disconnect();
    this.attributes.disconnect();
    window.removeEventListener("np:paper", this.toPaper);
    window.removeEventListener("beforeprint", this.toPaper);
    window.removeEventListener("afterprint", this.toScreen);
    this.media.removeEventListener("change", this.follow);
    this.result?.finalize();
  }
}

export default {
  render({ model, el }) {
    const view = new ChartView(model, el);
    return () => view.close();
  },
};
