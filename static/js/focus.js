// After an answer to something the person did, the focus goes to what changed: [data-focus], else the first wrong
// field, else (when the whole page was replaced) the heading. A part that updates itself never takes the focus. A page
// that an answer led to by another address is loaded, and then [data-focus] alone counts.
(() => {
  const changed = document.querySelector("[data-focus]");
  if (changed) changed.focus();

  document.addEventListener("htmx:afterSettle", (event) => {
    const cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    if (cause && cause.type === "wallet:tick") return;
    const part = document.getElementById(event.detail.elt.id) || event.detail.elt;
    const typing = cause && (cause.type === "input" || cause.type === "keyup" || cause.type === "change");
    const found = part.querySelector("[data-focus]")
      || (typing ? null : part.querySelector('[aria-invalid="true"]'))
      || (part.id === "main" ? part.querySelector("h1") : null);
    if (!found) return;
    if (found.tabIndex < 0 && !found.hasAttribute("tabindex")) found.setAttribute("tabindex", "-1");
    found.focus();
  });
})();
