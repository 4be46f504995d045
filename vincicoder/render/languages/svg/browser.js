// Shows the SVG document of `#source` in `#drawn`, a frame of the picture's size, where its root is the root.
// Its scripts do not run: the page's policy allows this script alone, and the frame inherits the policy.
// (A frame that loads the document from a blob or data address costs a process of its own, and a second.)
(() => {
  const [width, height, naturalWidth, naturalHeight] = size;
  const source = JSON.parse(document.getElementById("source").textContent);
  const frame = document.createElement("iframe");
  frame.width = width;
  frame.height = height;
  const fail = (why) => void (document.title = why);

  const scaleToFrame = (root) => {
    if (!root.hasAttribute("viewBox")) root.setAttribute("viewBox", `0 0 ${naturalWidth} ${naturalHeight}`);
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    for (const [name, value] of [["width", `${width}px`], ["height", `${height}px`], ["overflow", "hidden"]]) {
      root.style.setProperty(name, value, "important");
    }
  };

  // A finite animation stands at its end, an endless one is left out.
  const endAnimations = (page, root) => {
    for (const animation of page.getAnimations()) {
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
      else animation.cancel();
    }
    for (const element of root.querySelectorAll("animate, animateTransform, animateMotion, set")) {
      const endless = (name) => element.getAttribute(name) === "indefinite";
      if (endless("repeatCount") || endless("repeatDur")) element.remove();
    }
    for (const each of [root, ...root.querySelectorAll("svg")]) {
      if (each.ownerSVGElement) continue;
      each.pauseAnimations();
      each.setCurrentTime(86400);
    }
  };

  const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
  const problem = parsed.querySelector("parsererror");
  if (problem) return fail(problem.textContent);
  if (parsed.documentElement.localName !== "svg") return fail("the document's root is no <svg> element");
  document.body.append(frame);
  const page = frame.contentDocument;
  page.open();
  page.write("<!DOCTYPE html>"); // else class names would match in capitals too
  page.close();
  const root = page.adoptNode(parsed.documentElement);
  scaleToFrame(root);
  page.replaceChild(root, page.documentElement);
  // Twice, with time for a frame after each: an animation's own clock may start late, and the next in a chain later.
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  page.fonts.ready.then(async () => {
    for (let round = 0; round < 2; round += 1) {
      await pause();
      endAnimations(page, root);
    }
    await pause();
    frame.id = drawn;
  });
})();
