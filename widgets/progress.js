// How far a slow piece of work is; Cancel stops it between two pieces.

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "np np-action np-progress";
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const count = document.createElement("span");
    count.className = "np-quiet";
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.textContent = "Cancel";
    const message = document.createElement("span");
    message.className = "np-message";
    message.setAttribute("role", "status");
    root.append(name, bar, count, cancel, message);
    el.append(root);

    const paint = () => {
      const [done, total, running] = ["done", "total", "running"].map((key) => model.get(key));
      for (const part of [name, bar, count, cancel]) part.hidden = !running;
      name.textContent = model.get("label");
      bar.setAttribute("aria-label", model.get("label"));
      bar.max = total || 1;
      bar.value = done;
      count.textContent = `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
      message.textContent = model.get("message");
      if (!running) cancel.disabled = false;
    };
    cancel.addEventListener("click", () => {
      cancel.disabled = true;
      model.send({ event: "cancel" });
    });
    const events = "change:done change:total change:running change:label change:message";
    model.on(events, paint);
    paint();
    return () => model.off(events, paint);
  },
};
