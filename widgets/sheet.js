// A table to read. Python has written every figure; here they are set in type.

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== "" && value != null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function figure(cell) {
  const text = cell.strong ? node("strong", {}, cell.text) : cell.text;
  if (cell.sign) {
    return node("span", { class: "np-sign", "data-sign": cell.sign }, node("span", { "aria-hidden": "true" }, cell.glyph), text);
  }
  return cell.party ? node("span", { class: `np-${cell.party}` }, text) : text;
}

function makeCell(cell, column, first) {
  const made = node(first ? "th" : "td", {
    role: first ? "rowheader" : "cell",
    scope: first && "row",
    class: column.numeric && !cell.sign ? "np-number" : "",
    "data-label": column.label,
  }, node("span", { class: "np-figure" }, figure(cell)));
  if (cell.note) made.append(node("span", { class: "np-note" }, cell.note));
  return made;
}

function makeRow(row, columns) {
  const cells = row.cells.map((cell, i) => makeCell(cell, columns[i], i === 0));
  return node("tr", { role: "row", "data-strong": row.strong, "data-muted": row.muted }, ...cells);
}

function makeHead(columns) {
  const heads = columns.map((column) => node("th", {
    role: "columnheader", scope: "col", class: column.numeric ? "np-number" : "",
  }, column.label, ...(column.unit ? [" ", node("span", { class: "np-unit" }, column.unit)] : [])));
  return node("thead", { role: "rowgroup" }, node("tr", { role: "row" }, ...heads));
}

function makeBody(model, columns) {
  const rows = model.get("rows_shown").map((row) => makeRow(row, columns));
  if (!rows.length) {
    const nothing = node("td", { role: "cell", class: "np-empty", colspan: columns.length }, model.get("empty"));
    rows.push(node("tr", { role: "row" }, nothing));
  }
  return node("tbody", { role: "rowgroup" }, ...rows);
}

export default {
  render({ model, el }) {
    const caption = node("caption");
    const table = node("table", { class: "np-table np-sheet", role: "table" }, caption);
    const say = node("p", { class: "np-say" });
    const box = node("div", { class: "np np-table-box" }, table, say);
    el.append(box);
    const fit = watchFit(box, table);

    const paint = () => {
      const columns = model.get("columns_shown");
      caption.textContent = model.get("caption");
      table.replaceChildren(caption, makeHead(columns), makeBody(model, columns));
      say.textContent = model.get("sentence");
      say.hidden = !say.textContent;
      say.dataset.sign = model.get("sentence_sign");
      fit.look();
    };
    const parts = ["rows_shown", "columns_shown", "caption", "sentence", "sentence_sign", "empty"];
    const events = parts.map((name) => `change:${name}`).join(" ");
    let asked = false;
    const soon = () => {
      if (asked) return;
      asked = true;
      queueMicrotask(() => { asked = false; paint(); });
    };
    model.on(events, soon);
    paint();
    return () => {
      model.off(events, soon);
      fit.stop();
    };
  },
};
