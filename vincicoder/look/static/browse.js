"use strict";
// Sends the filters as they are chosen, and turns pages and rows by keyboard. The address holds the whole state.
(() => {
  const filters = document.getElementById("filters");
  const send = () => {
    for (const field of filters.elements) {
      const usual = field.name === "fate" ? field.checked && field.value === "released" : !field.value;
      if (usual || (field.name === "sort" && field.value === "sample_id")) field.disabled = true;
    }
    filters.submit();
  };
  if (filters) {
    filters.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=radio]")) send();
    });
    filters.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    // Going back restores a page whose unused fields were switched off.
    window.addEventListener("pageshow", () => {
      for (const field of filters.elements) field.disabled = false;
    });
  }
  const follow = (relation) => {
    const link = document.querySelector(`a[rel=${relation}]`);
    if (link) location.assign(link.href);
  };
  const step = (by) => {
    const cards = [...document.querySelectorAll(".card")];
    const at = cards.indexOf(document.activeElement);
    const next = cards[Math.min(Math.max(at + by, 0), cards.length - 1)];
    if (next) next.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.form.submit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const actions = {
      "/": () => document.querySelector("#q, textarea")?.focus(),
      n: () => follow("next"), p: () => follow("prev"), j: () => step(1), k: () => step(-1),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
})();
