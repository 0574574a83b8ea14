// Sends `wallet:tick` to the body every 2.5 s while the tab is visible and something on the page asks for it,
// and at once when the tab comes back. Parts that are finished drop their hx-trigger, and the ticking ends with them.
(() => {
  const wanted = () => document.visibilityState === "visible" && document.querySelector('[hx-trigger*="wallet:tick"]');
  const tick = () => {
    if (wanted()) document.body.dispatchEvent(new CustomEvent("wallet:tick"));
  };
  setInterval(tick, 2500);
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", (event) => event.persisted && tick());
})();
