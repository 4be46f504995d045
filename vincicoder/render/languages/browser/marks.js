// Runs in a world of its own when the page stands still: what its picture is made of. Returns the bytes of
// raster images that the document itself carries, the share of the page that shows them, the number of marks
// that could make up a mosaic, and the pixels of canvases. `STYLES` says whether styles can hold any of these.
((STYLES) => {
  const MOST = 20000, UNKNOWN = 200;
  const scale = Math.max(1, document.documentElement.scrollWidth) * Math.max(1, document.documentElement.scrollHeight);
  let decoded = 0, shown = 0, marks = 0, canvas = 0;

  const shapes = /<(?:rect|circle|ellipse|line|use|stop|path|polygon|polyline|fe\w+|text|tspan)\b/gi;
  // Returns the bytes of rasters in a text with data addresses; vector images inside are looked into once.
  const rasters = (text, deep) => {
    let bytes = 0;
    for (const match of String(text).matchAll(/data:([\w.+/-]*)([^,]{0,200}),([^"')]*)/gi)) {
      let [, kind, rest, payload] = match;
      if (/svg/i.test(kind)) {
        if (!deep) continue;
        try {
          payload = /base64/i.test(rest) ? atob(payload) : decodeURIComponent(payload);
        } catch (error) { /* as it stands */ }
        marks += Math.max(0, (payload.match(shapes) || []).length - 5);
        bytes += rasters(payload, false);
      } else if (!/^(?:text|application)\/(?:css|javascript)/i.test(kind)) {
        bytes += /base64/i.test(rest) ? payload.length * 0.75 : payload.length;
      }
    }
    return bytes;
  };
  const area = (element) => {
    const box = element.getBoundingClientRect();
    return (box.width * box.height) / scale;
  };
  const add = (bytes, element) => {
    if (bytes < 100) return;
    decoded += bytes;
    shown += area(element);
  };
  const straight = (data) => {
    const along = (data.match(/[hv]\s*-?[\d.]/gi) || []).length;
    const other = (data.match(/[lcsqta]\s*-?[\d.]/gi) || []).length;
    return along > other ? along / 2 : 0;
  };
  const isPainted = (element) => {
    try {
      const small = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      const pen = small.getContext("2d");
      pen.drawImage(element, 0, 0, 64, 64);
      return pen.getImageData(0, 0, 64, 64).data.some((value) => value > 0);
    } catch (error) {
      return true;
    }
  };
  const look = (element) => {
    const name = element.localName;
    if (name === "canvas") {
      if (area(element) > 0 && isPainted(element)) canvas += element.width * element.height;
    } else if (/^(?:img|image|feimage|video|object|embed|input|source)$/i.test(name)) {
      const source = element.currentSrc || element.src || element.data || element.poster ||
        (element.href && element.href.baseVal) || element.getAttribute("href") || "";
      if (/^blob:/i.test(source)) add(UNKNOWN, element); // its bytes cannot be asked for
      else if (/^data:/i.test(source)) add(rasters(source, true), element);
    } else if (name === "iframe" || name === "frame") {
      let inner = null;
      try { inner = element.contentDocument; } catch (error) { /* another origin */ }
      if (inner && inner.documentElement) walk(inner);
      else if (/^(?:data|blob):/i.test(element.src)) marks += element.src.length;
    } else if (/^(?:rect|circle|ellipse|line|use|stop|fe\w+)$/i.test(name)) {
      marks += 1;
    } else if (name === "path") {
      marks += straight(element.getAttribute("d") || "");
    } else if (name === "polygon" || name === "polyline") {
      const numbers = (element.getAttribute("points") || "").match(/-?[\d.]+/g) || [];
      let along = 0;
      for (let at = 2; at + 1 < numbers.length; at += 2) {
        if (numbers[at] === numbers[at - 2] || numbers[at + 1] === numbers[at - 1]) along += 1;
      }
      if (along * 4 > numbers.length) marks += along / 2;
    }
    if (element.shadowRoot) walk(element.shadowRoot);
    const leaf = element.childElementCount === 0;
    const words = leaf ? element.textContent.trim() : "";
    if (!STYLES && !(leaf && words.length <= 2)) return;
    const style = getComputedStyle(element);
    if (leaf && words.length <= 2 && !(element instanceof SVGElement)) {
      const painted = !/^(?:transparent|rgba\(0, 0, 0, 0\))$/.test(style.backgroundColor) ||
        parseFloat(style.borderTopWidth) > 0 || parseFloat(style.borderLeftWidth) > 0;
      if (painted || words.length === 1) marks += 1;
    }
    if (!STYLES) return;
    if (words.length > 20 && parseFloat(style.fontSize) < 6) marks += words.length;
    ornaments(style, element);
    for (const part of ["::before", "::after"]) {
      const pseudo = getComputedStyle(element, part);
      if (pseudo.content !== "none" && pseudo.content !== "normal") ornaments(pseudo, element);
    }
  };
  const ornaments = (style, element) => {
    for (const property of ["backgroundImage", "maskImage", "borderImageSource", "listStyleImage", "content"]) {
      const value = style[property];
      if (!value || value === "none" || value === "normal") continue;
      if (value.includes("data:")) add(rasters(value, true), element);
      if (value.includes("blob:")) add(UNKNOWN, element);
      if (value.includes("gradient(")) marks += Math.max(0, (value.match(/rgba?\(|color\(|transparent/g) || []).length - 6);
      if (value.includes("paint(")) marks += 1000;
    }
    for (const property of ["boxShadow", "textShadow", "filter", "backdropFilter"]) {
      const value = style[property];
      if (value && value !== "none") {
        add(rasters(value, false), element);
        marks += Math.max(0, (value.match(/rgba?\(|color\(/g) || []).length - 3);
      }
    }
    if (style.clipPath && style.clipPath !== "none") marks += Math.max(0, (style.clipPath.match(/[ ,]/g) || []).length / 2 - 16);
  };
  const walk = (root) => {
    const elements = root.querySelectorAll("*");
    if (elements.length > MOST) marks += elements.length;
    for (let at = 0; at < Math.min(elements.length, MOST); at += 1) {
      try { look(elements[at]); } catch (error) { /* an element that cannot be asked */ }
    }
  };
  walk(document);
  const letters = document.body ? document.body.textContent : "";
  marks += (letters.match(/[\u2580-\u25ff\u2800-\u28ff\u2b1b\u2b1c]|\ud83d[\udfe0-\udfeb]/g) || []).length;
  if (STYLES) {
    for (const sheet of document.styleSheets) {
      try {
        for (const rule of sheet.cssRules) {
          if (rule.type === 5 && /url\("?(?:data|blob):/i.test(rule.cssText)) marks += 200;
        }
      } catch (error) { /* another origin */ }
    }
  }
  return { decoded: Math.round(decoded), shown: Math.min(shown, 1), marks: Math.round(marks), canvas };
})
