// Draws Mermaid at its natural size. Settings that a text may not change are named in `secure`.
vincicoder.draw = vincicoder.start(async (text, stage) => {
  mermaid.mermaidAPI?.reset?.();
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    deterministicIds: true,
    deterministicIDSeed: "diagram",
    handDrawnSeed: 1,
    maxTextSize: 1000000, // over it mermaid would draw a picture that says so
    maxEdges: 2000,
  });
  let svg;
  try {
    ({ svg } = await mermaid.render("diagram", text));
  } catch (error) {
    if (!/source image cannot be decoded/.test(error?.message)) throw error;
    return vincicoder.refuse("render.missing_dependency", "a picture that the diagram names is not here");
  }
  stage.innerHTML = svg;
  const drawn = stage.querySelector("svg");
  const size = drawn?.viewBox.baseVal;
  if (size && size.width > 0 && size.height > 0) {
    drawn.style.maxWidth = "none";
    drawn.style.width = `${size.width}px`;
    drawn.style.height = `${size.height}px`;
  }
  return undefined;
});
0;
