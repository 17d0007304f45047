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
  // Paper has a width of its own, and the sheets are laid out as soon as the event ends.
  const events = ["beforeprint", "afterprint"];
  const anew = () => {
    needed = 0;
    look();
  };
  for (const event of events) window.addEventListener(event, anew);
  const stop = () => {
    sizes.disconnect();
    for (const event of events) window.removeEventListener(event, anew);
  };
  return { look, stop };
}
