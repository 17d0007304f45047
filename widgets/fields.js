// What a table and a form share: an editor for one field, and the outbox that sends what was typed.
// Joined after element.js and queue.js, so their functions are in scope.

const SLOW_ANSWER_MS = 4000;
let lastId = 0;

function freshId(stem) {
  lastId += 1;
  return `np-${stem}-${lastId}-${Math.random().toString(36).slice(2, 7)}`;
}

// Sends what a person did and hears the answer. Whether the page has lost its kernel is not told to
// a widget; an answer that does not come is. An edit waits in the unsent queue until it is saved.
class Outbox {
  constructor(model) {
    this.model = model;
    this.control = model.get("key");
    this.waiting = new Map();
    this.hear = (message) => {
      if (message.event === "answer") this.answer(message);
      if (message.event === "saved") message.tokens.forEach((token) => this.forget(token));
    };
    model.on("msg:custom", this.hear);
  }

  // Gives what an earlier page could not save to `found`.
  recover(found) {
    const queue = this.model.get("queue");
    if (queue) pending(queue, this.control).forEach((entry) => found(entry.value, entry.id));
  }

  remember({ event, row, column, text }) {
    const queue = this.model.get("queue");
    if (event !== "edit" || !queue) return crypto.getRandomValues(new Uint32Array(2)).join("-");
    return enqueue(queue, { control: this.control, path: `${row ?? ""}/${column}`, value: { row, column, text } });
  }

  forget(token) {
    const queue = this.model.get("queue");
    if (token && queue) acknowledge(queue, token);
  }

  send(content, hooks) {
    const token = this.remember(content);
    const timer = setTimeout(() => hooks.slow?.(), SLOW_ANSWER_MS);
    this.waiting.set(token, { timer, hooks });
    this.model.send({ ...content, token });
    return token;
  }

  answer({ token, sentence, saved }) {
    const waiting = this.waiting.get(token);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(token);
    if (!sentence && saved) this.forget(token);
    waiting.hooks.done(sentence);
  }

  close() {
    this.model.off("msg:custom", this.hear);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }
}

// One field: its input, unit, error and "not sent yet". `row` is null in a form.
class Editor {
  constructor(field, outbox, row = null) {
    this.field = field;
    this.outbox = outbox;
    this.row = row;
    this.id = freshId("field");
    this.shown = null;
    this.refused = "";
    this.token = "";
    this.sending = false;
    this.input = this.makeInput();
    this.unit = element("span", { class: "np-unit", id: `${this.id}-unit` });
    this.error = element("span", { class: "np-error", id: `${this.id}-error`, role: "alert", hidden: true });
    this.unsent = element("span", { class: "np-unsent", role: "status", hidden: true }, "not sent yet");
    this.instead = element("button", { type: "button", class: "np-instead", hidden: true });
    const line = element("span", { class: "np-field-line" }, this.input, this.unit);
    this.root = element("span", { class: "np-field", "data-kind": field.kind }, line, this.error, this.instead, this.unsent);
    this.listen();
  }

  makeInput() {
    const { kind, width } = this.field;
    const attributes = { id: this.id, autocomplete: "off", "data-column": this.field.key };
    if (kind === "readonly") return element("span", { ...attributes, class: "np-value", autocomplete: null });
    if (kind === "choice") return this.makeSelect(attributes);
    if (kind === "bool") return element("input", { ...attributes, type: "checkbox" });
    if (kind === "textarea") return element("textarea", { ...attributes, rows: 3 });
    const type = kind === "date" ? "date" : "text";
    const placeholder = kind === "month" ? "YYYY-MM" : null;
    const input = element("input", { ...attributes, type, placeholder, spellcheck: kind === "text" ? null : "false" });
    if (this.field.numeric) input.setAttribute("inputmode", "decimal");
    if (width) input.style.width = width;
    return input;
  }

  makeSelect(attributes) {
    const options = this.field.choices.map((label, i) => element("option", { value: i }, label));
    const blank = element("option", { value: "" }, "–");
    const select = element("select", attributes, blank, ...options);
    if (this.field.width) select.style.width = this.field.width;
    return select;
  }

  listen() {
    const { kind } = this.field;
    if (kind === "readonly") return;
    this.instead.addEventListener("click", () => {
      this.restore();
      this.input.focus();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.refused) this.restore();
    });
    if (kind === "choice" || kind === "bool") {
      this.input.addEventListener("change", () => this.commit());
      return;
    }
    this.input.addEventListener("blur", () => this.commit());
    if (this.field.numeric) this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("keydown", (event) => {
      const plainEnter = event.key === "Enter" && (kind !== "textarea" || event.ctrlKey);
      if (plainEnter) this.commit();
      if (event.key === "Escape") this.restore();
    });
  }

  get typed() {
    return this.field.kind === "bool" ? this.input.checked : this.input.value;
  }

  get touched() {
    return this.shown !== null && this.typed !== this.shown;
  }

  put(value) {
    if (this.field.kind === "readonly") this.input.textContent = value === true ? "yes" : value || "";
    else if (this.field.kind === "bool") this.input.checked = value;
    else this.input.value = value;
  }

  // A new value from Python; a text that is being typed, sent or corrected stays.
  set(value, { unit, locked, error, doubt, name }) {
    const untouched = !this.touched;
    this.shown = value;
    if (untouched && !this.refused) this.put(value);
    this.unit.textContent = this.field.kind === "bool" || value === "" && this.field.kind === "readonly" ? "" : unit;
    if (this.field.kind !== "readonly") {
      this.lock(locked);
      this.input.setAttribute("aria-label", unit ? `${name}, ${unit}` : name);
    }
    this.told = error || "";
    this.doubt = doubt || "";
    this.mark();
  }

  // A locked text can still be focused, read and copied.
  lock(locked) {
    this.locked = locked;
    if (this.input.matches("select, [type=checkbox], [type=date]")) this.input.disabled = locked;
    else this.input.readOnly = locked;
  }

  commit() {
    if (!this.touched && !this.refused) return;
    if (!this.touched) {
      this.restore();
      return;
    }
    if (this.sending === this.typed || (this.refused && this.refusedText === this.typed)) return;
    this.post(this.typed);
  }

  post(text) {
    this.sending = text;
    this.token = this.outbox.send({ event: "edit", row: this.row, column: this.field.key, text }, {
      slow: () => { this.unsent.hidden = false; },
      done: (sentence) => this.answered(text, sentence),
    });
  }

  // What an earlier page could not save is sent again, and shown meanwhile.
  resume(text) {
    if (this.field.kind === "readonly" || this.locked || this.sending !== false) return;
    this.put(text);
    this.post(text);
  }

  answered(text, sentence) {
    this.sending = false;
    this.unsent.hidden = true;
    this.refused = sentence;
    this.refusedText = sentence ? text : null;
    if (!sentence) {
      this.token = "";
      if (this.typed === text) this.put(this.shown);
    }
    this.mark();
  }

  restore() {
    this.outbox.forget(this.token);
    this.token = "";
    this.refused = "";
    this.refusedText = null;
    this.put(this.shown);
    this.mark();
  }

  // The way back from a refused text, which may have been typed on an earlier visit to the page.
  offer() {
    this.instead.hidden = !this.refused;
    if (!this.refused) return;
    const { kind, choices } = this.field;
    const unit = kind === "bool" ? "" : this.unit.textContent;
    const words = kind === "choice" ? choices[this.shown] : kind === "bool" ? (this.shown ? "yes" : "no") : this.shown;
    const brief = words && words.length > 40 ? `${words.slice(0, 39)}…` : words;
    this.instead.textContent = brief ? `Keep ${brief}${unit ? ` ${unit}` : ""} instead` : "Leave it empty instead";
  }

  mark() {
    this.offer();
    const wrong = this.refused || this.told || "";
    const sentence = wrong || this.doubt || "";
    if (this.error.textContent !== sentence) this.error.textContent = sentence;
    this.error.hidden = !sentence;
    this.error.toggleAttribute("data-doubt", Boolean(sentence && !wrong));
    if (this.field.kind === "readonly") return;
    if (wrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    const about = [sentence && this.error.id, this.helpId].filter(Boolean).join(" ");
    if (about) this.input.setAttribute("aria-describedby", about);
    else this.input.removeAttribute("aria-describedby");
  }
}
