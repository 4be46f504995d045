// Draws the figure in the page's JSON; then names its element so that the picture can be taken.
(() => {
  "use strict";
  // Scenes are drawn anew in every frame, by the processor: a few frames are enough.
  window.requestAnimationFrame = (callback) => setTimeout(() => callback(performance.now()), 100);
  const box = document.getElementById("figure");
  const fail = (error) => {
    const text = String((error && error.message) || error);
    const lacking = /topojson|^Map error/.test(text); // outlines and map tiles come over the network
    document.title = lacking ? `missing map data: ${text}` : text;
  };
  try {
    const figure = JSON.parse(document.getElementById("json").textContent);
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
