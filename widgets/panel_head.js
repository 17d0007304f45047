// What is selected on the map, above its fields, and a button that lets it go.

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "np np-panel-head";
    const words = document.createElement("h3");
    const kind = document.createElement("span");
    const name = document.createElement("span");
    words.append(kind, name);
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.kind = "bare";
    close.title = "Close (Esc)";
    close.setAttribute("aria-label", "Close what is selected");
    close.textContent = "✕";
    close.addEventListener("click", () => model.send({ event: "close" }));
    root.append(words, close);
    el.append(root);
    const paint = () => {
      kind.textContent = model.get("kind");
      name.textContent = model.get("name");
    };
    model.on("change:kind change:name", paint);
    paint();
    return () => model.off("change:kind change:name", paint);
  },
};
