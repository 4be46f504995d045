// Draws the charts in the page's JSON, one below the other; then names their element so that the picture can be taken.
(() => {
  "use strict";
  const box = document.getElementById("figure");
  const fail = (error) => {
    document.title = String((error && error.message) || error);
  };
  // What other packages than ECharts draw, or data that come over the network.
  const known =
    "bar boxplot candlestick chord custom effectScatter funnel gauge graph heatmap line lines parallel pictorialBar " +
    "pie radar sankey scatter sunburst themeRiver tree treemap";
  const check = (part) => {
    if (!part || typeof part !== "object") return;
    for (const series of [part.series].flat()) {
      const type = series && series.type;
      if (type === "map") throw new Error(`missing map data: the outlines of ${series.mapType || series.map}`);
      if (type && !known.split(" ").includes(type)) throw new Error(`missing ECharts extension: ${type}`);
    }
    for (const geo of [part.geo].flat()) {
      if (geo && geo.map) throw new Error(`missing map data: the outlines of ${geo.map}`);
    }
    if (/https?:\/\//.test(JSON.stringify([part.graphic, part.series]) || "")) {
      const found = JSON.stringify([part.graphic, part.series]).match(/image:\/\/https?:[^"]{1,200}/);
      if (found) throw new Error(`missing picture: ${found[0]}`);
    }
    check(part.baseOption);
    (part.options || []).forEach(check);
  };
  const still = (part) => {
    part.animation = false;
    if (part.baseOption) still(part.baseOption);
    (part.options || []).forEach(still);
    if (part.timeline) part.timeline.autoPlay = false;
    for (const series of [part.series].flat()) if (series) series.animation = false;
  };
  const draw = (chart) =>
    new Promise((resolve, reject) => {
      const place = document.createElement("div");
      Object.assign(place.style, { width: chart.width, height: chart.height, background: chart.background });
      if (/%$/.test(chart.width)) place.style.width = "900px";
      if (/%$/.test(chart.height)) place.style.height = "500px";
      box.append(place);
      const option = (0, eval)(`(${chart.options})`);
      check(option);
      still(option);
      if (!["white", "light", "dark"].includes(chart.theme)) throw new Error(`missing theme: ${chart.theme}`);
      const shown = echarts.init(place, chart.theme === "dark" ? "dark" : null, { renderer: "canvas" });
      shown.on("finished", resolve);
      setTimeout(() => reject(new Error("the chart has no end")), 20000);
      shown.setOption(option);
    });
  (async () => {
    try {
      for (const chart of JSON.parse(document.getElementById("json").textContent)) {
        if (box.firstChild) box.append(document.createElement("br"));
        await draw(chart);
      }
      box.id = drawn;
    } catch (error) {
      fail(error);
    }
  })();
})();
