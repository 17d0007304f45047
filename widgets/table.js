// A table that people edit. Joined after element.js, queue.js and fields.js.

class Row {
  constructor(host, { id, fields }) {
    this.host = host;
    this.id = id;
    this.fields = fields;
    this.root = element("tr", { role: "row", "data-row": id });
    this.editors = new Map();
    this.note = element("span", { class: "np-note" });
    for (const [i, column] of host.columns.entries()) this.addCell(column, i === 0);
    if (host.acts) this.root.append(this.makeActs());
  }

  addCell(column, first) {
    const editor = new Editor(this.fields[column.key] ?? column, this.host.outbox, this.id);
    editor.heading = column.label;
    this.editors.set(column.key, editor);
    const head = first && column.kind === "readonly";
    const cell = element(head ? "th" : "td", {
      role: head ? "rowheader" : "cell",
      scope: head && "row",
      class: column.numeric && "np-number",
      "data-label": column.label,
    }, editor.root);
    if (first) cell.append(this.note);
    if (column.help) editor.helpId = this.host.helpIds.get(column.key);
    this.root.append(cell);
  }

  makeActs() {
    const { remove, reorder } = this.host.abilities;
    const cell = element("td", { role: "cell", class: "np-row-acts" });
    const add = (sign, word, act) => {
      const button = element("button", { type: "button", "data-kind": "bare", title: word }, sign);
      button.addEventListener("click", act);
      cell.append(button);
      return button;
    };
    if (reorder) {
      this.up = add("↑", "Move up", () => this.host.move(this.id, -1));
      this.down = add("↓", "Move down", () => this.host.move(this.id, 1));
    }
    if (remove) this.gone = add("✕", "Remove", () => this.host.remove(this.id));
    return cell;
  }

  set(row, place, count) {
    const name = this.nameOf(row, place);
    this.root.toggleAttribute("data-muted", row.muted);
    this.note.textContent = row.note;
    this.note.hidden = !row.note;
    for (const [key, editor] of this.editors) {
      editor.set(row.cells[key], {
        unit: row.units[key],
        locked: row.locked.includes(key),
        error: row.errors[key],
        doubt: row.doubts[key],
        name: `${editor.heading}, ${name}`,
      });
    }
    this.up?.setAttribute("aria-label", `Move ${name} up`);
    this.down?.setAttribute("aria-label", `Move ${name} down`);
    this.gone?.setAttribute("aria-label", `Remove ${name}`);
    for (const button of [this.up, this.down, this.gone]) if (button) button.hidden = row.fixed;
    if (this.up) this.up.disabled = place === 0;
    if (this.down) this.down.disabled = place === count - 1;
  }

  nameOf(row, place) {
    const first = this.host.columns[0];
    const text = first.kind === "choice" ? first.choices[row.cells[first.key]] : row.cells[first.key];
    return typeof text === "string" && text ? text : `row ${place + 1}`;
  }
}

// A row whose cells are typed in another way than before is built anew.
function sameFields(view, row) {
  return view !== undefined && JSON.stringify(view.fields) === JSON.stringify(row.fields);
}

class TableView {
  constructor(model, el) {
    this.model = model;
    this.columns = model.get("columns_shown");
    this.abilities = model.get("abilities");
    this.acts = this.abilities.remove || this.abilities.reorder;
    this.rows = new Map();
    this.helpIds = new Map();
    this.build();
    el.append(this.root);
    this.outbox = new Outbox(model);
    this.fit = watchFit(this.root, this.table);
    this.repaint = () => this.paint();
    model.on("change:rows_shown", this.repaint);
    model.on("change:caption", this.repaint);
    this.paint();
    this.outbox.recover((entry, token) => this.resume(entry, token));
  }

  build() {
    this.caption = element("caption");
    this.body = element("tbody", { role: "rowgroup" });
    this.status = element("p", { class: "np-status", role: "status" });
    const head = element("tr", { role: "row" }, ...this.columns.map((column) => this.header(column)));
    if (this.acts) {
      const word = element("span", { class: "np-hidden" }, "Change the row");
      head.append(element("th", { role: "columnheader", scope: "col" }, word));
    }
    this.table = element("table", { class: "np-table", role: "table" },
      this.caption, element("thead", { role: "rowgroup" }, head), this.body);
    this.root = element("div", { class: "np np-table-box", "data-key": this.model.get("key") }, this.table);
    if (this.abilities.add) this.root.append(this.makeAdd());
    this.root.append(this.status);
    this.body.addEventListener("keydown", (event) => this.key(event));
    // What was said of a paste is over once somebody types again.
    this.body.addEventListener("input", () => {
      this.status.textContent = "";
      this.status.removeAttribute("data-error");
    });
    this.body.addEventListener("paste", (event) => this.paste(event));
  }

  header(column) {
    const unit = column.unit && element("span", { class: "np-unit" }, column.unit);
    const help = column.help && element("span", { class: "np-help", id: freshId("help") }, column.help);
    if (help) this.helpIds.set(column.key, help.id);
    return element("th", { role: "columnheader", scope: "col", class: column.numeric && "np-number" },
      column.label, ...[unit && " ", unit, help].filter(Boolean));
  }

  makeAdd() {
    const button = element("button", { type: "button" }, element("span", { "aria-hidden": "true" }, "+"), this.abilities.add);
    button.addEventListener("click", () => {
      const before = new Set(this.rows.keys());
      this.ask({ event: "add" }, () => {
        const fresh = [...this.rows.keys()].find((id) => !before.has(id));
        this.rows.get(fresh)?.root.querySelector("input, select, textarea")?.focus();
      });
    });
    this.addButton = button;
    return element("div", { class: "np-acts" }, button);
  }

  paint() {
    const shown = this.model.get("rows_shown");
    this.caption.textContent = this.model.get("caption");
    const ids = new Set(shown.map((row) => row.id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.root.remove();
      this.rows.delete(id);
    }
    const focused = document.activeElement;
    shown.forEach((row, place) => this.place(row, place, shown.length));
    if (focused?.isConnected && this.body.contains(focused) && document.activeElement !== focused) focused.focus();
    this.nothing?.remove();
    if (!shown.length) this.sayNothing();
    this.fit.look();
  }

  place(row, place, count) {
    if (!sameFields(this.rows.get(row.id), row)) {
      this.rows.get(row.id)?.root.remove();
      this.rows.set(row.id, new Row(this, row));
    }
    const view = this.rows.get(row.id);
    view.set(row, place, count);
    if (this.body.children[place] !== view.root) this.body.insertBefore(view.root, this.body.children[place] ?? null);
  }

  sayNothing() {
    const cell = element("td", { role: "cell", class: "np-empty", colspan: this.columns.length + (this.acts ? 1 : 0) },
      this.model.get("empty"));
    this.nothing = element("tr", { role: "row" }, cell);
    this.body.append(this.nothing);
  }

  resume(entry, token) {
    const editor = this.rows.get(entry.row)?.editors.get(entry.column);
    if (editor) editor.resume(entry.text);
    else this.sayOrphan(entry, token);
  }

  // What was typed into a row that somebody removed meanwhile is shown until it is let go.
  sayOrphan(entry, token) {
    const label = this.columns.find((column) => column.key === entry.column)?.label ?? entry.column;
    const button = element("button", { type: "button", "data-kind": "bare" }, "Let it go");
    const line = element("p", { class: "np-orphan" }, `◷ Typed but not saved: “${entry.text}” (${label}); its row is gone. `, button);
    button.addEventListener("click", () => {
      this.outbox.forget(token);
      line.remove();
    });
    this.root.append(line);
  }

  ask(content, done) {
    this.status.textContent = "";
    this.outbox.send(content, {
      slow: () => { this.status.textContent = "◷ Not sent yet: the page waits for its kernel."; },
      done: (sentence) => {
        this.status.textContent = sentence;
        this.status.toggleAttribute("data-error", Boolean(sentence));
        if (!sentence) done?.();
      },
    });
  }

  order() {
    return this.model.get("rows_shown").map((row) => row.id);
  }

  remove(id) {
    const order = this.order();
    const next = order[order.indexOf(id) + 1] ?? order[order.indexOf(id) - 1];
    this.ask({ event: "remove", row: id }, () => (this.rows.get(next)?.gone ?? this.addButton)?.focus());
  }

  move(id, step) {
    const order = this.order();
    const place = order.indexOf(id) + step;
    if (place < 0 || place >= order.length) return;
    const before = step < 0 ? order[place] : order[place + 1] ?? null;
    this.ask({ event: "move", row: id, before });
  }

  key(event) {
    const cell = event.target;
    const id = cell.closest("tr")?.dataset.row;
    const vertical = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (vertical && event.altKey && this.abilities.reorder) {
      event.preventDefault();
      this.move(id, vertical);
    } else if (vertical && cell.matches('input[type="text"]') && !event.altKey) {
      event.preventDefault();
      this.step(cell, vertical);
    } else if (event.key === "Enter" && cell.matches("input")) {
      event.preventDefault();
      this.step(cell, event.shiftKey ? -1 : 1);
    }
  }

  step(cell, by) {
    const column = cell.dataset.column;
    const cells = [...this.body.querySelectorAll(`[data-column="${CSS.escape(column)}"]:is(input, select):enabled`)];
    cells[cells.indexOf(cell) + by]?.focus();
  }

  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const one = !/[\t\n]/.test(text.trimEnd());
    if (!this.abilities.paste || (one && text.length < 20000)) return;
    event.preventDefault();
    const { paste_bytes: bytes, paste_cells: cells } = this.abilities;
    if (text.length > bytes || text.split(/[\t\n]/).length > cells + 1) {
      this.status.toggleAttribute("data-error", true);
      this.status.textContent = `A paste holds up to ${cells.toLocaleString("en")} cells and ${bytes / 1e6} MB; `
        + "use the file import for more. Nothing was pasted.";
      return;
    }
    const row = event.target.closest("tr")?.dataset.row;
    this.ask({ event: "paste", row, column: event.target.dataset.column, text });
  }

  close() {
    this.model.off("change:rows_shown", this.repaint);
    this.model.off("change:caption", this.repaint);
    this.outbox.close();
    this.fit.stop();
  }
}

export default {
  render({ model, el }) {
    const view = new TableView(model, el);
    return () => view.close();
  },
};
