// [data-print]: prints the page. [data-share="text"]: hands the text to the device's own sharing, where it has one.
(() => {
  const reveal = () => {
    document.querySelectorAll("[data-print][hidden]").forEach((button) => { button.hidden = false; });
    if (navigator.share) document.querySelectorAll("[data-share][hidden]").forEach((button) => { button.hidden = false; });
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const share = event.target.closest("[data-share]");
    if (share) navigator.share({ title: share.dataset.title || document.title, text: share.dataset.share }).catch(() => {});
  });

  reveal();
  document.addEventListener("htmx:afterSettle", reveal);
})();
