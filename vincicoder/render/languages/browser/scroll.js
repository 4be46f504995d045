// Runs while the page's clock stands still: goes down half a screen, as a reader does, and waits until it is drawn.
// Says whether there is more below. Nothing happens where nothing could react: no script, no picture that is
// loaded when it is seen.
(async () => {
  const end = Math.min(document.documentElement.scrollHeight, LIMIT) - innerHeight;
  if (scrollY >= end || !document.querySelector("script,[loading=lazy]")) return false;
  const before = scrollY;
  scrollTo({ top: Math.min(scrollY + innerHeight / 2, end), behavior: "instant" });
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  return scrollY > before && scrollY < end;
})()
