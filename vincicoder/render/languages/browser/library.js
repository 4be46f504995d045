// Runs in a library's page before the library: one clock, one start of chance for every sample, and a
// page that can be wiped.
globalThis.vincicoder = (() => {
  "use strict";
  const NOW = 1735689600000; // 2025-01-01 00:00 UTC: what "today" is
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values, made) => Reflect.construct(target, values.length ? values : [NOW], made),
    apply: () => new RealDate(NOW).toString(),
    get: (target, key) => (key === "now" ? () => NOW : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = globalThis.Date;

  let state = 0;
  Math.random = function random() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  if (globalThis.Crypto) {
    Crypto.prototype.getRandomValues = function getRandomValues(array) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.random() * 256;
      return array;
    };
    Crypto.prototype.randomUUID = () => `${String(Math.random()).slice(2, 10).padEnd(8, "0")}-0000-4000-8000-0`;
  }

  const MARGIN = 8; // CSS pixels of white around a drawing
  const refuse = (reason, detail) => ({ reason, detail: String(detail) });
  const wipe = () => {
    document.head.replaceChildren();
    document.body.replaceChildren();
    for (const name of document.body.getAttributeNames()) document.body.removeAttribute(name);
    for (const name of document.documentElement.getAttributeNames()) {
      document.documentElement.removeAttribute(name);
    }
    document.title = "";
    state = 0x9e3779b9;
  };

  // `render(text, stage)` puts an <svg> into `stage`; what it throws is the sample's fault.
  const start = (render) => async (text) => {
    wipe();
    document.body.style.cssText = "margin:0;background:white";
    const stage = document.body.appendChild(document.createElement("div"));
    stage.style.cssText = `position:absolute;left:0;top:0;padding:${MARGIN}px`;
    try {
      const refusal = await render(text, stage);
      if (refusal) return refusal;
    } catch (error) {
      return refuse("render.error", (error && (error.message || error.str)) || error);
    }
    const svg = stage.querySelector("svg");
    if (!svg) return refuse("render.no_output", "the library drew nothing");
    await document.fonts.ready;
    for (const animation of document.getAnimations()) {
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
      else animation.cancel();
    }
    const box = svg.getBoundingClientRect();
    if (!(box.width > 0 && box.height > 0)) return refuse("render.no_output", "the drawing is empty");
    return {
      box: [
        Math.floor(box.x) - MARGIN,
        Math.floor(box.y) - MARGIN,
        Math.ceil(box.width) + 2 * MARGIN,
        Math.ceil(box.height) + 2 * MARGIN,
      ],
    };
  };
  return { start, refuse, wipe };
})();
0;
