// Draws a WaveDrom description, with the library's default look, and names its element, of which the picture is taken.
(() => {
  "use strict";
  const stage = document.getElementById("stage");
  try {
    const text = JSON.parse(document.getElementById("code").textContent);
    const source = (0, eval)(`(${text.trim().replace(/;$/, "")}\n)`);
    if (!source || typeof source !== "object") throw new Error("the description is no object");
    const kind = ["signal", "assign", "reg"].find((name) => Array.isArray(source[name]));
    if (!kind) throw new Error("no list signal, assign or reg in the description");
    const skin = source.config?.skin;
    if (skin !== undefined && !(skin in wavedrom.waveSkin)) throw new Error(`missing skin: ${skin}`);
    wavedrom.renderWaveElement(0, source, stage, wavedrom.waveSkin, false);
    if (!stage.querySelector("svg")) throw new Error("nothing is drawn");
    stage.id = "drawn";
  } catch (error) {
    document.title = String((error && error.message) || error);
  }
})();
