// What must be true of a page at any size: answers with a list of what is wrong.
() => {
  const problems = [];
  const root = document.documentElement;
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const told = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 160);

  if (!document.title.trim()) problems.push("no title");
  if (!root.lang) problems.push("no language");
  const headings = [...document.querySelectorAll("h1")];
  if (headings.length !== 1) problems.push(`${headings.length} h1`);
  const seen = new Set();
  document.querySelectorAll("[id]").forEach((e) => {
    if (seen.has(e.id)) problems.push(`the id ${e.id} twice`);
    seen.add(e.id);
  });
  document.querySelectorAll("img").forEach((e) => {
    if (e.complete && !e.naturalWidth) problems.push(`a picture that is not there: ${told(e)}`);
  });
  const text = document.body.innerText;
  const debris = text.match(/\{\{|\{%|\bNone\b|\bundefined\b|\bNaN\b|\[object |&[a-z]+;|TemplateSyntax/);
  if (debris) problems.push(`debris in the text: ${text.slice(Math.max(0, debris.index - 40), debris.index + 40)}`);
  document.querySelectorAll("[style], [onclick], [onsubmit], [onload]").forEach((e) => {
    if (e.hasAttribute("style") && e.closest("main")) problems.push(`a style attribute: ${told(e)}`);
  });
  return problems;
}
