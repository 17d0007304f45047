// The theme in a chart: names of colours become the page's variables, so a chart follows light, dark
// and print without being drawn again. Only a colour scale that blends needs the colours themselves.

const COLOURS = ["paper", "card", "ink", "mute", "line", "edge", "buyer", "buyer-soft", "supplier", "supplier-soft",
  "joint", "joint-soft", "open", "open-soft", "stop", "stop-soft"];

function variable(name) {
  return `var(--${name})`;
}

// The colour that a name has now, or in a given theme ("light" for files and print).
function resolver(theme) {
  const probe = document.createElement("span");
  if (theme) probe.dataset.theme = theme;
  probe.hidden = true;
  document.body.append(probe);
  const found = Object.fromEntries(COLOURS.map((name) => {
    probe.style.color = variable(name);
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return (name) => found[name];
}

function isPlain(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// A word is a colour only where Vega-Lite expects one: a field or a category may be called "buyer".
function painted(part, colour, inColour = false) {
  if (Array.isArray(part)) return part.map((item) => painted(item, colour, inColour));
  if (typeof part === "string") return inColour && COLOURS.includes(part) ? colour(part) : part;
  if (!isPlain(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => {
    const names = /(color|fill|stroke|background)$/i.test(key);
    const carries = inColour && ["value", "range", "condition", "scale"].includes(key);
    return [key, painted(value, colour, names ? true : carries)];
  }));
}

function blends(part) {
  if (Array.isArray(part)) return part.some(blends);
  if (!isPlain(part)) return false;
  return Object.entries(part).some(([key, value]) =>
    (["color", "fill", "stroke"].includes(key) && isPlain(value) && value.type === "quantitative") || blends(value));
}

function lookConfig(colour) {
  const style = getComputedStyle(document.documentElement);
  const sans = style.getPropertyValue("--sans").trim() || "sans-serif";
  const serif = style.getPropertyValue("--serif").trim() || "serif";
  const [ink, mute, line, edge] = ["ink", "mute", "line", "edge"].map(colour);
  const words = { labelColor: mute, titleColor: mute, labelFontSize: 13, titleFontSize: 13, titleFontWeight: 500 };
  return {
    background: null,
    font: sans,
    padding: 2,
    view: { stroke: null },
    axis: { ...words, gridColor: line, domainColor: edge, tickColor: edge, labelOverlap: true, titlePadding: 8, labelPadding: 5 },
    axisBand: { domain: false, ticks: false, grid: false },
    axisXBand: { labelAngle: 0 },
    axisXPoint: { labelAngle: 0 },
    legend: { ...words, labelColor: ink, orient: "top", symbolSize: 120, title: null },
    header: { labelColor: ink, titleColor: mute, labelFontSize: 14, titleFontSize: 13, labelFontWeight: 600 },
    title: { color: ink, subtitleColor: mute, font: serif, fontSize: 17, fontWeight: 600, anchor: "start", offset: 10 },
    text: { color: ink, fontSize: 13 },
    rule: { color: ink },
    line: { strokeWidth: 2.5, color: colour("buyer") },
    bar: { color: colour("buyer"), cornerRadiusEnd: 2 },
    scale: { barBandPaddingInner: 0.3, barBandPaddingOuter: 0.15 },
    point: { color: colour("buyer"), filled: true, size: 60 },
    area: { color: colour("buyer") },
    tick: { color: ink },
    range: { category: ["buyer", "supplier", "joint", "open", "stop", "mute"].map(colour) },
  };
}

function merged(base, over) {
  const both = { ...base };
  for (const [key, value] of Object.entries(over ?? {})) {
    both[key] = isPlain(value) && isPlain(both[key]) ? merged(both[key], value) : value;
  }
  return both;
}

function dressed(spec, colour) {
  const { $schema, config, usermeta, ...drawing } = spec;
  const own = painted(config ?? {}, colour);
  if (own.view) {
    delete own.view.continuousWidth;
    delete own.view.continuousHeight;
  }
  return { ...painted(drawing, colour), $schema, config: merged(lookConfig(colour), own) };
}
