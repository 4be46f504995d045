"use strict";
// The keyboard of a report: j and k go through the cards, n and p through the sections.

// The card so many places after the current one among those that are shown; undefined where none is.
function cardBeside(cards, current, by) {
  const shown = cards.filter((card) => !card.hidden);
  return shown[Math.min(Math.max(shown.indexOf(current) + by, 0), shown.length - 1)];
}

function sectionBeside(by) {
  const sections = [...document.querySelectorAll("main > section")];
  const below = sections.findIndex((one) => one.getBoundingClientRect().top > 90);
  const at = below < 0 ? sections.length : below;
  const here = sections[at] && sections[at].getBoundingClientRect().top < 200 ? at : at - 1;
  return sections[Math.min(Math.max(here + by, 0), sections.length - 1)];
}

// `more` are the actions of further keys; Enter keeps what it does by itself.
function onKeys(step, stepSection, more) {
  const actions = {
    j: () => step(1), ArrowRight: () => step(1), k: () => step(-1), ArrowLeft: () => step(-1),
    n: () => stepSection(1), p: () => stepSection(-1), ...more,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (!actions[event.key]) return;
    if (event.key !== "Enter") event.preventDefault();
    actions[event.key](event);
  });
}
