// Sentences that lead to the field they are about; see outcomes_findings.py.

const PATIENCE_MS = 3000;

// The input at `path`: a form's own, a table's cell, its row, or the table that begins the path.
function fieldOf(path) {
  const esc = CSS.escape;
  const input = document.querySelector(`.np-form [data-column="${esc(path)}"]`);
  if (input) return input;
  const parts = path.split(".");
  const table = document.querySelector(`[data-key="${esc(parts.slice(0, 2).join("."))}"]`);
  if (!table || parts.length < 3) return table?.querySelector("button") ?? table;
  const row = table.querySelector(`tr[data-row="${esc(parts[2])}"]`);
  return row?.querySelector(`[data-column="${esc(parts[3] ?? "")}"]`) ?? row?.querySelector("input, select");
}

// A form of another measure is still on its way: its field is asked for until it is there.
function goTo(path, inForm, began = performance.now()) {
  const late = performance.now() - began > PATIENCE_MS;
  const exact = document.querySelector(`.np-form [data-column="${CSS.escape(path)}"]`);
  const found = exact ?? (inForm && !late ? null : fieldOf(path));
  if (found) {
    found.scrollIntoView({ block: "center" });
    found.focus();
  } else if (!late) {
    requestAnimationFrame(() => goTo(path, inForm, began));
  }
}

function render({ model, el }) {
  el.classList.add("np", "np-notes", "np-pointers");
  const heading = document.createElement("h3");
  const list = document.createElement("ul");
  const empty = document.createElement("p");
  el.append(heading, list, empty);

  function item({ path, text }) {
    const line = document.createElement("li");
    line.dataset.sign = "work";
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.kind = "link";
    const mark = document.createElement("span");
    mark.className = "np-notes-mark";
    mark.textContent = "◐";
    mark.setAttribute("aria-hidden", "true");
    button.append(mark, document.createTextNode(text));
    button.addEventListener("click", () => {
      model.send({ event: "follow", path });
      goTo(path, path.startsWith("outcomes.measures.") && path.split(".").length > 3);
    });
    line.append(button);
    return line;
  }

  function paint() {
    const lines = model.get("lines");
    heading.textContent = lines.length ? `${model.get("title")} (${lines.length})` : model.get("title");
    empty.textContent = model.get("empty");
    empty.hidden = lines.length > 0;
    list.hidden = lines.length === 0;
    list.replaceChildren(...lines.map(item));
  }

  model.on("change:lines", paint);
  paint();
  return () => model.off("change:lines", paint);
}

export default { render };
