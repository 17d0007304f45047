// A form: one record's labelled fields. Joined after element.js, queue.js and fields.js.

class FormView {
  constructor(model, el) {
    this.model = model;
    this.outbox = new Outbox(model);
    this.editors = new Map();
    const label = model.get("label");
    this.root = element("div", { class: "np np-form", role: label ? "group" : null, "aria-label": label || null });
    for (const field of model.get("fields_shown")) this.addField(field);
    el.append(this.root);
    this.repaint = () => this.paint();
    model.on("change:values_shown", this.repaint);
    this.paint();
    this.outbox.recover((entry) => this.editors.get(entry.column)?.resume(entry.text));
  }

  addField(field) {
    const editor = new Editor(field, this.outbox);
    const plain = field.kind === "readonly";
    const label = element(plain ? "span" : "label", { class: "np-label", for: !plain && editor.id }, field.label);
    if (field.help) {
      const help = element("span", { class: "np-help", id: freshId("help") }, field.help);
      editor.helpId = help.id;
      editor.root.append(help);
    }
    this.editors.set(field.key, editor);
    this.root.append(element("div", { class: "np-form-line", "data-kind": field.kind }, label, editor.root));
  }

  paint() {
    const { cells, units, locked, errors } = this.model.get("values_shown");
    for (const [key, editor] of this.editors) {
      editor.set(cells[key], { unit: units[key], locked: locked.includes(key), error: errors[key], name: editor.field.label });
    }
  }

  close() {
    this.model.off("change:values_shown", this.repaint);
    this.outbox.close();
  }
}

export default {
  render({ model, el }) {
    const view = new FormView(model, el);
    return () => view.close();
  },
};
