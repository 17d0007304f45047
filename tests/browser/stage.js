// The page's half of stage.py: a model as anywidget gives it to a front end.

const models = new Map();

function bytes(text) {
  const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new DataView(raw.buffer);
}

function text(buffer) {
  let out = "";
  for (const byte of new Uint8Array(buffer)) out += String.fromCharCode(byte);
  return btoa(out);
}

class Model {
  constructor(id, state) {
    this.id = id;
    this.state = state;
    this.heard = [];
  }

  get(key) {
    return this.state[key];
  }

  on(names, act) {
    for (const name of names.split(" ")) this.heard.push({ name, act });
  }

  off(names, act) {
    const list = names.split(" ");
    this.heard = this.heard.filter((h) => !(list.includes(h.name) && h.act === act));
  }

  fire(name, ...rest) {
    for (const h of this.heard.filter((one) => one.name === name)) h.act(...rest);
  }

  async send(content, _callbacks, buffers = []) {
    window.stageDeliver(await window.stageSend(this.id, content, buffers.map(text)));
  }
}

window.stageDeliver = (messages) => {
  for (const { id, content, buffers } of messages) {
    const model = models.get(id);
    if (content.method === "update") {
      Object.assign(model.state, content.state);
      for (const key of Object.keys(content.state)) model.fire(`change:${key}`);
    } else if (content.method === "custom") {
      model.fire("msg:custom", content.content, buffers.map(bytes));
    }
  }
};

window.stageStyle = (css) => {
  const style = document.createElement("style");
  style.textContent = `${css}\nbody { background: var(--paper); margin: 20px; } main > div { margin-bottom: 20px; }`;
  document.head.append(style);
};

window.stageShow = async ({ id, state, box }) => {
  const model = new Model(id, state);
  models.set(id, model);
  const style = document.createElement("style");
  style.textContent = state._css ?? "";
  document.head.append(style);
  const el = document.createElement("div");
  el.className = box;
  el.id = id;
  document.querySelector("main").append(el);
  const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const module = await import(address);
  await module.default.render({ model, el });
};
