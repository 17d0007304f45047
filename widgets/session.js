// The session bar: which deal, which seat, draft or tabled, saved or not, undo, news, conflicts.
//
// In the playbook's page it fills #np-deal, #np-seat, #np-bar and the chapters in #np-rail; where
// they are missing (JupyterLab) it shows the same things in place.

const SEATS = ["buyer", "supplier", "facilitator"];
const LOOK_EVERY_MS = 20000;
// In words, so that both sides read the same day whatever their browser's language.
const CLOCK = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" };
const SAVED = {
  saved: ["✓", "Saved"],
  saving: ["◌", "Saving"],
  offline: ["◷", "Offline: what you type is kept here"],
  failed: ["✕", "Not saved"],
};
const STATES = {
  agreed: ["✓", "agreed"],
  waiting: ["◷", "waiting"],
  work: ["◐", "in work"],
  overdue: ["!", "something is overdue"],
  open: ["○", "open"],
};

function button(words, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

function setText(element, words) {
  // Screen readers announce a status when its text changes, so it is not written again in vain.
  if (element.textContent !== words) element.textContent = words;
}

function makeSeat(send) {
  const select = element("select", { "aria-label": "You sit as" });
  for (const seat of SEATS) select.append(element("option", { value: seat }, seat));
  select.addEventListener("change", () => send({ event: "seat", seat: select.value }));
  const sign = element("span", { class: "np-seat-sign", "aria-hidden": "true" }, "●");
  const root = element("label", { class: "np-seat-choice" }, sign, "You sit as", select);
  const paint = (shown) => {
    root.dataset.seat = shown.seat;
    select.value = shown.seat;
    for (const option of select.options) {
      const name = shown.parties[option.value];
      setText(option, name ? `${option.value} (${name})` : option.value);
    }
  };
  return { root, paint };
}

function makeView(send) {
  const make = (view, words) => button(words, () => send({ event: "view", view }));
  const draft = make("draft", "Draft");
  const tabled = make("tabled", "Tabled");
  const root = element("div", { class: "np-view", role: "group", "aria-label": "What is shown" });
  root.append(draft, tabled);
  const paint = (shown) => {
    draft.setAttribute("aria-pressed", String(shown.view === "draft"));
    tabled.setAttribute("aria-pressed", String(shown.view === "tabled"));
    setText(draft, shown.untabled ? `Draft · ${shown.untabled} not tabled` : "Draft");
  };
  return { root, paint };
}

// A note is kept until its act was done: one that was refused is sent again with it.
function makeForgetting(note) {
  let acts = 0;
  return (shown) => {
    if (shown.acts !== acts) note.value = "";
    acts = shown.acts;
  };
}

function makeTabling(send) {
  const open = button("Table it", () => ask(true));
  const note = element("input", { type: "text", maxlength: "2000", placeholder: "Why (optional)",
    "aria-label": "Reason for the other side" });
  const form = element("form", { class: "np-tabling", hidden: true }, note,
    element("button", { type: "submit" }, "Show it to the other side"),
    button("Not yet", () => ask(false)));
  const ask = (yes) => {
    form.hidden = !yes;
    open.hidden = yes;
    (yes ? note : open).focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ event: "table", note: note.value });
    ask(false);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && ask(false));
  const root = element("div", { class: "np-table-it" }, open, form);
  const forget = makeForgetting(note);
  const paint = (shown) => {
    forget(shown);
    root.hidden = shown.untabled === 0;
  };
  return { root, paint };
}

// Agreeing is a logged act for one's whole side, so it asks before it is done.
function makeAgreeing(send) {
  const here = document.querySelector("#np-rail li:has([aria-current])")?.dataset.chapter;
  const select = element("select", { "aria-label": "Chapter" });
  const note = element("input", { type: "text", maxlength: "2000", placeholder: "Note (optional)",
    "aria-label": "Note beside your agreement" });
  const says = element("span");
  const form = element("form", { class: "np-tabling", hidden: true }, says, select, note,
    element("button", { type: "submit" }, "Agree"), button("Not yet", () => ask(false)));
  const open = button("Agree…", () => ask(true));
  const ask = (yes) => {
    form.hidden = !yes;
    open.hidden = yes;
    (yes ? select : open).focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ event: "agree", chapter: select.value, note: note.value });
    ask(false);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && ask(false));
  const root = element("div", { class: "np-agree" }, open, form);
  let seen = "";
  const forget = makeForgetting(note);
  const paint = (shown) => {
    forget(shown);
    const names = Object.keys(shown.chapters).filter((one) => shown.chapters[one].can_agree);
    root.hidden = names.length === 0;
    setText(says, `For ${shown.parties[shown.seat] || shown.seat}, to what is tabled in`);
    if (names.join() === seen) return;
    seen = names.join();
    select.replaceChildren(...names.map((one) => element("option", { value: one }, shown.chapters[one].title)));
    if (names.includes(here)) select.value = here;
  };
  return { root, paint };
}

function makeSteps(send) {
  const undo = button("↶", () => send({ event: "undo" }), { "aria-label": "Undo", title: "Undo (Ctrl+Z)" });
  const redo = button("↷", () => send({ event: "redo" }), { "aria-label": "Redo", title: "Redo (Ctrl+Shift+Z)" });
  const root = element("div", { class: "np-steps", role: "group", "aria-label": "Undo and redo" }, undo, redo);
  const paint = (shown) => {
    undo.disabled = !shown.can_undo || shown.view === "tabled";
    redo.disabled = !shown.can_redo || shown.view === "tabled";
  };
  return { root, paint };
}

function makeSaved(send) {
  const sign = element("span", { "aria-hidden": "true", class: "np-saved-sign" });
  const words = element("span", { role: "status" });
  const again = button("Try again", () => send({ event: "retry" }), { hidden: true });
  const root = element("div", { class: "np-saved" }, sign, words, again);
  const paint = (shown, online) => {
    const state = online ? shown.saved : "offline";
    const [mark, word] = SAVED[state];
    root.dataset.saved = state;
    setText(sign, mark);
    const where = shown.stored ? "" : " · not kept after this page";
    const version = state === "saved" && shown.version ? ` · version ${shown.version}` : "";
    setText(words, word + (state === "saved" ? where : "") + version);
    again.hidden = state !== "failed" || !shown.stored || shown.conflicts.length > 0;
  };
  return { root, paint };
}

function makeWords() {
  const news = element("span", { class: "np-news" });
  const message = element("span", { class: "np-message", role: "status" });
  const root = element("div", { class: "np-words" }, news, message);
  const paint = (shown) => {
    setText(news, shown.news);
    setText(message, shown.message);
  };
  return { root, paint };
}

function conflictRow(row, send) {
  const when = row.when ? new Date(row.when).toLocaleString("en-GB", CLOCK) : "";
  const who = row.by ? `Changed by ${row.by}${when ? `, ${when}` : ""}.` : "";
  const choose = (keep) => () => send({ event: "resolve", path: row.path, keep });
  return element("li", {},
    element("b", {}, row.label),
    element("p", {}, [who, row.sentence].filter(Boolean).join(" ")),
    element("div", { class: "np-choice" },
      button(`Keep mine: ${row.mine_words}`, choose("mine")),
      button(`Take theirs: ${row.theirs_words}`, choose("theirs"))));
}

function makeConflicts(send) {
  const list = element("ul");
  const id = `np-conflicts-${Math.random().toString(36).slice(2)}`;
  const title = element("h2", { id }, "The same field was changed twice");
  const dialog = element("dialog", { class: "np np-conflicts", "aria-labelledby": id }, title,
    element("p", {}, "Nothing is lost: choose which value shall stand."), list,
    button("Decide later", () => dialog.close()));
  const open = button("", () => dialog.showModal(), { class: "np-open-conflicts", hidden: true });
  const root = element("div", { class: "np-conflict-box" }, open, dialog);
  let seen = "";
  const paint = (shown) => {
    const rows = shown.conflicts;
    const key = JSON.stringify(rows);
    if (key === seen) return;
    seen = key;
    list.replaceChildren(...rows.map((row) => conflictRow(row, send)));
    open.hidden = rows.length === 0;
    setText(open, rows.length === 1 ? "! 1 field waits for your choice" : `! ${rows.length} fields wait for your choice`);
    if (rows.length === 0) dialog.close();
    else if (!dialog.open && root.isConnected) dialog.showModal();
  };
  return { root, paint };
}

function railItem(chapter) {
  return document.querySelector(`#np-rail [data-chapter="${CSS.escape(chapter)}"]`);
}

function paintRail(chapters) {
  for (const [chapter, { state, word, notes }] of Object.entries(chapters)) {
    const item = railItem(chapter);
    if (!item || item.dataset.state === "later") continue;
    const [sign, usual] = STATES[state] ?? STATES.open;
    item.dataset.state = state;
    const mark = item.querySelector(".st");
    if (mark) setText(mark, sign);
    const told = item.querySelector(".np-state");
    if (told) {
      told.classList.remove("np-hidden");
      setText(told, word || usual);
    }
    item.querySelector(".np-rail-notes")?.remove();
    if (notes.length) {
      const more = notes.length > 1 ? [element("li", {}, `and ${notes.length - 1} more`)] : [];
      item.append(element("ul", { class: "np-rail-notes", title: notes.join("\n") },
        element("li", {}, notes[0]), ...more));
    }
  }
}

// Chapters off this deal's route wait under one line at the end of the rail; they stay links.
function makeFolds() {
  const items = [...document.querySelectorAll("#np-rail li[data-chapter]")];
  const homes = new Map(items.map((item) => [item, item.parentElement]));
  const summary = element("summary");
  const list = element("ol", { "aria-label": "Not on this route" });
  const box = element("details", { class: "np-folded", hidden: true }, summary, list);
  const last = items.at(-1)?.parentElement;
  last?.after(box);
  let seen = "";
  return (folded) => {
    const key = folded.join();
    if (!last || key === seen) return;
    seen = key;
    const away = items.filter((item) => folded.includes(item.dataset.chapter)
      && !item.querySelector("[aria-current]"));
    for (const home of new Set(homes.values())) {
      const here = items.filter((item) => homes.get(item) === home && !away.includes(item));
      home.replaceChildren(...here);
      home.hidden = here.length === 0;
      const title = home.getAttribute("aria-labelledby");
      if (title) document.getElementById(title)?.toggleAttribute("hidden", home.hidden);
    }
    list.replaceChildren(...away);
    box.hidden = away.length === 0;
    setText(summary, `Not on this route (${away.length})`);
  };
}

function writing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
}

function listenForKeys(send) {
  const press = (event) => {
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (!undo || writing(event.target)) return;
    event.preventDefault();
    send({ event: event.shiftKey ? "redo" : "undo" });
  };
  // JupyterLab has its own undo for cells; only the playbook's page takes the keys.
  if (!document.getElementById("np-bar")) return () => {};
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

// Another seat is another reader: in the served page it gets a page and a computation of its own, so
// that nothing which was shown or worked out for the seat before is left behind the tables.
function makeSeatGuard() {
  let first = null;
  return ({ seat }) => {
    first ??= seat;
    if (seat === first || document.body.dataset.whole === undefined) return;
    first = seat;
    window.location.reload();
  };
}

export default {
  render({ model, el }) {
    let online = true;
    const send = (message) => model.send(message);
    const seat = makeSeat(send);
    const parts = [makeSaved(send), makeView(send), makeTabling(send), makeAgreeing(send), makeSteps(send),
      makeConflicts(send), makeWords()];
    const paintFolds = makeFolds();
    const guardSeat = makeSeatGuard();
    const title = document.getElementById("np-deal");
    const place = { seat: document.getElementById("np-seat"), bar: document.getElementById("np-bar") };
    const bar = element("div", { class: "np np-session", role: "group", "aria-label": "This deal" });
    const ownTitle = element("b", { class: "np-session-title" });

    if (!title) bar.append(ownTitle);
    if (place.seat) place.seat.replaceChildren(seat.root);
    else bar.append(seat.root);
    bar.append(...parts.map((part) => part.root));
    if (place.bar) place.bar.replaceChildren(bar);
    else el.append(bar);
    el.classList.toggle("np-session-elsewhere", Boolean(place.bar));

    const paint = () => {
      const shown = model.get("shown");
      setText(title ?? ownTitle, shown.title);
      seat.paint(shown);
      for (const part of parts) part.paint(shown, online);
      paintRail(shown.chapters);
      paintFolds(shown.folded);
      guardSeat(shown);
    };
    const connection = (event) => {
      online = event.detail?.online !== false;
      paint();
    };
    const look = () => {
      if (online && !document.hidden) send({ event: "look" });
    };
    paint();
    model.on("change:shown", paint);
    window.addEventListener("np:connection", connection);
    document.addEventListener("visibilitychange", look);
    const timer = window.setInterval(look, LOOK_EVERY_MS);
    const forgetKeys = listenForKeys(send);
    return () => {
      model.off("change:shown", paint);
      window.removeEventListener("np:connection", connection);
      document.removeEventListener("visibilitychange", look);
      window.clearInterval(timer);
      forgetKeys();
      bar.remove();
      seat.root.remove();
    };
  },
};
