// The small card on a map in which a step is renamed, or an arrow gets its words and share.
// Joined after fields.js.

class MapCard {
  constructor(view, id) {
    this.view = view;
    this.id = id;
    this.isStep = view.steps.has(id);
    const known = view.model.get("card_fields")[this.isStep ? "step" : "flow"];
    this.editors = known.map((field) => this.makeEditor(field));
    const rows = this.editors.map((editor) => this.isStep ? editor.root
      : element("label", { class: "np-map-card-row" }, element("span", {}, editor.field.label), editor.root));
    this.root = element("div", { class: "np-map-card", role: "group", "data-step-card": this.isStep }, ...rows);
    if (!this.isStep) this.root.append(this.makeDone());
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusout", (event) => this.left(event));
    this.refresh();
  }

  makeEditor(field) {
    const editor = new Editor(field, this.view.outbox, this.id);
    const answered = editor.answered.bind(editor);
    editor.answered = (text, sentence) => {
      answered(text, sentence);
      if (sentence) this.leaving = false;
      else if (this.leaving && !this.isBusy()) this.view.closeCard(this.returns);
    };
    return editor;
  }

  makeDone() {
    const button = element("button", { type: "button", "data-kind": "bare" }, "Done");
    button.addEventListener("click", () => this.leave(true));
    return button;
  }

  // What Python shows now; a text that is being typed stays.
  refresh() {
    const row = this.view.rowShown(this.id);
    const name = this.view.nameOf(this.id);
    this.root.setAttribute("aria-label", this.isStep ? `Rename ${name}` : `Arrow ${name}`);
    for (const editor of this.editors) {
      const unit = editor.field.unit;
      editor.set(row.cells[editor.field.key], { unit, locked: false, error: "", name: `${editor.field.label}, ${name}` });
    }
  }

  // Over the step, or below the middle of the arrow, and inside the frame's width.
  stand() {
    const { zoom, box, port, frame } = this.view;
    const place = outlineOf(this.view.groups.get(this.id));
    if (this.isStep) this.root.style.width = `${Math.max(170, place.width * zoom + 12)}px`;
    const left = ((this.isStep ? place.x : place.cx) - box.x) * zoom - port.scrollLeft;
    const top = (place.cy - box.y) * zoom - port.scrollTop;
    const most = frame.clientWidth - this.root.offsetWidth - 4;
    this.root.style.left = `${Math.max(4, Math.min(most, left - (this.isStep ? 6 : 20)))}px`;
    this.root.style.top = `${Math.max(0, top + (this.isStep ? -22 : 16))}px`;
  }

  open() {
    const input = this.editors[0].input;
    input.focus({ preventScroll: false });
    input.select();
  }

  get typed() {
    return this.editors.filter((editor) => editor.touched).map((editor) => editor.typed);
  }

  isBusy() {
    return this.editors.some((editor) => editor.sending !== false || editor.refused);
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      this.editors.forEach((editor) => editor.restore());
      this.view.closeCard(true);
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      this.leave(true);
    }
  }

  left(event) {
    if (!this.root.contains(event.relatedTarget)) this.leave(false);
  }

  // Closes once what was typed is taken; a refused text keeps the card open.
  leave(returns) {
    this.returns = returns;
    this.leaving = true;
    this.editors.forEach((editor) => editor.commit());
    if (!this.isBusy()) this.view.closeCard(returns);
  }
}
