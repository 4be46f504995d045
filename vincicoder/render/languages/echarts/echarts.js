// Runs an ECharts option or program and, once a chart is there, names its element, of which the picture is taken.
(() => {
  "use strict";
  const stage = document.getElementById("stage");
  const text = JSON.parse(document.getElementById("code").textContent);
  const charts = new Set();
  let failure;
  const fail = (error) => {
    failure ??= String((error && error.message) || error);
  };
  window.addEventListener("error", (event) => fail(event.error ?? event.message));
  window.addEventListener("unhandledrejection", (event) => fail(event.reason));

  const known = new Set(
    ("line bar pie scatter effectScatter radar tree treemap sunburst boxplot candlestick heatmap map parallel lines " +
      "graph sankey funnel gauge pictorialBar themeRiver custom chord").split(" "),
  );
  const needs = (part) => {
    for (const one of [part].flat()) {
      if (!one || typeof one !== "object") continue;
      if (one.type !== undefined && !known.has(one.type)) throw new Error(`missing series: ${one.type}`);
      if (one.map !== undefined && !echarts.getMap(one.map)) throw new Error(`missing map: ${one.map}`);
    }
  };
  const check = (option) => {
    if (!option || typeof option !== "object") return;
    needs(option.series);
    needs([option.geo].flat().map((geo) => geo && { map: geo.map }));
    for (const one of [option.baseOption, ...(option.options ?? [])]) check(one);
  };

  // A picture shows the end of what moves.
  const still = (part, depth = 0) => {
    if (!part || typeof part !== "object" || depth > 6) return;
    for (const one of Array.isArray(part) ? part : [part]) {
      if (!one || typeof one !== "object") continue;
      for (const key of ["animation", "layoutAnimation"]) if (key in one) one[key] = false;
      for (const key of ["series", "baseOption", "options", "timeline", "force", "media", "option", "graphic"]) {
        still(one[key], depth + 1);
      }
      if (one.type === "graph" && one.layout === "force") one.force = { ...one.force, layoutAnimation: false };
      if (one.timeline) for (const axis of [one.timeline].flat()) axis.autoPlay = false;
    }
  };
  const init = echarts.init;
  echarts.init = (dom, theme, settings) => {
    const chart = init.call(echarts, dom ?? stage, theme, { ...settings, devicePixelRatio: 1 });
    if (!charts.has(chart)) {
      const { setOption } = chart;
      chart.setOption = (option, ...rest) => {
        check(option);
        still(option);
        if (option && typeof option === "object") (option.baseOption ?? option).animation = false;
        return setOption.call(chart, option, ...rest);
      };
      charts.add(chart);
    }
    return chart;
  };
  // Programs name the element of their own page, and a chart that the page has made.
  for (const name of ["getElementById", "querySelector"]) {
    const find = document[name];
    document[name] = (id) => find.call(document, id) ?? stage;
  }
  Object.defineProperty(globalThis, "myChart", {
    configurable: true,
    get: () => echarts.init(stage),
    set: (value) => Object.defineProperty(globalThis, "myChart", { configurable: true, writable: true, value }),
  });
  globalThis.app = {};

  const run = (code) => {
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
  };
  const isOption = /^\s*\{/.test(text);
  run(isOption ? `globalThis.option = (${text.trim().replace(/;$/, "")}\n);` : text);
  run("if (typeof option !== 'undefined') globalThis.optionToDraw = option;");
  const option = globalThis.optionToDraw;
  try {
    if (failure === undefined && option && typeof option === "object") {
      if (![...charts].some((chart) => chart.getOption())) echarts.init(stage).setOption(option);
    }
  } catch (error) {
    fail(error);
  }

  setTimeout(() => {
    const drawn = [...charts].filter((chart) => !chart.isDisposed() && chart.getOption());
    if (failure === undefined && drawn.length) {
      const doms = new Set(drawn.map((chart) => chart.getDom()));
      (doms.size === 1 ? drawn[0].getDom() : document.body).id = "drawn";
      return;
    }
    const why = failure ?? "the code gives no option to a chart";
    const missing = /\$ is not defined|jQuery|Failed to fetch|NetworkError/.test(why);
    document.title = missing ? `missing data: ${why}` : why;
  }, 1);
})();
