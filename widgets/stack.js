// Marks a table's box when the table is wider than the box, so that its rows are shown as cards.
// Gives back a function to look again after new content, and one that stops watching.

function watchFit(box, table) {
  let needed = 0;
  const look = () => {
    const width = box.clientWidth;
    if (!width || (box.hasAttribute("data-stacked") && width < needed)) return;
    box.removeAttribute("data-stacked");
    if (table.offsetWidth <= width + 1) return;
    needed = table.offsetWidth;
    box.setAttribute("data-stacked", "");
  };
  const sizes = new ResizeObserver(look);
  sizes.observe(box);
  return { look, stop: () => sizes.disconnect() };
}
