// Runs before the first paint: the reader's own choice of light or dark, if there is one.
"use strict";
(() => {
  const choice = localStorage.getItem("np-theme");
  if (choice) document.documentElement.dataset.theme = choice;
})();
