// A button that can ask first, is busy while Python works, and says what came of it.

function makeAnswer(question, act, yes, no) {
  const box = element("div", { class: "np-confirm", role: "group", "aria-label": question });
  const sure = element("button", { type: "button", "data-kind": "danger" }, act);
  const back = element("button", { type: "button" }, "Cancel");
  sure.addEventListener("click", yes);
  back.addEventListener("click", no);
  box.addEventListener("keydown", (event) => event.key === "Escape" && no());
  box.append(element("span", {}, question), sure, back);
  return { box, back };
}

export default {
  render({ model, el }) {
    const button = element("button", { type: "button", class: "np-press" });
    const stale = element("span", { class: "np-stale", role: "status" });
    const message = element("span", { class: "np-message", role: "status" });
    const root = element("div", { class: "np np-action" }, button, stale, message);
    el.append(root);
    let question = null;

    const paint = () => {
      button.textContent = model.get("label");
      button.dataset.kind = model.get("kind");
      button.disabled = model.get("disabled");
      stale.textContent = model.get("stale");
      message.textContent = model.get("message");
      message.toggleAttribute("data-error", model.get("failed"));
    };
    const send = () => {
      button.setAttribute("aria-busy", "true");
      model.send({ event: "click" });
    };
    const close = () => {
      question?.remove();
      question = null;
      button.hidden = false;
      button.focus();
    };
    const press = () => {
      if (button.getAttribute("aria-busy") === "true") return;
      if (!model.get("confirm")) {
        send();
        return;
      }
      const { box, back } = makeAnswer(model.get("confirm"), model.get("label"), () => { close(); send(); }, close);
      question = box;
      button.hidden = true;
      button.after(box);
      back.focus();
    };
    const hear = (content) => content.event === "done" && button.removeAttribute("aria-busy");

    button.addEventListener("click", press);
    const events = "change:label change:kind change:disabled change:stale change:message change:failed";
    model.on(events, paint);
    model.on("msg:custom", hear);
    paint();
    return () => {
      model.off(events, paint);
      model.off("msg:custom", hear);
    };
  },
};
