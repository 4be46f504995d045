// Compiles and draws Vega-Lite. Nothing is loaded: rows must be in the specification itself.
vincicoder.draw = vincicoder.start(async (text, stage) => {
  const specification = JSON.parse(text);
  const wanted = [];
  const failures = [];
  const refuseToLoad = async (address) => {
    wanted.push(String(address));
    throw new Error(`${address} is not here`);
  };
  const embedded = (address) => /^data:image\//.test(String(address));
  const loader = {
    load: refuseToLoad,
    http: refuseToLoad,
    file: refuseToLoad,
    // Pictures and links: what is embedded passes, links are drawn but lead nowhere.
    sanitize: async (address, options) => {
      if (options?.context === "href" || embedded(address)) return { href: String(address) };
      return refuseToLoad(address);
    },
  };
  const logger = {
    level: () => logger,
    error: (...words) => (failures.push(words.map((word) => word?.message ?? word).join(" ")), logger),
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  const { spec } = vegaLite.compile(specification, { logger });
  stage.style.width = "640px"; // what "container" means
  stage.style.height = "480px";
  const view = new vega.View(vega.parse(spec), { renderer: "svg", loader, logger, hover: false });
  try {
    view.initialize(stage);
    await view.runAsync();
    await view.runAsync(); // what the first pass asked to be laid out again
  } finally {
    view.finalize();
  }
  if (wanted.length) {
    const outside = wanted.map((address) => address.slice(0, 200)).join(", ");
    const reason = wanted.some((address) => /^file:/i.test(address))
      ? "render.forbidden"
      : "render.missing_dependency";
    return vincicoder.refuse(reason, `${outside}: nothing is loaded; put the rows into data.values`);
  }
  if (failures.length) return vincicoder.refuse("render.error", failures.join("; "));
  return undefined;
});
0;
