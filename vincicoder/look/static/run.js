// Filters and keys of a run's answers. The address after # holds the filters and the opened answer.
const form = document.getElementById("filters");
const cards = [...document.querySelectorAll(".card")];
const names = ["domain", "language", "reason", "q"];

function read() {
  const state = new URLSearchParams(location.hash.slice(1));
  if (form) for (const name of names) form.elements[name].value = state.get(name) || "";
  const opened = state.get("row");
  for (const card of cards) card.classList.toggle("open", card.dataset.row === opened);
  mark(cards.find((card) => card.dataset.row === opened));
  show();
}

function write() {
  const state = new URLSearchParams();
  for (const name of names) if (form.elements[name].value) state.set(name, form.elements[name].value);
  const opened = document.querySelector(".card.open");
  if (opened) state.set("row", opened.dataset.row);
  history.replaceState(null, "", `#${state}`);
  show();
}

function show() {
  if (!form) return;
  const text = form.elements.q.value.toLowerCase();
  const seen = new Set();
  for (const card of cards) {
    const fits = ["domain", "language", "reason"].every((name) => {
      const wanted = form.elements[name].value;
      return !wanted || card.dataset[name] === wanted;
    });
    card.hidden = !fits || (text && !card.textContent.toLowerCase().includes(text));
    if (!card.hidden) seen.add(card.dataset.row.slice(2));
  }
  for (const name of names) form.elements[name].classList.toggle("set", Boolean(form.elements[name].value));
  for (const group of document.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector(".card:not([hidden])");
  }
  document.getElementById("n-shown").textContent = seen.size.toLocaleString("en");
}

if (form) {
  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(write));
}
function toggle(card) {
  const opens = !card.classList.contains("open");
  for (const other of cards) other.classList.toggle("open", other === card && opens);
  mark(card);
  write();
}

function mark(card) {
  for (const other of cards) other.classList.toggle("current", other === card);
}

function current() {
  return document.querySelector(".card.current:not([hidden])");
}

function step(by) {
  const next = cardBeside(cards, current(), by);
  if (!next) return;
  mark(next);
  next.scrollIntoView({ block: "nearest" });
}

for (const card of cards) {
  card.addEventListener("click", (event) => {
    if (!event.target.closest("pre") && !String(getSelection())) toggle(card);
  });
}
onKeys(step, (by) => sectionBeside(by)?.scrollIntoView({ block: "start" }), {
  "/": () => form?.elements.q.focus(),
  x: () => form?.reset(),
  Enter: (event) => current() && !event.target.closest("button, summary") && toggle(current()),
});
window.addEventListener("hashchange", read);
read();
document.querySelector(".card.open")?.scrollIntoView({ block: "center" });
