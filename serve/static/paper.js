// Paper: what the page becomes while it is printed, and how it comes back.
//
// The browser lays out the sheets the moment `beforeprint` ends and lets no later script help, so
// the page is set to the sheet's width first and its parts fit themselves while the event lasts.
// Our own button asks them ahead (`np:paper`) and waits for their pictures.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const FIELDS = '.np-column :is(input:not([type="checkbox"], [type="radio"], [type="file"]), select, textarea)';
  const UNPRINTED = "button, .np-button, summary, script, style, [hidden], .np-file, .np-hidden, .np-noprint, .np-wait";
  const WHOLE_PX = 360; // a card up to a third of a sheet stays whole; a taller one may break
  const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
  const sheet = new CSSStyleSheet();
  const root = document.documentElement;

  const words = (selector) => $(selector)?.textContent.trim() ?? "";
  const chosen = (field) => [...field.selectedOptions].map((option) => option.textContent).join(", ");

  // An input shows what fits into it; a sheet of paper cannot be scrolled.
  const text = (field) => {
    if (field.matches("select")) return field.value === "" ? "" : chosen(field);
    if (field.type !== "date" || !field.value) return field.value;
    return DATE.format(new Date(`${field.value}T12:00`));
  };

  const writeOut = (field) => {
    const span = document.createElement("span");
    span.className = "np-typed";
    span.textContent = text(field);
    field.after(span);
  };

  const shows = (node) => {
    if (node.nodeType === Node.TEXT_NODE && !node.data.trim()) return false;
    const part = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return !part.closest(UNPRINTED) && part.checkVisibility();
  };
  const isBare = (card) => {
    if ($$("svg, canvas, img, input, select, textarea", card).some(shows)) return false;
    const walk = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (shows(walk.currentNode)) return false;
    return true;
  };

  // Whose page this is, and how far its numbers are agreed: the first thing asked about a sheet.
  const told = () => {
    const seat = $("#np-seat select");
    return {
      deal: words("#np-deal"),
      standing: [seat && `as the ${chosen(seat)} sees it`, words('.np-view [aria-pressed="true"]'),
        words(".np-saved [role=status]")].filter(Boolean).join(" · "),
      day: `Printed ${DATE.format(new Date())}`,
    };
  };

  const addHead = ({ deal, standing, day }) => {
    const head = document.createElement("p");
    head.className = "np-paper-head";
    head.append(...[deal, standing, day].filter(Boolean).map((part) => {
      const span = document.createElement("span");
      span.textContent = part;
      return span;
    }));
    $("#np-main")?.prepend(head);
  };

  // Later pages carry the same in their margins, where the browser can write there.
  const quoted = (line) => `"${line.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " ")}"`;
  const nameMargins = ({ deal, standing, day }) => {
    sheet.replaceSync(`@page {
      @top-left { content: ${quoted(deal)}; }
      @top-right { content: ${quoted(standing)}; }
      @bottom-left { content: ${quoted(`${words(".np-head h1")} · ${day}`)}; }
    }
    @page :first { @top-left { content: none; } @top-right { content: none; } }`);
  };

  const lay = () => {
    if (root.classList.contains("np-paper")) return;
    for (const card of $$(".np-card")) card.classList.toggle("np-bare", isBare(card));
    for (const field of $$(FIELDS)) writeOut(field);
    const known = told();
    addHead(known);
    nameMargins(known);
    root.classList.add("np-paper");
    for (const card of $$(".np-card")) card.classList.toggle("np-whole", card.offsetHeight < WHOLE_PX);
  };

  const clear = () => {
    root.classList.remove("np-paper");
    for (const added of $$(".np-typed, .np-paper-head")) added.remove();
    for (const card of $$(".np-card")) card.classList.remove("np-bare", "np-whole");
  };

  const print = async () => {
    lay();
    const pictures = [];
    window.dispatchEvent(new CustomEvent("np:paper", { detail: pictures }));
    await Promise.all(pictures);
    window.print();
  };

  document.adoptedStyleSheets.push(sheet);
  window.addEventListener("beforeprint", lay);
  window.addEventListener("afterprint", clear);
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-do="print"]')) print();
  });
})();
