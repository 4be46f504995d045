// Draws the bokeh document in the page's JSON; then names its element so that the picture can be taken.
(() => {
  "use strict";
  const box = document.getElementById("figure");
  const fail = (error) => {
    const text = String((error && error.message) || error);
    document.title = /Failed to fetch|NetworkError|tile/i.test(text) ? `missing map data: ${text}` : text;
  };
  try {
    const text = document.getElementById("json").textContent;
    const item = JSON.parse(text);
    if (/WMTSTileSource|BBoxTileSource|QUADKEYTileSource|TMSTileSource|ImageURL\b/.test(text)) {
      throw new Error("missing pictures: map tiles and images at an address come over the network");
    }
    if (/"(?:stretch|scale)_(?:width|both)"/.test(text)) Object.assign(box.style, { display: "block", width: "800px" });
    if (/"(?:stretch|scale)_(?:height|both)"/.test(text)) box.style.height = "600px";
    Bokeh.embed.embed_item(item, "figure").then(() => {
      const page = Bokeh.documents[Bokeh.documents.length - 1];
      const done = () => {
        box.id = drawn;
      };
      if (page.is_idle) done();
      else page.idle.connect(done);
    }, fail);
  } catch (error) {
    fail(error);
  }
})();
