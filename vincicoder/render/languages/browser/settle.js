// Runs when the page's clock stands still: ends animations, goes to the top, says whether all is loaded.
(() => {
  for (const animation of document.getAnimations()) {
    try {
      // A finite animation stands at its end, an endless one at its start.
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
      else animation.cancel();
    } catch (error) {
      /* an animation that cannot be moved stays where it is */
    }
  }
  window.scrollTo({ top: 0, left: 0, behavior: "instant" });
  return document.readyState === "complete" && document.fonts.status === "loaded";
})()
