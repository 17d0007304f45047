// The page's frame: puts results in their places, watches the connection, turns the pages.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const BEAT = 5000; // ms between two heartbeats
  const SLEPT = 30000; // ms between two beats after which the machine must have slept

  // A mailto: or download link fires `beforeunload` although the page stays; Voilà would end the
  // kernel then. This listener is the first on the window, so no other hears the event.
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  window.voila_finish = () => {};
  window.voila_heartbeat = () => {};

  // ---- results -------------------------------------------------------------------------------

  const place = (template) => {
    const { cell, last } = template.dataset;
    const slot = cell === "first" ? $(".np-slot") : $(`.np-slot[data-cell="${cell}"]`);
    slot?.replaceChildren(template.content);
    template.remove();
    if (last !== undefined) finish("An earlier part could not be computed.");
  };

  // Ends every wait: with nothing where all went well, with a reason where it did not.
  const finish = (reason = "") => {
    for (const wait of $$(".np-wait")) {
      if (!reason) wait.remove();
      else if (wait.textContent !== reason) {
        wait.textContent = reason;
        wait.classList.add("np-not-computed");
      }
    }
    const progress = $("#np-progress");
    if (progress) progress.textContent = "";
    document.body.dataset.whole = reason ? "failed" : "yes";
    beat();
  };

  // Custom elements run the moment the parser meets them: what stands before them is complete.
  customElements.define("np-ready", class extends HTMLElement {
    connectedCallback() {
      for (const template of $$("template[data-cell]")) place(template);
      this.remove();
    }
  });
  customElements.define("np-whole", class extends HTMLElement {
    connectedCallback() {
      if (document.body.dataset.whole === undefined) finish();
      this.remove();
    }
  });

  // ---- connection ----------------------------------------------------------------------------

  const kept = "What you typed is kept.";
  const words = {
    lost: `The connection to the playbook is interrupted. ${kept} It is sent as soon as the connection returns.`,
    back: "The connection has returned.",
    gone: `This page was out of touch for more than 3 minutes or rested too long, so its computation was ended. ${kept} Open it again to go on.`,
    stranger: `The playbook was started anew. ${kept} Open the link in its terminal, then this page again.`,
  };
  let state = "online";
  let lastBeat = Date.now();

  const say = (next, sentence, again) => {
    if (next === state) return;
    const online = next === "online";
    const wasOffline = state !== "online";
    state = next;
    const banner = $("#np-connection");
    banner.dataset.online = String(online);
    banner.replaceChildren();
    if (!online || wasOffline) {
      const text = document.createElement("span");
      text.textContent = sentence;
      banner.append(text);
      if (online) setTimeout(() => state === "online" && banner.replaceChildren(), 4000);
    }
    if (again) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = "reopen";
      button.textContent = "Open again";
      banner.append(button);
    }
    window.dispatchEvent(new CustomEvent("np:connection", { detail: { online } }));
  };

  const beat = async () => {
    lastBeat = Date.now();
    const { kernel, baseUrl } = document.body.dataset;
    if (document.body.dataset.whole === undefined) return; // the page is still on its way
    try {
      const address = baseUrl.replace(/voila\/$/, `playbook/api/alive/${kernel}`);
      const { status } = await fetch(address, { cache: "no-store", redirect: "manual" });
      if (status === 204) say("online", words.back);
      else if (status === 410) say("gone", words.gone, true);
      else say("stranger", words.stranger, true);
    } catch {
      if (state === "online") say("lost", words.lost);
    }
  };

  const letGo = (event) => {
    if (event.persisted) return; // the browser may show this very page again
    const data = new FormData();
    data.append("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "");
    const { kernel, baseUrl } = document.body.dataset;
    navigator.sendBeacon(`${baseUrl}api/shutdown/${kernel}`, data);
  };

  window.addEventListener("pagehide", letGo);
  window.addEventListener("online", beat);
  window.addEventListener("offline", () => say("lost", words.lost));
  document.addEventListener("visibilitychange", () => document.hidden || beat());
  setInterval(beat, BEAT);
  setInterval(() => Date.now() - lastBeat > SLEPT && beat(), 1000);

  // ---- light and dark ------------------------------------------------------------------------

  const THEMES = ["", "light", "dark"];
  const NAMES = { "": "◐ Auto", light: "○ Light", dark: "● Dark" };
  const theme = () => document.documentElement.dataset.theme ?? "";
  const showTheme = () => { $('[data-do="theme"]').textContent = NAMES[theme()]; };
  const turnTheme = () => {
    const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
    if (next) {
      localStorage.setItem("np-theme", next);
      document.documentElement.dataset.theme = next;
    } else {
      localStorage.removeItem("np-theme");
      delete document.documentElement.dataset.theme;
    }
    showTheme();
  };

  // ---- projector -----------------------------------------------------------------------------

  let shown = 0;
  // The head, then every section in which there is something to see.
  const slides = () => [$(".np-head"), ...$$(".np-section")].filter((one) => one.innerText.trim() || $("svg, canvas, img, input", one));
  const showSlide = (index) => {
    for (const one of $$("[data-shown]")) delete one.dataset.shown;
    document.body.classList.remove("np-one");
    const all = slides();
    shown = Math.max(0, Math.min(all.length - 1, index));
    document.body.classList.add("np-one");
    all[shown].dataset.shown = "";
    $(".np-pager [role=status]").textContent = `${shown + 1} of ${all.length}`;
    window.scrollTo(0, 0);
    window.dispatchEvent(new Event("resize")); // pictures fill the new width
  };
  const project = (on) => {
    document.body.classList.toggle("np-projector", on);
    $('[data-do="projector"]').setAttribute("aria-pressed", String(on));
    $(".np-pager").hidden = !on;
    if (on) showSlide(nearestSlide());
    else {
      document.body.classList.remove("np-one");
      const last = $("[data-shown]");
      for (const one of $$("[data-shown]")) delete one.dataset.shown;
      last?.scrollIntoView();
      window.dispatchEvent(new Event("resize"));
    }
  };
  const nearestSlide = () => {
    const below = slides().findIndex((one) => one.getBoundingClientRect().bottom > window.innerHeight / 3);
    return Math.max(0, below);
  };
  const projecting = () => document.body.classList.contains("np-projector");

  // ---- buttons and keys ----------------------------------------------------------------------

  const deeds = {
    reopen: () => location.reload(),
    theme: turnTheme,
    projector: () => project(!projecting()),
    leave: () => project(false),
    back: () => showSlide(shown - 1),
    forward: () => showSlide(shown + 1),
  };
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], [role=grid], [role=slider]");
  const follow = (rel) => $(`.np-foot a[rel=${rel}]`)?.click();

  document.addEventListener("click", (event) => {
    deeds[event.target.closest("[data-do]")?.dataset.do]?.();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "[") follow("prev");
    else if (event.key === "]") follow("next");
    else if (event.key === "p") deeds.projector();
    else if (!projecting()) return;
    else if (event.key === "Escape") deeds.leave();
    else if (["ArrowRight", "ArrowDown", "PageDown"].includes(event.key)) deeds.forward();
    else if (["ArrowLeft", "ArrowUp", "PageUp"].includes(event.key)) deeds.back();
    else return;
    event.preventDefault();
  });

  // The list of chapters is folded on a phone and open elsewhere.
  const narrow = window.matchMedia("(max-width: 820px)");
  const fold = () => { const list = $(".np-chapters"); if (list) list.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  new MutationObserver((_, observer) => {
    if (!$(".np-column")) return;
    observer.disconnect();
    fold();
    showTheme();
  }).observe(document, { childList: true, subtree: true });
})();
