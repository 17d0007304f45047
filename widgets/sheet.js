// A table to read. Python has written every figure; here they are set in type. Joined after element.js.

function figure(cell) {
  const text = cell.strong ? element("strong", {}, cell.text) : cell.text;
  if (cell.sign) {
    return element("span", { class: "np-sign", "data-sign": cell.sign }, element("span", { "aria-hidden": "true" }, cell.glyph), text);
  }
  return cell.party ? element("span", { class: `np-${cell.party}` }, text) : text;
}

function makeCell(cell, column, first) {
  const made = element(first ? "th" : "td", {
    role: first ? "rowheader" : "cell",
    scope: first && "row",
    class: column.numeric && !cell.sign && "np-number",
    "data-label": column.label || null,
  }, element("span", { class: "np-figure" }, figure(cell)));
  if (cell.note) made.append(element("span", { class: "np-note" }, cell.note));
  return made;
}

function makeRow(row, columns) {
  const cells = row.cells.map((cell, i) => makeCell(cell, columns[i], i === 0));
  return element("tr", { role: "row", "data-strong": row.strong, "data-muted": row.muted }, ...cells);
}

function makeHead(columns) {
  const heads = columns.map((column) => element("th", {
    role: "columnheader", scope: "col", class: column.numeric && "np-number",
  }, column.label, ...(column.unit ? [" ", element("span", { class: "np-unit" }, column.unit)] : [])));
  return element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
}

function makeBody(model, columns) {
  const rows = model.get("rows_shown").map((row) => makeRow(row, columns));
  if (!rows.length) {
    const nothing = element("td", { role: "cell", class: "np-empty", colspan: columns.length }, model.get("empty"));
    rows.push(element("tr", { role: "row" }, nothing));
  }
  return element("tbody", { role: "rowgroup" }, ...rows);
}

export default {
  render({ model, el }) {
    const caption = element("caption");
    const table = element("table", { class: "np-table np-sheet", role: "table" }, caption);
    const say = element("p", { class: "np-say" });
    const box = element("div", { class: "np np-table-box" }, table, say);
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
