// The list of deals: a table with a link, and acts that ask before anything is lost.
// Joined after element.js and stack.js.

const ROUTE = /\/deal\/[^/]+\/[^/]*$/;
const HEADS = ["Deal", "State", "Next gate", "Signing", "Last change", "Acts"];

function routed() {
  return ROUTE.test(window.location.pathname);
}

function address(id) {
  return `../${encodeURIComponent(id)}/00_start.ipynb`;
}

function button(text, label, act, kind = "bare") {
  const made = element("button", { type: "button", "data-kind": kind, "aria-label": label || null }, text);
  made.addEventListener("click", act);
  return made;
}

function cell(label, ...children) {
  return element("td", { role: "cell", "data-label": label }, ...children);
}

function title(model, card, here) {
  const name = element("strong", {}, card.title);
  if (here) return [name, element("span", { class: "np-note" }, `${card.parties} · open here`)];
  const link = routed()
    ? element("a", { href: address(card.id) }, name)
    : button(card.title, `Open ${card.title}`, () => model.send({ event: "open", deal: card.id }));
  return [link, element("span", { class: "np-note" }, card.parties)];
}

function acts(model, card, here) {
  const box = element("div", { class: "np-deal-acts" });
  const rest = () => {
    const copy = button("Copy", `Copy ${card.title}`, () => model.send({ event: "copy", deal: card.id }));
    const remove = button("Delete…", `Delete ${card.title}`, () => ask(true));
    box.replaceChildren(copy, ...(here ? [] : [remove]));
  };
  const ask = () => {
    const sure = button("Delete for good", `Delete ${card.title} for good`,
      () => model.send({ event: "delete", deal: card.id }), "danger");
    const keep = button("Keep it", `Keep ${card.title}`, () => {
      rest();
      box.querySelector("button:last-child").focus();
    });
    const question = element("p", { role: "alert", class: "np-note" },
      `Delete “${card.title}” with its whole history? Only a backup brings it back.`);
    box.replaceChildren(question, keep, sure);
    keep.focus();
  };
  rest();
  return box;
}

function row(model, card) {
  const here = card.id === model.get("here");
  const sign = element("span", { class: "np-sign", "data-sign": card.sign || null },
    element("span", { "aria-hidden": "true" }, card.glyph), card.state);
  return element("tr", { role: "row" },
    element("th", { role: "rowheader", scope: "row", "data-label": HEADS[0] }, ...title(model, card, here)),
    cell(HEADS[1], sign), cell(HEADS[2], card.gate), cell(HEADS[3], card.signing),
    cell(HEADS[4], card.touched), cell(HEADS[5], acts(model, card, here)));
}

function render({ model, el }) {
  const body = element("tbody", { role: "rowgroup" });
  const heads = HEADS.map((text) => element("th", { role: "columnheader", scope: "col" }, text));
  const table = element("table", { class: "np-table np-sheet", role: "table" },
    element("caption", {}, "Deals on this machine"),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)), body);
  const said = element("p", { role: "status", class: "np-quiet" });
  const box = element("div", { class: "np np-table-box np-deals" }, table, said);
  el.append(box);
  const fit = watchFit(box, table);

  const paint = () => {
    const cards = model.get("cards_shown");
    const nothing = element("tr", { role: "row" }, element("td", { role: "cell", colspan: HEADS.length, class: "np-empty" },
      "No deal is stored yet. Create one below, or open a sample."));
    body.replaceChildren(...(cards.length ? cards.map((card) => row(model, card)) : [nothing]));
    said.textContent = model.get("message");
    said.hidden = !model.get("message");
    fit.look();
  };
  const go = (message) => {
    if (message?.event !== "go") return;
    if (routed()) window.location.assign(address(message.deal));
    else model.send({ event: "open", deal: message.deal });
  };
  model.on("change:cards_shown change:here change:message", paint);
  model.on("msg:custom", go);
  paint();
  return () => {
    model.off("change:cards_shown change:here change:message", paint);
    model.off("msg:custom", go);
    fit.stop();
  };
}

export default { render };
