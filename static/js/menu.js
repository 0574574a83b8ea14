// The account menu is a <details>: it works by itself. This closes it by Escape and by a press elsewhere.
(() => {
  const close = (except) => document.querySelectorAll("details.menu-account[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => close(event.target.closest("details.menu-account")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu-account[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
