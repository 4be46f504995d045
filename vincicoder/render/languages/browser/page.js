// Runs in every new document before the page's own scripts: the same page gives the same pixels,
// and nothing it stores outlives it.
(() => {
  "use strict";
  if (window === window.top && window.name) window.name = ""; // survives navigation otherwise

  // A clock that starts with the document, whole milliseconds, at 2025-01-01 00:00 UTC.
  const clock = performance.now.bind(performance);
  const origin = clock();
  const elapsed = () => Math.max(0, Math.round(clock() - origin));
  const now = () => 1735689600000 + elapsed();
  Performance.prototype.now = elapsed;
  Date.now = now;
  window.Date = new Proxy(Date, {
    construct: (target, values, made) => Reflect.construct(target, values.length ? values : [now()], made),
    apply: (target) => new target(now()).toString(),
  });
  Date.prototype.constructor = Date;
  // What the engine asks for: is anything due soon (`within`, milliseconds), and which errors did no one catch?
  const due = new Map();
  const errors = new Set();
  const schedule = window.setTimeout.bind(window);
  const repeat = window.setInterval.bind(window);
  const forget = window.clearTimeout.bind(window);
  const start = (begin, once) =>
    function (handler, delay = 0, ...values) {
      const call = typeof handler === "function" ? handler : () => (0, eval)(String(handler));
      const run = (...given) => {
        if (once) due.delete(handle);
        return Reflect.apply(call, window, given);
      };
      const wait = Math.max(0, Number(delay) || 0);
      const handle = begin(run, wait, ...values);
      due.set(handle, once ? elapsed() + wait : 0);
      return handle;
    };
  const stop = (handle) => {
    due.delete(handle);
    forget(handle);
  };
  for (const [name, value] of Object.entries({
    setTimeout: start(schedule, true),
    setInterval: start(repeat, false),
    clearTimeout: stop,
    clearInterval: stop,
  })) {
    Object.defineProperty(value, "name", { value: name });
    window[name] = value;
  }
  const note = (error) => errors.add((error && error.name) || "Error");
  window.addEventListener("error", (event) => event.error && note(event.error));
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof ReferenceError) note(event.reason); // others are of the missing network
  });
  const report = Object.freeze({
    state: (within) => ({
      busy: [...due.values()].some((moment) => moment < elapsed() + within),
      errors: [...errors].slice(0, 8).map(String),
    }),
  });
  Object.defineProperty(window, "__vincicoder", { value: report });

  // Real frames come as fast as the machine allows; these come by the page's clock.
  window.requestAnimationFrame = (callback) => schedule(() => callback(elapsed()), 16);
  window.cancelAnimationFrame = (handle) => forget(handle);

  let state = 0x9e3779b9;
  Math.random = function random() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  if (window.Crypto) {
    Crypto.prototype.getRandomValues = function getRandomValues(array) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.random() * 256;
      return array;
    };
  }

  // What is drawn is looked at afterwards (marks.js): no part of the page is closed to that.
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    return attachShadow.call(this, { ...options, mode: "open" });
  };

  // The document has an opaque origin, where the real storages refuse; a page that reads its
  // theme from localStorage must still draw. These live and die with the document.
  const memoryStorage = () => {
    const entries = new Map();
    const methods = {
      getItem: (key) => (entries.has(String(key)) ? entries.get(String(key)) : null),
      setItem: (key, value) => void entries.set(String(key), String(value)),
      removeItem: (key) => void entries.delete(String(key)),
      clear: () => entries.clear(),
      key: (index) => [...entries.keys()][index] ?? null,
    };
    return new Proxy(methods, {
      get: (target, key) =>
        key === "length" ? entries.size : key in target ? target[key] : entries.get(String(key)),
      set: (target, key, value) => (entries.set(String(key), String(value)), true),
      deleteProperty: (target, key) => (entries.delete(String(key)), true),
      has: (target, key) => key in target || entries.has(String(key)),
      ownKeys: () => [...entries.keys()],
      getOwnPropertyDescriptor: (target, key) =>
        entries.has(String(key))
          ? { value: entries.get(String(key)), enumerable: true, configurable: true, writable: true }
          : undefined,
    });
  };
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { value: memoryStorage(), configurable: true });
  }
  const cookies = new Map();
  Object.defineProperty(Document.prototype, "cookie", {
    configurable: true,
    get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    set: (text) => {
      const [name, ...value] = String(text).split(";")[0].split("=");
      cookies.set(name.trim(), value.join("=").trim());
    },
  });
})();
