// [data-announce="sentence"] in a part that was swapped in: read aloud once, in the one polite region of the page.
(() => {
  let last = "";
  const note = () => {
    const element = document.querySelector("[data-announce]");
    return element ? element.dataset.announce : "";
  };
  last = note();
  document.addEventListener("htmx:afterSettle", () => {
    const text = note();
    const region = document.getElementById("announce");
    if (!region || !text || text === last) return;
    last = text;
    region.textContent = text;
  });
})();
