// Sentences under a heading; see notes.py.

function render({ model, el }) {
  el.classList.add("np", "np-notes");
  const heading = document.createElement("h3");
  const list = document.createElement("ul");
  const empty = document.createElement("p");
  empty.className = "np-quiet";
  el.append(heading, list, empty);

  function paint() {
    const lines = model.get("lines_shown");
    heading.textContent = model.get("title");
    heading.hidden = !model.get("title");
    empty.textContent = model.get("empty");
    empty.hidden = lines.length > 0;
    list.hidden = lines.length === 0;
    list.replaceChildren(...lines.map(item));
  }

  function item({ text, sign, glyph, word }) {
    const line = document.createElement("li");
    if (sign) {
      line.dataset.sign = sign;
      const mark = document.createElement("span");
      mark.className = "np-notes-mark";
      mark.textContent = glyph;
      mark.setAttribute("aria-hidden", "true");
      const said = document.createElement("span");
      said.className = "np-hidden";
      said.textContent = `${word}: `;
      line.append(mark, said);
    }
    line.append(document.createTextNode(text));
    return line;
  }

  model.on("change:lines_shown change:title change:empty", paint);
  paint();
  return () => model.off("change:lines_shown change:title change:empty", paint);
}

export default { render };
