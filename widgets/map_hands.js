// What a mouse or fingers do on a map: pan, zoom, drag a step, pull an arrow. Joined after map_walk.js.

const DRAG_FROM = 5;
const EDGE = 36;

class MapHands {
  constructor(view) {
    this.view = view;
    this.drag = null;
    this.pinch = null;
    this.listen(view.port);
  }

  listen(port) {
    port.addEventListener("pointerdown", (event) => this.down(event));
    port.addEventListener("pointermove", (event) => this.move(event));
    port.addEventListener("pointerup", (event) => this.up(event));
    port.addEventListener("pointercancel", () => this.cancel());
    port.addEventListener("click", (event) => this.click(event));
    port.addEventListener("dblclick", (event) => this.twice(event));
    port.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    port.addEventListener("touchmove", (event) => this.fingers(event), { passive: false });
    port.addEventListener("touchend", () => { this.pinch = null; });
  }

  down(event) {
    if (event.button > 1) return;
    const { view } = this;
    const start = { x: event.clientX, y: event.clientY };
    const step = event.target.closest("[data-step]")?.dataset.step;
    this.dragged = false;
    if (event.button === 1 || view.spaceHeld) this.drag = this.panFrom(start);
    else if (event.target.closest(".np-map-handle")) this.drag = { kind: "connect", id: view.chosen, start };
    else if (step && view.may("move") && view.steps.has(step)) this.drag = { kind: "move", id: step, start };
    else if (!step && event.pointerType === "mouse") this.drag = this.panFrom(start);
    if (event.button === 1) event.preventDefault();
  }

  panFrom(start) {
    const { port } = this.view;
    return { kind: "pan", start, left: port.scrollLeft, top: port.scrollTop };
  }

  move(event) {
    const { drag, view } = this;
    if (!drag) return;
    const dx = event.clientX - drag.start.x;
    const dy = event.clientY - drag.start.y;
    if (!this.dragged) {
      if (Math.hypot(dx, dy) < DRAG_FROM) return;
      this.dragged = true;
      view.port.setPointerCapture(event.pointerId);
      view.root.dataset.drag = drag.kind;
      if (drag.kind === "move") this.lift(drag);
    }
    if (drag.kind === "pan") {
      view.port.scrollLeft = drag.left - dx;
      view.port.scrollTop = drag.top - dy;
    } else {
      this.nearEdge(event);
      const point = view.pointOf(event);
      if (drag.kind === "move") this.carry(drag, point);
      else this.pull(drag, point, event);
    }
  }

  // A drag that comes near the edge of what is seen takes the map along.
  nearEdge(event) {
    const { port } = this.view;
    const seen = port.getBoundingClientRect();
    if (event.clientX > seen.right - EDGE) port.scrollLeft += 14;
    if (event.clientX < seen.left + EDGE) port.scrollLeft -= 14;
    if (event.clientY > seen.bottom - EDGE) port.scrollTop += 14;
    if (event.clientY < seen.top + EDGE) port.scrollTop -= 14;
  }

  lift(drag) {
    const { view } = this;
    const group = view.groups.get(drag.id);
    drag.from = view.pointOf({ clientX: drag.start.x, clientY: drag.start.y });
    drag.ghost = group.cloneNode(true);
    for (const name of ["tabindex", "role", "aria-label", "data-step"]) drag.ghost.removeAttribute(name);
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.classList.add("np-map-ghost");
    drag.mark = shape("path", { class: "np-map-drop-mark" });
    view.overlay.append(drag.mark, drag.ghost);
    group.classList.add("np-map-lifted");
  }

  carry(drag, point) {
    const { view } = this;
    drag.ghost.setAttribute("transform", `translate(${point.x - drag.from.x} ${point.y - drag.from.y})`);
    const band = view.bandAt(point);
    view.bands.forEach((one) => one.group.classList.toggle("np-map-drop", one === band));
    drag.goal = band && { lane: band.lane, ...view.slotAt(drag.id, band.lane, point) };
    drag.mark.setAttribute("d", drag.goal?.mark ?? "");
  }

  pull(drag, point, event) {
    const { view } = this;
    drag.line ??= view.overlay.appendChild(shape("path", { class: "np-map-pull" }));
    const from = outlineOf(view.groups.get(drag.id));
    drag.line.setAttribute("d", `M${from.cx} ${from.cy}L${point.x} ${point.y}`);
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-step]");
    drag.target = under && view.root.contains(under) ? under.dataset.step : null;
    view.groups.forEach((group, id) => group.classList.toggle("np-map-target", id === drag.target));
  }

  up() {
    const { drag, view } = this;
    const done = this.dragged;
    this.clear();
    if (!drag || !done) return;
    if (drag.kind === "connect" && drag.target) view.connect(drag.id, drag.target);
    if (drag.kind === "move" && drag.goal) view.move(drag.id, drag.goal.lane, drag.goal.before);
  }

  cancel() {
    this.dragged = false;
    this.clear();
  }

  clear() {
    const { drag, view } = this;
    this.drag = null;
    delete view.root.dataset.drag;
    drag?.ghost?.remove();
    drag?.mark?.remove();
    drag?.line?.remove();
    view.bands.forEach((one) => one.group.classList.remove("np-map-drop"));
    view.groups.forEach((group) => group.classList.remove("np-map-lifted", "np-map-target"));
  }

  click(event) {
    const { view } = this;
    if (this.dragged) {
      this.dragged = false;
      return;
    }
    if (event.target.closest(".np-map-handle")) {
      view.startConnecting(view.chosen);
      return;
    }
    const row = rowOf(event.target);
    if (view.connecting && row && view.steps.has(row)) view.connect(view.connecting, row);
    else if (view.connecting) view.stopConnecting();
    else if (row) view.focusOn(row);
    else view.choose("");
  }

  twice(event) {
    const row = rowOf(event.target);
    if (row) this.view.openCard(row);
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.view.setZoom(this.view.zoom * Math.exp(-event.deltaY / 300), event);
  }

  fingers(event) {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    this.cancel();
    const [a, b] = event.touches;
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const middle = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
    this.pinch ??= { apart, zoom: this.view.zoom };
    this.view.setZoom(this.pinch.zoom * apart / this.pinch.apart, middle);
  }
}

function rowOf(node) {
  const group = node.closest("[data-step], [data-flow]");
  return group && (group.dataset.step ?? group.dataset.flow);
}
