// A form is sent once: the second press is dropped, the button says what is going on and comes back when the answer
// was no new page, or when the browser brings this page back from its memory. Comfort only; the server is the guard.
(() => {
  const release = (form) => {
    if (!form || form.dataset.sending === undefined) return;
    delete form.dataset.sending;
    form.querySelectorAll("[aria-busy]").forEach((button) => {
      button.disabled = false;
      button.removeAttribute("aria-busy");
      if (button.dataset.label !== undefined) button.textContent = button.dataset.label;
    });
  };

  const hold = (form, button) => {
    form.dataset.sending = "";
    if (!button || button.dataset.busy === undefined) return;
    // After this turn of the event loop: a disabled button's name and value would not be sent.
    setTimeout(() => {
      if (form.dataset.sending === undefined) return;
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.busy;
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sending !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method === "post") hold(form, event.submitter || form.querySelector("[data-busy]"));
  }, true);

  // A redirect is on its way: stay busy until the next page is here.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr: answer, requestConfig: asked } = event.detail;
    if (asked && asked.verb === "get") return; // a look-up beside the form, not the form
    const leaves = answer && (answer.getResponseHeader("HX-Redirect") || answer.getResponseHeader("HX-Refresh"));
    if (!leaves) release(event.detail.elt.closest("form"));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
  });
})();
