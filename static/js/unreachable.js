// Says so when a request never reached us or its answer never came; gone again with the next answer.
// A part that updates itself may miss once: it asks again in a moment.
(() => {
  let missed = 0;
  const show = (isShown) => {
    const line = document.getElementById("unreachable");
    if (line) line.hidden = !isShown;
  };
  const miss = (event) => {
    const cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    missed += cause && cause.type === "wallet:tick" ? 1 : 2;
    if (missed >= 2) show(true);
  };
  document.addEventListener("htmx:sendError", miss);
  document.addEventListener("htmx:timeout", miss);
  document.addEventListener("htmx:afterOnLoad", () => {
    missed = 0;
    show(false);
  });
})();
