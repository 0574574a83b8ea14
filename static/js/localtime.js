// <time datetime data-local="datetime|date|time|seconds">: written in the reader's own zone; UTC stays in the title.
(() => {
  const clock = { hour: "numeric", minute: "2-digit" };
  const shapes = {
    datetime: { month: "short", day: "numeric", ...clock },
    date: { month: "short", day: "numeric", year: "numeric" },
    time: { ...clock, timeZoneName: "short" },
    seconds: { ...clock, second: "2-digit" },
  };

  const day = (moment) => moment.toDateString();

  const text = (moment, shape) => {
    const now = new Date();
    const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
    if (shape === "datetime" && day(moment) === day(now)) return `today, ${moment.toLocaleTimeString("en-US", clock)}`;
    if (shape === "datetime" && day(moment) === day(yesterday)) return `yesterday, ${moment.toLocaleTimeString("en-US", clock)}`;
    const options = { ...(shapes[shape] || shapes.datetime) };
    if (shape === "datetime" && moment.getFullYear() !== now.getFullYear()) options.year = "numeric";
    return moment.toLocaleString("en-US", options);
  };

  const isWithinSentence = (element) => /[a-z,]\s*$/i.test(element.previousSibling?.textContent || "");
  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

  const writeAll = () => document.querySelectorAll("time[data-local]").forEach((element) => {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    const words = text(moment, element.dataset.local);
    element.textContent = isWithinSentence(element) ? words : capital(words);
    element.removeAttribute("data-local");
  });

  writeAll();
  document.addEventListener("htmx:afterSettle", writeAll);
})();
