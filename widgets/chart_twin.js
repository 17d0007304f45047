// The chart's twin for those who read or hear figures: a table of the same data, built when opened.

const TWIN_ROWS = 500;

function encodedFields(part, found = new Map()) {
  if (Array.isArray(part)) part.forEach((item) => encodedFields(item, found));
  else if (part && typeof part === "object") {
    if (typeof part.field === "string") {
      const known = found.get(part.field) ?? {};
      found.set(part.field, {
        title: known.title || (typeof part.title === "string" && part.title) || (typeof part.axis?.title === "string" && part.axis.title) || "",
        format: known.format || part.format || part.axis?.format || "",
      });
    }
    Object.values(part).forEach((value) => encodedFields(value, found));
  }
  return found;
}

function twinTable(name, rows, fields) {
  const present = Object.keys(rows[0] ?? {});
  const encoded = present.filter((key) => fields.has(key));
  const keys = encoded.length ? encoded : present;
  const table = document.createElement("table");
  table.createCaption().textContent = name;
  const head = table.createTHead().insertRow();
  for (const key of keys) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = fields.get(key)?.title || key.replaceAll("_", " ");
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows.slice(0, TWIN_ROWS)) {
    const line = body.insertRow();
    for (const key of keys) {
      const cell = line.insertCell();
      const value = row[key];
      cell.textContent = typeof value === "number" ? figure(value, fields.get(key)?.format) : value ?? "–";
      if (typeof value === "number") cell.className = "np-number";
    }
  }
  return table;
}

// The part of d3's number patterns that our charts use: decimals and per cent.
function figure(value, pattern = "") {
  const places = /\.(\d+)/.exec(pattern);
  const digits = places ? Number(places[1]) : pattern.includes("%") ? 1 : 6;
  const fixed = places || pattern.includes("%");
  const options = { minimumFractionDigits: fixed ? digits : 0, maximumFractionDigits: digits };
  if (!pattern.includes("%")) return value.toLocaleString("en", options);
  return `${(value * 100).toLocaleString("en", options)} %`;
}

function twin(model) {
  const fields = encodedFields(model.get("spec"));
  // A table whose name starts with "_" only helps to draw: ends of bars, the extent of an axis.
  const data = Object.entries(model.get("data"))
    .filter(([name, rows]) => rows.length && !name.startsWith("_"));
  const tables = data.map(([name, rows]) =>
    twinTable(data.length > 1 ? name : model.get("label"), rows, fields));
  return tables.length ? tables : ["There is no data yet."];
}
