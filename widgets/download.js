// A file made by Python when asked for, handed over through a blob: nothing is fetched.

function handOver(filename, buffer) {
  const bytes = buffer instanceof DataView ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : buffer;
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.type = "button";
    const message = document.createElement("span");
    message.className = "np-message";
    message.setAttribute("role", "status");
    message.toggleAttribute("data-error", true);
    const root = document.createElement("div");
    root.className = "np np-action";
    root.append(button, message);
    el.append(root);
    let mine = "";

    const paint = () => {
      button.textContent = model.get("label");
      message.textContent = model.get("message");
    };
    const hear = (content, buffers) => {
      if (content.event !== "file" || content.token !== mine) return;
      button.removeAttribute("aria-busy");
      if (content.filename) handOver(content.filename, buffers[0]);
    };
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-busy") === "true") return;
      button.setAttribute("aria-busy", "true");
      mine = crypto.getRandomValues(new Uint32Array(2)).join("-");
      model.send({ event: "make", token: mine });
    });
    model.on("change:label change:message", paint);
    model.on("msg:custom", hear);
    paint();
    return () => {
      model.off("change:label change:message", paint);
      model.off("msg:custom", hear);
    };
  },
};
