// Returns the letters beyond Latin that a page shows, and whether it has a font of its own.
(() => {
  const rare = /[^\u0000-\u02ff]/;
  let shown = document.body ? document.body.innerText : "";
  for (const text of document.querySelectorAll("svg text")) shown += text.textContent;
  for (const field of document.querySelectorAll("input,textarea")) shown += field.value + field.placeholder;
  const styles = [...document.styleSheets].some((sheet) => {
    try {
      return [...sheet.cssRules].some((rule) => /content:/.test(rule.cssText) && rare.test(rule.cssText));
    } catch (error) {
      return false;
    }
  });
  if (styles) {
    for (const element of document.querySelectorAll("body *")) {
      if (!element.getClientRects().length) continue;
      for (const part of ["::before", "::after"]) shown += getComputedStyle(element, part).content;
    }
  }
  const letters = [...new Set(shown.match(/[^\u0000-\u02ff]/gu) || [])].slice(0, 5000).join("");
  return { letters, own: [...document.fonts].some((face) => face.status === "loaded") };
})()
