// [data-copy="text"]: copies exactly that text and says so. Hidden without JavaScript, where the text can be selected.
(() => {
  const reveal = (root) => root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });

  const write = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const label = button.querySelector("span") || button;
    const before = button.dataset.label || label.textContent;
    button.dataset.label = before;
    try {
      await write(button.dataset.copy);
      label.textContent = button.dataset.copied || "Copied";
    } catch {
      label.textContent = "Select the text and copy it";
    }
    const announce = document.getElementById("announce");
    if (announce) announce.textContent = label.textContent;
    setTimeout(() => { label.textContent = before; }, 2500);
  });

  reveal(document);
  document.addEventListener("htmx:afterSettle", () => reveal(document));
})();
