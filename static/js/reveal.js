// [data-reveal="id"]: shows and hides the password in that field. Without JavaScript the button stays hidden.
(() => {
  const offer = () => document.querySelectorAll("[data-reveal][hidden]").forEach((button) => { button.hidden = false; });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    const field = button && document.getElementById(button.dataset.reveal);
    if (!field) return;
    const shows = field.type === "password";
    field.type = shows ? "text" : "password";
    button.setAttribute("aria-pressed", String(shows));
    const use = button.querySelector("use");
    if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, shows ? "#hide" : "#show"));
  });

  // A password that was shown is sent, and remembered by the browser, as a password.
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll("[data-reveal]").forEach((button) => {
      const field = document.getElementById(button.dataset.reveal);
      if (field) field.type = "password";
    });
  });

  offer();
  document.addEventListener("htmx:afterSettle", offer);
})();
