// [data-wake]: keeps the screen on while it is on the page, so that a code can be scanned at the till.
(() => {
  let lock = null;
  const update = async () => {
    if (!("wakeLock" in navigator)) return;
    const wanted = document.visibilityState === "visible" && document.querySelector("[data-wake]");
    if (wanted && (!lock || lock.released)) {
      try {
        lock = await navigator.wakeLock.request("screen");
      } catch {
        lock = null; // low battery, or the browser said no: the page works without it
      }
    } else if (!wanted && lock) {
      await lock.release();
      lock = null;
    }
  };
  update();
  document.addEventListener("visibilitychange", update);
  document.addEventListener("htmx:afterSettle", update);
})();
