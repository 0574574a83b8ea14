// Colours change at once and not by fading while they are measured, or fade again as they do for people.
(still) => {
  const sheet = window.stillness ??= new CSSStyleSheet();
  sheet.replaceSync(still ? "*, ::before, ::after { transition: none !important; animation: none !important; }" : "");
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
}
