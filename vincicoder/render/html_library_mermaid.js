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
  const { svg } = await mermaid.render("diagram", text);
  stage.innerHTML = svg;
  const drawn = stage.querySelector("svg");
  const size = drawn?.viewBox.baseVal;
  if (size && size.width > 0 && size.height > 0) {
    drawn.style.maxWidth = "none";
    drawn.style.width = `${size.width}px`;
    drawn.style.height = `${size.height}px`;
  }
});
0;
