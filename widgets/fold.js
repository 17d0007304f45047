// The line one presses to unfold a part; Python shows and hides the part itself.

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "np np-fold-line";
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.kind = "bare";
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    button.append(sign, words);
    root.append(button);
    el.append(root);

    const paint = () => {
      words.textContent = model.get("label");
      sign.textContent = model.get("is_open") ? "▾" : "▸";
      button.setAttribute("aria-expanded", String(model.get("is_open")));
    };
    button.addEventListener("click", () => model.send({ event: "toggle" }));
    model.on("change:label change:is_open", paint);
    paint();
    return () => model.off("change:label change:is_open", paint);
  },
};
