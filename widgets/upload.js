// A file from the person's computer; too large a one is refused before it travels.

function size(count) {
  if (count < 1000) return `${count} bytes`;
  return count >= 1e6 ? `${Number((count / 1e6).toPrecision(3))} MB` : `${Number((count / 1e3).toPrecision(3))} kB`;
}

export default {
  render({ model, el }) {
    const id = `np-file-${Math.random().toString(36).slice(2, 9)}`;
    const label = document.createElement("label");
    label.className = "np-button";
    label.htmlFor = id;
    const input = document.createElement("input");
    input.type = "file";
    input.id = id;
    input.className = "np-file";
    const message = document.createElement("span");
    message.className = "np-message";
    message.setAttribute("role", "status");
    const root = document.createElement("div");
    root.className = "np np-action np-upload";
    root.append(input, label, message);
    el.append(root);

    const say = (text, failed) => {
      message.textContent = text;
      message.toggleAttribute("data-error", failed);
    };
    const paint = () => {
      label.textContent = model.get("label");
      input.accept = model.get("accept");
      say(model.get("message"), model.get("failed"));
    };
    const take = async (file) => {
      const limit = model.get("limit_bytes");
      if (file.size > limit) {
        say(`${file.name} has ${size(file.size)}; up to ${size(limit)} are taken here. Nothing was changed.`, true);
        return;
      }
      say(`Reading ${file.name} …`, false);
      model.send({ event: "file", name: file.name }, undefined, [await file.arrayBuffer()]);
    };
    input.addEventListener("change", () => {
      if (input.files.length) take(input.files[0]);
      input.value = "";
    });
    root.addEventListener("dragover", (event) => event.preventDefault());
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
    });
    const hear = (content) => content.event === "done" && paint();
    const events = "change:label change:accept change:message change:failed";
    model.on(events, paint);
    model.on("msg:custom", hear);
    paint();
    return () => {
      model.off(events, paint);
      model.off("msg:custom", hear);
    };
  },
};
