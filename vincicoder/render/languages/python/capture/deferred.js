// Draws the figure in the page's JSON; then names its element so that the picture can be taken.
(() => {
  "use strict";
  // Scenes are drawn anew in every frame, by the processor: a few frames are enough.
  window.requestAnimationFrame = (callback) => setTimeout(() => callback(performance.now()), 100);
  const box = document.getElementById("figure");
  // What plotly leaves out without a word: pictures at an address.
  const outside = (source) => typeof source === "string" && source !== "" && !/^data:/i.test(source.trim());
  const missingPicture = (figure) => {
    const layout = figure.layout || {};
    const template = (layout.template && layout.template.layout) || {};
    const shown = [...(layout.images || []), ...(template.images || []), ...(figure.data || [])];
    const found = shown.find((picture) => picture && outside(picture.source));
    return found ? found.source : "";
  };
  const fail = (error) => {
    const text = String((error && error.message) || error);
    const lacking = /topojson|^Map(box)? error/.test(text); // outlines and map tiles come over the network
    document.title = lacking ? `missing map data: ${text}` : text;
  };
  try {
    const figure = JSON.parse(document.getElementById("json").textContent);
    const picture = missingPicture(figure);
    if (picture) throw new Error(`missing picture: ${picture.slice(0, 200)}`);
    if (formula && !window.MathJax) throw new Error(`missing MathJax, which draws the formula ${formula}`);
    const layout = { ...figure.layout, ...size };
    box.style.width = `${size.width}px`;
    box.style.height = `${size.height}px`;
    Plotly.newPlot(box, figure.data, layout, { displayModeBar: false }).then(() => {
      box.id = drawn;
    }, fail);
  } catch (error) {
    fail(error);
  }
})();
