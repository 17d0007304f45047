// Where keys lead on a map, and how a drawing from Python comes into the page safely.

const SVG_SPACE = "http://www.w3.org/2000/svg";
const DRAWING_TAGS = new Set(["svg", "g", "rect", "path", "circle", "text", "title"]);

// The drawing as elements; only shapes and text, without scripts, addresses or styles.
function safeDrawing(text) {
  const read = new DOMParser().parseFromString(text, "image/svg+xml");
  if (read.documentElement.localName !== "svg") return null;
  const svg = document.importNode(read.documentElement, true);
  for (const node of [svg, ...svg.querySelectorAll("*")]) {
    if (!DRAWING_TAGS.has(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) {
      if (/^on|href$|^style$/i.test(name)) node.removeAttribute(name);
    }
  }
  return svg;
}

function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG_SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// The rectangle of a group's outline, in the drawing's own pixels.
function outlineOf(group) {
  const { x, y, width, height } = (group.querySelector(".pm-shape, .pm-line") ?? group).getBBox();
  return { x, y, width, height, cx: x + width / 2, cy: y + height / 2 };
}

// The arrow keys as ways on the map: with the work (forward), against it, and across the lanes.
function wayOf(key, vertical) {
  const ways = vertical
    ? { ArrowDown: "forward", ArrowUp: "back", ArrowRight: "down", ArrowLeft: "up" }
    : { ArrowRight: "forward", ArrowLeft: "back", ArrowDown: "down", ArrowUp: "up" };
  return ways[key];
}

// The step that a way leads to from `step`: along its arrows, else to the nearest on that side.
// `places` maps ids to {along, across}.
function nextStep(step, way, places) {
  const here = places.get(step.id);
  if (way === "forward" || way === "back") {
    const side = way === "forward" ? 1 : -1;
    const joined = (way === "forward" ? step.out : step.into).filter((id) => id !== step.id && places.has(id));
    const ahead = joined.filter((id) => side * (places.get(id).along - here.along) > 0);
    if (ahead.length || joined.length) return ahead[0] ?? joined[0];
    return nearest(step.id, here, places, (there) => [side * (there.along - here.along), Math.abs(there.across - here.across)]);
  }
  const side = way === "down" ? 1 : -1;
  return nearest(step.id, here, places, (there) => [side * (there.across - here.across), Math.abs(there.along - here.along)]);
}

// The nearest of those that lie on the side that `measure` counts as positive.
function nearest(id, here, places, measure) {
  let best = null;
  let least = Infinity;
  for (const [other, there] of places) {
    if (other === id) continue;
    const [ahead, aside] = measure(there);
    if (ahead > 1 && ahead + 2 * aside < least) {
      best = other;
      least = ahead + 2 * aside;
    }
  }
  return best;
}

// A drawing's legend as text with its signs: each sign is followed by its words.
function legendParts(legend) {
  return [...legend.querySelectorAll(":scope > text")].map((words) => {
    const sign = words.previousElementSibling;
    const part = element("span", { class: "np-map-sign" });
    if (sign.childElementCount) {
      const [from] = sign.getAttribute("transform").match(/[\d.]+/);
      const wide = Number(words.getAttribute("x")) - Number(from) - 6;
      const small = shape("svg", { class: "np-map", width: wide + 2, height: 20, viewBox: `-1 -10 ${wide + 2} 20` });
      sign.removeAttribute("transform");
      small.append(sign);
      part.append(small);
    }
    part.append(words.textContent);
    return part;
  });
}
