// A chart fills its card. One plot takes the width as it is; plots side by side share it, and stand
// one under the other where they would become too narrow to read.

const NARROWEST = 110;

function sideBySide(spec) {
  if (spec.hconcat) return spec.hconcat.length;
  if (spec.concat) return Math.min(spec.columns ?? spec.concat.length, spec.concat.length);
  return 0;
}

function isFacet(spec) {
  return Boolean(spec.facet || spec.repeat || spec.encoding?.column || spec.encoding?.facet || spec.encoding?.row);
}

function isSingle(spec) {
  return !sideBySide(spec) && !spec.vconcat && !isFacet(spec);
}

function withHeight(spec, height) {
  if (height == null) return spec;
  if (spec.spec) return { ...spec, spec: { ...spec.spec, height } };
  return isSingle(spec) || spec.encoding ? { ...spec, height } : spec;
}

function eachPlot(spec, width) {
  const inner = (plot) => eachPlot(plot, width);
  for (const kind of ["hconcat", "vconcat", "concat"]) {
    if (spec[kind]) return { ...spec, [kind]: spec[kind].map(inner) };
  }
  return spec.spec ? { ...spec, spec: inner(spec.spec) } : { ...spec, width };
}

// How many categories stand beside each other, as the data tell.
function facetColumns(spec, data) {
  const by = spec.encoding?.column ?? spec.encoding?.facet ?? spec.facet?.column ?? spec.facet;
  if (!by?.field) return 1;
  const rows = data[(spec.data ?? {}).name] ?? Object.values(data)[0] ?? [];
  const count = new Set(rows.map((row) => row[by.field])).size || 1;
  return Math.min(by.columns ?? spec.columns ?? count, count);
}

function stacked(spec, columns) {
  const { encoding, facet } = spec;
  if (spec.hconcat) {
    const { hconcat, ...rest } = spec;
    return { ...rest, vconcat: hconcat };
  }
  if (encoding?.column) {
    const { column, ...others } = encoding;
    return { ...spec, encoding: { ...others, facet: { ...column, columns } } };
  }
  if (encoding?.facet) return { ...spec, encoding: { ...encoding, facet: { ...encoding.facet, columns } } };
  if (facet?.column && !facet.row) return { ...spec, facet: facet.column, columns };
  return { ...spec, columns };
}

// The drawing for this width. `measure` draws a trial and says how wide it became.
async function fitted(spec, data, width, measure) {
  if (isSingle(spec)) return { ...spec, width, autosize: { type: "fit-x", contains: "padding" } };
  let columns = sideBySide(spec) || (spec.vconcat ? 1 : facetColumns(spec, data));
  let shape = spec;
  const trial = await measure(eachPlot(shape, NARROWEST));
  let around = trial - columns * NARROWEST;
  if (columns > 1 && width < around + columns * NARROWEST) {
    columns = spec.hconcat ? 1 : Math.max(1, Math.floor((width - 60) / (NARROWEST + 30)));
    shape = stacked(spec, columns);
    around = (await measure(eachPlot(shape, NARROWEST))) - columns * NARROWEST;
  }
  return eachPlot(shape, Math.max(60, Math.floor((width - around - 2) / columns)));
}
