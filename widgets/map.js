// The process map: Python draws it and decides; this walks it, changes its view and sends gestures.
// Joined after element.js, queue.js, fields.js, map_walk.js, map_hands.js and map_card.js.

const ZOOM = { least: 0.15, most: 3, step: 1.25, legible: 0.7, opens: 0.75 };
const NARROW = 480;
const FADE = 64;
const KEYS = [
  ["← → ↑ ↓", "walk along the arrows and across the lanes"],
  ["Enter", "edit the step beside the map, or the arrow on it; Esc leads back"],
  ["F2 or double click", "rename in place", "edit"],
  ["N", "add a step after the selected one", "add"],
  ["C, then arrows and Enter", "connect with another step", "connect"],
  ["A", "go through the arrows that leave a step"],
  ["Delete", "remove", "remove"],
  ["Alt + arrows", "move the step to another lane, or earlier and later in order", "move"],
  ["Ctrl + Z, Ctrl + Y", "undo and redo", "undo"],
  ["+ − 0", "zoom in, out, fit; Ctrl + wheel and two fingers zoom, too"],
  ["Drag", "a step to another lane; its round handle to connect; the ground to pan"],
  ["Esc", "let go"],
];

class MapView {
  constructor(model, el) {
    this.model = model;
    this.zoom = 0;
    this.here = "";
    this.chosen = model.get("selected");
    this.connecting = "";
    this.sent = [];
    this.build();
    el.append(this.root);
    this.outbox = new Outbox(model);
    this.hands = new MapHands(this);
    this.follow();
    this.paint();
    this.outbox.recover((entry, token) => this.resume(entry, token));
  }

  // --- building ---

  build() {
    this.tools = element("div", { class: "np-map-tools", role: "toolbar", "aria-label": "Change the map" });
    this.buttons = {
      add: this.tool("add", "+", "Step", "Add a step", () => this.add()),
      connect: this.tool("connect", "→", "Connect", "Connect with another step", () => this.startConnecting(this.chosen)),
      edit: this.tool("edit", "✎", "Rename", "Rename, or edit the arrow", () => this.openCard(this.chosen)),
      remove: this.tool("remove", "✕", "Remove", "Remove what is selected", () => this.remove(this.chosen)),
      undo: this.tool("undo", "↶", "Undo", "Undo", () => this.undo("undo")),
      redo: this.tool("redo", "↷", "Redo", "Redo", () => this.undo("redo")),
    };
    this.tools.append(element("span", { class: "np-map-gap" }));
    this.tool("out", "−", "", "Zoom out", () => this.setZoom(this.zoom / ZOOM.step));
    this.percent = element("span", { class: "np-map-percent", "aria-live": "off" });
    this.tools.append(this.percent);
    this.tool("in", "+", "", "Zoom in", () => this.setZoom(this.zoom * ZOOM.step));
    this.fitButton = this.tool("fit", "", "Fit", "Show the whole map", () => this.fit());
    this.helpButton = this.tool("help", "?", "Keys", "Keys for the map", () => this.toggleHelp());
    this.help = this.makeHelp();
    this.helpButton.setAttribute("aria-controls", this.help.id);
    this.canvas = element("div", { class: "np-map-canvas" });
    this.port = element("div", { class: "np-map-port", role: "group", tabindex: "-1", "data-lm-suppress-shortcuts": "true" }, this.canvas);
    this.status = element("p", { class: "np-status", role: "status" });
    this.frame = element("div", { class: "np-map-frame" }, this.port);
    this.legend = element("div", { class: "np-map-legend", "aria-hidden": "true" });
    this.root = element("div", { class: "np np-map-box" }, this.tools, this.help, this.frame, this.legend, this.status);
  }

  tool(name, sign, word, title, act) {
    const button = element("button", { type: "button", title, "aria-label": title, "data-tool": name },
      sign && element("span", { "aria-hidden": "true" }, sign), word && element("span", { class: "np-map-word" }, word));
    button.addEventListener("click", act);
    this.tools.append(button);
    return button;
  }

  makeHelp() {
    this.keys = element("dl", { class: "np-map-keys" });
    return element("div", { class: "np-map-help", id: freshId("map-help"), hidden: true }, this.keys);
  }

  follow() {
    this.repaint = () => this.paint();
    this.reselect = () => this.hearSelected(this.model.get("selected"));
    this.redoTools = () => this.paintTools();
    this.model.on("change:svg change:empty", this.repaint);
    this.model.on("change:selected", this.reselect);
    this.model.on("change:abilities", this.redoTools);
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("keyup", (event) => { if (event.key === " ") this.spaceHeld = false; });
    this.port.addEventListener("scroll", () => {
      this.pinHeads();
      this.card?.stand();
      this.paintEdges();
    });
    this.port.addEventListener("focusin", (event) => this.setHere(rowOf(event.target) ?? this.here));
    this.sizes = new ResizeObserver(() => this.keepInView());
    this.sizes.observe(this.port);
    this.flat = () => this.heads?.removeAttribute("transform");
    this.unflat = () => this.pinHeads();
    this.back = (event) => this.comeBack(event);
    document.addEventListener("keydown", this.back);
    window.addEventListener("beforeprint", this.flat);
    window.addEventListener("afterprint", this.unflat);
  }

  // --- painting ---

  paint() {
    const before = this.steps;
    this.steps = new Map(this.model.get("steps").map((row) => [row.id, row]));
    this.flows = new Map(this.model.get("flows").map((row) => [row.id, row]));
    const held = this.port.contains(document.activeElement);
    const { into = [], out = [] } = before?.get(this.here) ?? {};
    const svg = safeDrawing(this.model.get("svg"));
    this.svg?.remove();
    this.svg = svg;
    if (!svg) return;
    this.port.setAttribute("aria-label", `${this.model.get("label")}. Arrow keys walk along it; the question mark lists the keys.`);
    this.liftLegend(svg);
    this.box = svg.viewBox.baseVal;
    this.overlay = shape("g", { class: "np-map-overlay", "aria-hidden": "true" });
    svg.append(this.liftHeads(svg), this.overlay);
    this.canvas.prepend(svg);
    this.readPlaces(svg);
    this.paintEmpty();
    const turned = this.turned !== this.model.get("vertical");
    this.turned = this.model.get("vertical");
    if (this.zoom && !turned) this.setZoom(this.zoom);
    else this.firstZoom();
    if (!this.groups.has(this.here)) this.here = [...into, ...out].find((id) => this.groups.has(id)) ?? "";
    this.mark(this.sent.length ? this.chosen : this.model.get("selected"));
    if (held) (this.groups.get(this.here) ?? this.port).focus({ preventScroll: true });
    this.refreshCard();
    this.paintTools();
  }

  // Headers of lanes lie on top, so that they can stay in view while the map moves below them.
  liftHeads(svg) {
    this.heads = shape("g", { class: "np-map-heads" });
    for (const head of svg.querySelectorAll(".pm-lane-top")) {
      this.heads.append(shape("g", { class: head.parentNode.getAttribute("class") }, head));
    }
    return this.heads;
  }

  // The legend stands below the map as text that wraps: in the drawing it would be cut off with it.
  liftLegend(svg) {
    const legend = svg.querySelector(".pm-legend");
    this.legend.replaceChildren(...(legend ? legendParts(legend) : []));
    if (!legend) return;
    svg.setAttribute("height", legend.dataset.below);
    svg.viewBox.baseVal.height = Number(legend.dataset.below) + 1;
    legend.remove();
  }

  readPlaces(svg) {
    this.groups = new Map();
    for (const group of svg.querySelectorAll("[data-step], [data-flow]")) {
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", "-1");
      group.prepend(shape("title", {}, group.getAttribute("aria-label")));
      const line = group.querySelector(".pm-line");
      if (line) line.before(shape("path", { class: "np-map-hit", d: line.getAttribute("d") }));
      this.groups.set(group.dataset.step ?? group.dataset.flow, group);
    }
    this.bands = [...svg.querySelectorAll(".pm-lanes > .pm-lane")].map((group) => {
      const band = group.querySelector(".pm-lane-band");
      const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(band.getAttribute(name)));
      return { group, lane: group.dataset.lane, x, y, width, height };
    });
    const vertical = this.model.get("vertical");
    this.places = new Map();
    for (const id of this.steps.keys()) {
      if (!this.groups.has(id)) continue;
      const { cx, cy } = outlineOf(this.groups.get(id));
      this.places.set(id, vertical ? { along: cy, across: cx } : { along: cx, across: cy });
    }
  }

  paintEmpty() {
    this.nothing?.remove();
    if (this.steps.size) return;
    this.nothing = element("p", { class: "np-map-empty" }, this.model.get("empty"));
    this.canvas.append(this.nothing);
  }

  paintTools() {
    const kind = this.steps.has(this.chosen) ? "step" : this.flows.has(this.chosen) ? "flow" : "";
    const can = { add: true, connect: kind === "step", edit: kind, remove: kind, undo: true, redo: true };
    const able = this.model.get("abilities");
    for (const [name, button] of Object.entries(this.buttons)) {
      button.hidden = !(name in able);
      const off = !able[name] || !can[name];
      if (off && button === document.activeElement) this.port.focus({ preventScroll: true });
      button.disabled = off;
    }
  }

  // Shows what is selected; `here` is where the keyboard stands.
  mark(id) {
    this.chosen = this.groups?.has(id) ? id : "";
    for (const [row, group] of this.groups ?? []) {
      group.classList.toggle("pm-selected", row === this.chosen);
      group.classList.toggle("np-map-source", row === this.connecting);
      group.setAttribute("aria-pressed", String(row === this.chosen));
    }
    this.setHere(this.here || this.chosen || this.steps.keys().next().value || "");
    this.paintHandle();
    this.paintTools();
  }

  setHere(id) {
    this.groups?.get(this.here)?.setAttribute("tabindex", "-1");
    this.here = id;
    this.groups?.get(id)?.setAttribute("tabindex", "0");
  }

  paintHandle() {
    this.handle?.remove();
    if (!this.may("connect") || !this.steps.has(this.chosen) || !this.overlay) return;
    const { x, y, width, height, cx, cy } = outlineOf(this.groups.get(this.chosen));
    const [hx, hy] = this.model.get("vertical") ? [cx, y + height + 3] : [x + width + 3, cy];
    this.handle = shape("g", { class: "np-map-handle", transform: `translate(${hx} ${hy})` },
      shape("circle", { class: "np-map-handle-ground", r: "22" }),
      shape("circle", { class: "np-map-handle-ring", r: "9" }),
      shape("path", { class: "np-map-handle-sign", d: "M-4 0h7M0 -3.5L3.5 0L0 3.5" }));
    this.overlay.append(this.handle);
  }

  // --- looking ---

  pinHeads() {
    if (!this.heads || !this.zoom) return;
    const vertical = this.model.get("vertical");
    const x = vertical ? 0 : this.port.scrollLeft / this.zoom;
    const y = vertical ? this.port.scrollTop / this.zoom : 0;
    this.heads.setAttribute("transform", `translate(${x} ${y})`);
  }

  // All of the map where its words stay legible; else as much as can be read well.
  firstZoom() {
    const whole = this.port.clientWidth / this.box.width;
    this.setZoom(Math.min(1, whole >= ZOOM.legible ? whole : ZOOM.opens));
    this.chosenZoom = false;
    this.firstWidth = this.port.clientWidth;
  }

  // The map gets more room (a projector, a turned tablet, a part that was hidden): nobody chose a
  // zoom yet, so it opens anew.
  useRoom() {
    if (this.zoom && !this.chosenZoom && this.port.clientWidth > this.firstWidth + 40) this.firstZoom();
  }

  // A phone shows a lane's width, not ten columns: who drew the map hears of it once.
  tellNarrow() {
    if (this.toldNarrow || !this.port.clientWidth) return;
    this.toldNarrow = true;
    if (this.port.clientWidth < NARROW && !this.model.get("vertical")) this.model.send({ event: "narrow" });
  }

  // Where the map goes on beyond what is seen its edge fades.
  paintEdges() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = this.port;
    const more = [scrollLeft > 2 && "left", scrollLeft + clientWidth < scrollWidth - 2 && "right",
      scrollTop > 2 && "top", scrollTop + clientHeight < scrollHeight - 2 && "bottom"];
    this.frame.dataset.more = more.filter(Boolean).join(" ");
  }

  fit() {
    const most = window.innerHeight * 0.75;
    this.setZoom(Math.min(1.25, this.port.clientWidth / this.box.width, most / this.box.height));
    this.port.scrollTo(0, 0);
  }

  // Zooms; the point under `at` (or the middle of what is seen) stays where it is.
  setZoom(wanted, at = null) {
    const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, wanted));
    const seen = this.port.getBoundingClientRect();
    const x = at ? at.clientX - seen.left : this.port.clientWidth / 2;
    const y = at ? at.clientY - seen.top : this.port.clientHeight / 2;
    const ratio = this.zoom ? zoom / this.zoom : 1;
    this.chosenZoom ||= ratio !== 1;
    const [left, top] = [(this.port.scrollLeft + x) * ratio - x, (this.port.scrollTop + y) * ratio - y];
    this.zoom = zoom;
    this.svg.setAttribute("width", this.box.width * zoom);
    this.svg.setAttribute("height", this.box.height * zoom);
    this.port.scrollTo(Math.max(0, left), Math.max(0, top));
    this.percent.textContent = `${Math.round(zoom * 100)}\u202f%`;
    this.card?.stand();
    this.pinHeads();
    this.paintEdges();
  }

  pointOf(event) {
    const seen = this.svg.getBoundingClientRect();
    return {
      x: (event.clientX - seen.left) / this.zoom + this.box.x,
      y: (event.clientY - seen.top) / this.zoom + this.box.y,
    };
  }

  bandAt({ x, y }) {
    const vertical = this.model.get("vertical");
    return this.bands.find((b) => vertical ? x >= b.x && x < b.x + b.width : y >= b.y && y < b.y + b.height);
  }

  // Where in the order a step would come if it were let go at `point`: before which step, and a
  // line that shows it. Steps that arrows hold in their column are ordered within it, loose ones
  // along the lane.
  slotAt(id, lane, point) {
    const vertical = this.model.get("vertical");
    const step = this.steps.get(id);
    const loose = !step.out.length && !step.into.length;
    const [along, across] = vertical ? [point.y, point.x] : [point.x, point.y];
    const mine = this.places.get(id);
    const others = [...this.places].filter(([other, place]) => other !== id && this.steps.get(other).lane === lane
      && (loose || Math.abs(place.along - mine.along) < 60));
    const ordered = others.sort(([, a], [, b]) => loose ? a.along - b.along : a.across - b.across);
    const next = ordered.find(([, place]) => loose ? place.along > along : place.across > across);
    const order = [...this.steps.keys()].filter((other) => other !== id);
    const last = ordered.at(-1)?.[0];
    const before = next ? next[0] : last ? order[order.indexOf(last) + 1] ?? null : null;
    const { x, y, width, height } = outlineOf(this.groups.get(next?.[0] ?? last ?? id));
    const flat = loose === vertical;
    const edge = flat ? (next ? y - 8 : y + height + 8) : (next ? x - 10 : x + width + 10);
    const mark = !next && !last ? "" : flat ? `M${x} ${edge}h${width}` : `M${edge} ${y}v${height}`;
    return { before, mark: ordered.length ? mark : "" };
  }

  // --- selecting and walking ---

  may(name) {
    return Boolean(this.model.get("abilities")[name]);
  }

  choose(id) {
    if (id === this.chosen) return;
    if (!this.connecting) this.say("");
    this.mark(id);
    this.sent.push(id);
    this.model.send({ event: "select", row: id });
  }

  // Python's echo of a selection that the hand has left meanwhile is passed over.
  hearSelected(id) {
    this.sent.splice(0, this.sent.includes(id) ? this.sent.indexOf(id) + 1 : this.sent.length);
    if (!this.sent.length) this.mark(id);
  }

  focusOn(id) {
    const group = this.groups.get(id);
    if (!group) return;
    this.setHere(id);
    group.focus({ preventScroll: true });
    this.reveal(group);
    if (this.connecting) this.groups.forEach((one, row) => one.classList.toggle("np-map-target", row === id && row !== this.connecting));
    else if (this.steps.has(id) || this.flows.has(id)) this.choose(id);
  }

  // Scrolls the map just so far that a group is seen beside the lanes' headers.
  reveal(group) {
    const seen = this.port.getBoundingClientRect();
    const it = group.getBoundingClientRect();
    const head = this.heads.firstChild?.getBoundingClientRect();
    const vertical = this.model.get("vertical");
    const left = seen.left + (vertical || !head ? 0 : head.width) + 12;
    const top = seen.top + (vertical && head ? head.height : 0) + 12;
    if (it.left < left) this.port.scrollLeft -= left - it.left;
    else if (it.right > seen.right - FADE) this.port.scrollLeft += Math.min(it.right - seen.right + FADE, it.left - left);
    if (it.top < top) this.port.scrollTop -= top - it.top;
    else if (it.bottom > seen.bottom - 16) this.port.scrollTop += it.bottom - seen.bottom + 16;
  }

  // A panel that opens beside the map takes its room from it.
  keepInView() {
    this.tellNarrow();
    this.useRoom();
    this.pinHeads();
    this.paintEdges();
    this.card?.stand();
    if (this.port.contains(document.activeElement) && this.groups.has(this.here)) this.reveal(this.groups.get(this.here));
  }

  walk(key) {
    const way = wayOf(key, this.model.get("vertical"));
    const flow = this.flows.get(this.here);
    if (flow) {
      this.focusOn(way === "back" || way === "up" ? flow.source : flow.target);
      return;
    }
    const step = this.steps.get(this.here);
    const next = step ? nextStep(step, way, this.places) : this.steps.keys().next().value;
    if (next) this.focusOn(next);
  }

  walkArrows() {
    const flow = this.flows.get(this.here);
    const source = flow ? flow.source : this.here;
    const leaving = [...this.flows.values()].filter((one) => one.source === source).map((one) => one.id);
    if (!leaving.length) this.say("No arrow leaves this step.");
    else this.focusOn(leaving[(leaving.indexOf(this.here) + 1) % leaving.length]);
  }

  // --- keys ---

  key(event) {
    if (event.defaultPrevented || event.target.matches("input, textarea, select")) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const act = ctrl ? this.chord(event) : this.port.contains(event.target) ? this.plain(event) : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  chord(event) {
    const letter = event.key.toLowerCase();
    if (letter === "z") return () => this.undo(event.shiftKey ? "redo" : "undo");
    return letter === "y" ? () => this.undo("redo") : null;
  }

  plain(event) {
    const { key } = event;
    if (key.startsWith("Arrow")) return () => event.altKey ? this.nudge(key) : this.walk(key);
    if (event.altKey) return null;
    const id = this.here;
    const acts = {
      enter: () => this.enter(id),
      f2: () => this.openCard(id),
      " ": () => { this.spaceHeld = true; this.choose(id); },
      delete: () => this.remove(id),
      backspace: () => this.remove(id),
      n: () => this.add(),
      c: () => this.startConnecting(id),
      a: () => this.walkArrows(),
      "+": () => this.setZoom(this.zoom * ZOOM.step),
      "=": () => this.setZoom(this.zoom * ZOOM.step),
      "-": () => this.setZoom(this.zoom / ZOOM.step),
      0: () => this.fit(),
      "?": () => this.toggleHelp(),
      escape: this.connecting || this.hands.drag || this.chosen ? () => this.letGo() : null,
      home: () => this.focusOn([...this.steps.keys()][0]),
      end: () => this.focusOn([...this.steps.keys()].at(-1)),
    };
    return acts[key.toLowerCase()];
  }

  letGo() {
    if (this.hands.drag) this.hands.cancel();
    else if (this.connecting) this.stopConnecting();
    else this.choose("");
  }

  enter(id) {
    if (this.connecting) this.connect(this.connecting, id);
    else if (this.steps.has(id) && this.may("open")) this.ask({ event: "open", row: id }, () => this.goBeside(id));
    else this.openCard(id);
  }

  // The panel beside the map, if the page has one; its fields come when Python has made them.
  panel() {
    return this.root.closest(".np-beside")?.querySelector(".np-panel");
  }

  goBeside(id) {
    const until = performance.now() + 1500;
    const go = () => {
      const field = this.chosen === id && this.panel()?.querySelector("input, select, textarea");
      if (field) {
        field.focus();
        field.select?.();
      } else if (this.panel() && performance.now() < until) requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  // Escape in the panel leads back to what it shows.
  comeBack(event) {
    const inside = this.panel()?.contains(event.target);
    if (event.key !== "Escape" || !inside || !this.groups.has(this.chosen)) return;
    event.preventDefault();
    this.focusOn(this.chosen);
  }

  toggleHelp() {
    const offered = KEYS.filter(([, , ability]) => !ability || ability in this.model.get("abilities"));
    this.keys.replaceChildren(...offered.flatMap(([keys, words]) => [element("dt", {}, keys), element("dd", {}, words)]));
    this.help.hidden = !this.help.hidden;
    this.helpButton.setAttribute("aria-expanded", String(!this.help.hidden));
  }

  // --- gestures ---

  say(sentence, isError = false) {
    this.status.toggleAttribute("data-error", isError);
    this.status.textContent = sentence;
  }

  nameOf(id) {
    const flow = this.flows.get(id);
    if (!flow) return this.steps.get(id)?.name ?? "";
    return `${this.steps.get(flow.source)?.name} → ${this.steps.get(flow.target)?.name}`;
  }

  rowShown(id) {
    return this.steps.get(id) ?? this.flows.get(id);
  }

  ask(content, done) {
    this.say("");
    this.outbox.send(content, {
      slow: () => this.say("◷ Not sent yet: the page waits for its kernel."),
      done: (sentence) => {
        if (sentence) this.say(sentence, true);
        else done?.();
      },
    });
  }

  add() {
    if (!this.may("add")) return;
    const flow = this.flows.get(this.chosen);
    const after = flow ? flow.source : this.steps.has(this.chosen) ? this.chosen : "";
    const lane = this.steps.get(after)?.lane ?? this.model.get("lanes")[0]?.id ?? "";
    const known = new Set(this.steps.keys());
    const behind = this.nameOf(after);
    this.ask({ event: "add", after, lane }, () => {
      const fresh = this.model.get("selected");
      if (!known.has(fresh) && this.steps.has(fresh)) {
        this.focusOn(fresh);
        this.openCard(fresh);
      }
      this.say(behind ? `Added a step after “${behind}”.` : "Added a step.");
    });
  }

  remove(id) {
    const row = this.rowShown(id);
    if (!row || !this.may("remove")) return;
    const name = this.nameOf(id);
    const near = row.source ?? row.into[0] ?? row.out[0];
    this.ask({ event: "remove", rows: [id] }, () => {
      this.focusOn(this.groups.has(near) ? near : this.steps.keys().next().value);
      this.say(`Removed “${name}”.${this.may("undo") ? " Ctrl+Z brings it back." : ""}`);
    });
  }

  startConnecting(id) {
    if (!this.may("connect")) return;
    if (!this.steps.has(id)) {
      this.say("Choose the step where the arrow begins first.");
      return;
    }
    this.connecting = id;
    this.root.dataset.connecting = "";
    this.groups.get(id).classList.add("np-map-source");
    this.focusOn(id);
    this.say(`Connecting from “${this.nameOf(id)}”: choose a step with the arrow keys and Enter, or click it. Esc lets go.`);
  }

  stopConnecting() {
    this.connecting = "";
    delete this.root.dataset.connecting;
    this.groups.forEach((group) => group.classList.remove("np-map-source", "np-map-target"));
    this.say("");
  }

  connect(source, target) {
    this.stopConnecting();
    const names = [this.nameOf(source), this.nameOf(target)];
    this.ask({ event: "connect", source, target }, () => this.say(`Connected “${names[0]}” with “${names[1]}”.`));
  }

  move(id, lane, before) {
    if (!this.may("move")) return;
    const name = this.nameOf(id);
    const was = this.steps.get(id).lane;
    this.ask({ event: "move", row: id, lane, before }, () => {
      const to = this.model.get("lanes").find((one) => one.id === lane)?.name;
      if (this.groups.has(id)) this.focusOn(id);
      this.say(was === lane ? `“${name}” has another place in the order.` : `“${name}” is now in ${to}.`);
    });
  }

  // Alt and an arrow: to the next lane, or past the step before or after it in the same lane.
  nudge(key) {
    const step = this.steps.get(this.here);
    if (!step || !this.may("move")) return;
    const way = wayOf(key, this.model.get("vertical"));
    const by = way === "down" || way === "forward" ? 1 : -1;
    if (way === "up" || way === "down") {
      const lanes = this.model.get("lanes").map((lane) => lane.id);
      const lane = lanes[step.lane ? lanes.indexOf(step.lane) + by : by < 0 ? lanes.length - 1 : lanes.length];
      if (lane) this.move(step.id, lane, null);
      else this.say("There is no lane on that side.");
      return;
    }
    const mates = [...this.steps.values()].filter((one) => one.lane === step.lane).map((one) => one.id);
    const other = mates[mates.indexOf(step.id) + by];
    if (!other) this.say(by < 0 ? "It is the first of its lane." : "It is the last of its lane.");
    else if (by < 0) this.move(step.id, step.lane, other);
    else this.move(other, step.lane, step.id);
  }

  undo(event) {
    if (!this.may(event)) return;
    this.ask({ event }, () => this.say(event === "undo" ? "Undone." : "Done again."));
  }

  // --- typing on the map ---

  openCard(id) {
    if (!this.may("edit") || !this.rowShown(id) || this.card?.id === id) return;
    this.card?.leave(false);
    if (this.card) return;
    this.card = new MapCard(this, id);
    this.frame.append(this.card.root);
    this.card.stand();
    this.card.open();
  }

  closeCard(returns) {
    const { card } = this;
    if (!card) return;
    this.card = null;
    card.root.remove();
    if (returns && this.groups.has(card.id)) this.focusOn(card.id);
  }

  refreshCard() {
    if (!this.card) return;
    if (this.rowShown(this.card.id)) {
      this.card.refresh();
      this.card.stand();
      return;
    }
    const [typed] = this.card.typed;
    this.closeCard(false);
    if (typed !== undefined) this.say(`◷ Typed but not saved: “${typed}”; its row was removed meanwhile.`, true);
  }

  // What an earlier page could not save is sent again; what has lost its row stays until let go.
  resume({ row, column, text }, token) {
    if (this.rowShown(row)) {
      this.outbox.send({ event: "edit", row, column, text }, {
        done: (sentence) => { if (sentence) this.say(`“${text}” was not taken: ${sentence}`, true); },
      });
      return;
    }
    const button = element("button", { type: "button", "data-kind": "bare" }, "Let it go");
    const line = element("p", { class: "np-orphan" }, `◷ Typed but not saved: “${text}”; what it belonged to is gone. `, button);
    button.addEventListener("click", () => {
      this.outbox.forget(token);
      line.remove();
    });
    this.root.append(line);
  }

  close() {
    this.model.off("change:svg change:empty", this.repaint);
    this.model.off("change:selected", this.reselect);
    this.model.off("change:abilities", this.redoTools);
    document.removeEventListener("keydown", this.back);
    window.removeEventListener("beforeprint", this.flat);
    window.removeEventListener("afterprint", this.unflat);
    this.sizes.disconnect();
    this.outbox.close();
  }
}

export default {
  render({ model, el }) {
    const view = new MapView(model, el);
    return () => view.close();
  },
};
