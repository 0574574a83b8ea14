// What must be true of a page at this size: answers with a list of what is wrong.
() => {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width && box.right > root.clientWidth + 0.5 && getComputedStyle(e).position !== "fixed";
    });
    const worst = wide.length ? wide[wide.length - 1].outerHTML.replace(/\s+/g, " ").slice(0, 160) : "?";
    problems.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}, by ${worst}`);
  }
  // A target is the thing pressed or the label around it; links within a sentence are as high as their line.
  // The sandbox's control room is for people at a desk.
  const targets = location.pathname.startsWith("/control") ? "button" : 'button, input:not([type=hidden]), select, textarea, summary, a.btn, nav a, .row[href], .tile';
  document.querySelectorAll(targets).forEach((e) => {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".sr-only, .skip")) return;
    const box = (e.closest("label, .affix") || e).getBoundingClientRect();
    if (box.height && Math.max(box.height, e.getBoundingClientRect().height) < 43.5) {
      problems.push(`a target of ${Math.round(box.height)} px: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 120)}`);
    }
  });
  // Text that is cut off is text that is not there.
  document.querySelectorAll("main *, nav *").forEach((e) => {
    if (e.children.length || !e.textContent.trim() || !e.checkVisibility() || e.closest(".sr-only")) return;
    const style = getComputedStyle(e);
    if (style.overflowX !== "visible" && style.display !== "inline" && e.scrollWidth > e.clientWidth + 1
        && !["INPUT", "SELECT", "TEXTAREA", "OPTION"].includes(e.tagName)) {
      problems.push(`cut off: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 120)}`);
    }
  });
  return problems;
}
