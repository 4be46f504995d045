// Filters, the funnel, deep links and the keyboard of a report. The address after '#' holds the whole state.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const names = ["domain", "source", "language", "reason"];
  const cards = [...document.querySelectorAll("[data-row]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const number = (value) => value.toLocaleString("en-US");
  const words = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
  let current = null;

  const state = () => {
    const found = {};
    for (const name of [...names, "q"]) {
      const value = form.elements[name].value.trim();
      if (value) found[name] = value;
    }
    return found;
  };
  const matches = (row, wanted, but) =>
    names.every((name) => name === but || !wanted[name] || row[name] === wanted[name]);
  const sum = (rows) => rows.reduce((total, row) => total + row.rows, 0);

  function showCounts(wanted) {
    // What each choice would give, the other filters being as they are.
    for (const name of names) {
      const rows = data.cube.filter((row) => matches(row, wanted, name));
      const counts = new Map();
      for (const row of rows) counts.set(row[name], (counts.get(row[name]) || 0) + row.rows);
      for (const option of form.elements[name].options) {
        if (!option.value) continue;
        option.textContent = `${option.value} (${number(counts.get(option.value) || 0)})`;
      }
      form.elements[name].classList.toggle("set", Boolean(wanted[name]));
    }
    form.elements.q.classList.toggle("set", Boolean(wanted.q));
    const rows = data.cube.filter((row) => matches(row, wanted));
    const released = rows.filter((row) => row.fate === "released");
    const set = (id, value) => { document.getElementById(id).textContent = number(value); };
    set("n-released", sum(released.filter((row) => row.task === "direct")));
    set("n-refine", sum(released.filter((row) => row.task === "refine")));
    set("n-rejected", sum(rows.filter((row) => row.fate === "rejected")));
  }

  function showCards(wanted) {
    const text = (wanted.q || "").toLowerCase();
    const shown = new Set();
    for (const card of cards) {
      const fits = matches(card.dataset, wanted) && (!text || words.get(card).includes(text));
      card.hidden = !fits;
      if (fits) shown.add(card.dataset.row);
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-row]:not([hidden])");
    document.getElementById("n-shown").textContent = number(shown.size);
  }

  const svg = (kind, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  function showFunnel(wanted) {
    // Rows flow down: what a stage rejects leaves to the right, what it makes joins from the right.
    const rows = data.cube.filter((row) => matches(row, { ...wanted, reason: "" }));
    const place = new Map(data.stages.map((stage, position) => [stage.stage, position]));
    const makes = data.stages.findIndex((stage) => stage.made > 0);
    const made = sum(rows.filter((row) => row.task === "refine"));
    const lost = (stage) => rows.filter((row) => row.stage === stage);
    let now = sum(rows.filter((row) => row.task !== "refine"));
    const most = Math.max(now, now + made, 1);
    const funnel = document.getElementById("funnel");
    funnel.replaceChildren();
    for (const stage of data.stages) {
      const joined = place.get(stage.stage) === makes ? made : 0;
      const gone = lost(stage.stage);
      const rejected = sum(gone);
      const kept = now + joined - rejected;
      const scale = (value) => (100 * value) / most;
      const stays = scale(now - rejected);
      const drawing = svg("svg", { viewBox: "0 0 112 44", preserveAspectRatio: "none", "aria-hidden": "true" });
      drawing.append(svg("rect", { class: "kept", width: stays, height: 44 }));
      if (rejected) {
        const end = 15 + Math.min(24, Math.max(1.5, scale(rejected) * 0.6));
        drawing.append(svg("path", { class: "refused",
          d: `M${stays},0 L${scale(now)},0 C${scale(now)},15 ${scale(now)},15 112,15 ` +
             `L112,${end} C${stays},${end} ${stays},${end} ${stays},0 Z` }));
      }
      if (joined) {
        const start = 29 - Math.min(24, Math.max(1.5, scale(joined) * 0.6));
        drawing.append(svg("path", { class: "made",
          d: `M112,${start} C${stays},${start} ${stays},${start} ${stays},44 ` +
             `L${scale(kept)},44 C${scale(kept)},29 ${scale(kept)},29 112,29 Z` }));
      }
      const who = document.createElement("div");
      who.className = "who";
      const name = document.createElement("b");
      name.textContent = stage.stage;
      const count = document.createElement("span");
      count.className = "soft";
      count.textContent = `${number(now)} in` + (joined ? `, ${number(joined)} made` : "");
      who.append(name, count);
      const why = document.createElement("div");
      why.className = "why";
      const reasons = new Map();
      for (const row of gone) reasons.set(row.reason, (reasons.get(row.reason) || 0) + row.rows);
      for (const [reason, rowsOfIt] of [...reasons].sort((a, b) => b[1] - a[1])) {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "chip refused";
        chip.dataset.reason = reason;
        chip.textContent = `${reason.split(".").pop().replaceAll("_", " ")} ${number(rowsOfIt)}`;
        chip.title = `Show those rejected as ${reason}`;
        why.append(chip);
      }
      const line = document.createElement("div");
      line.className = "stage";
      line.dataset.stage = stage.stage;
      line.append(who, drawing, why);
      funnel.append(line);
      now = kept;
    }
    const end = document.createElement("p");
    end.className = "soft";
    end.textContent = `${number(now)} rows released`;
    funnel.append(end);
  }

  function show() {
    const wanted = state();
    showCounts(wanted);
    showCards(wanted);
    showFunnel(wanted);
  }

  function store(extra) {
    const address = new URLSearchParams({ ...state(), ...extra });
    const text = address.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  function restore() {
    const address = new URLSearchParams(location.hash.slice(1));
    for (const name of [...names, "q"]) {
      const value = address.get(name) || "";
      form.elements[name].value = value;
      if (form.elements[name].value !== value) form.elements[name].value = "";
    }
    show();
    const card = address.get("row") && document.getElementById(`row-${address.get("row")}`);
    const section = address.get("at") && document.getElementById(address.get("at"));
    if (card) open(card, true);
    if (card || section) (card || section).scrollIntoView({ block: "start" });
  }

  function open(card, wanted) {
    const opened = wanted === undefined ? !card.classList.contains("open") : wanted;
    card.classList.toggle("open", opened);
    mark(card);
    store(opened ? { row: card.id.slice(4) } : {});
  }

  function mark(card) {
    if (current) current.classList.remove("current");
    current = card;
    card.classList.add("current");
  }

  function step(by) {
    const next = cardBeside(cards, current, by);
    if (!next) return;
    mark(next);
    next.scrollIntoView({ block: "nearest" });
  }

  function stepSection(by) {
    const next = sectionBeside(by);
    store({ at: next.id });
    next.scrollIntoView({ block: "start" });
  }

  form.addEventListener("input", () => { show(); store({}); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { show(); store({}); }));
  window.addEventListener("hashchange", restore);
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("button[data-reason]");
    const place = event.target.closest("a[data-at]");
    const card = event.target.closest("[data-row]");
    if (chip) {
      form.elements.reason.value = chip.dataset.reason;
      show();
      store({ at: "refused" });
      document.getElementById("refused").scrollIntoView({ block: "start" });
    } else if (place) {
      event.preventDefault();
      store({ at: place.dataset.at });
      document.getElementById(place.dataset.at).scrollIntoView({ block: "start" });
    } else if (card && !event.target.closest("pre, a, summary") && !String(getSelection())) {
      open(card);
    }
  });
  onKeys(step, stepSection, {
    "/": () => form.elements.q.focus(),
    Enter: (event) => current && !event.target.closest("button, a") && open(current),
    x: () => form.reset(),
    Escape: () => current && open(current, false),
  });
  restore();
})();
