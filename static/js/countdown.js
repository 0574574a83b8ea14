// [data-countdown=<ms>] with data-server-now=<ms>: shows what is left by the server's clock, speaks at 30 s, 10 s and 0.
// At zero it disables every [data-confirm] button, shows every [data-after-expiry] one and sends `wallet:expired` to the body, once for each countdown.
// What is left is the smaller of two clocks: the device's date survives sleep, its stopwatch survives a changed date.
(() => {
  const started = new WeakMap();

  const begin = (line) => {
    const length = Number(line.dataset.countdown) - Number(line.dataset.serverNow);
    const start = { key: line.dataset.countdown, dateEnd: Date.now() + length, watchEnd: performance.now() + length, spoken: Infinity, over: false };
    started.set(line, start);
    return start;
  };

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  const sentence = (what, mark) => (mark === 0 ? `${what} has run out.` : `${what} runs out in ${mark} seconds.`);

  const show = (line) => {
    let start = started.get(line);
    if (!start || start.key !== line.dataset.countdown) start = begin(line);
    const left = Math.max(0, Math.ceil(Math.min(start.dateEnd - Date.now(), start.watchEnd - performance.now()) / 1000));
    const text = left > 0 ? `${clock(left)} left` : "Run out";
    const timer = line.querySelector("[data-left]");
    if (timer && timer.textContent !== text) timer.textContent = text;
    line.classList.toggle("soon", left > 0 && left <= 10);
    line.classList.toggle("over", left === 0);
    const mark = [0, 10, 30].find((at) => left <= at);
    if (mark !== undefined && mark < start.spoken) {
      start.spoken = mark;
      const say = line.querySelector("[data-say]");
      if (say) say.textContent = sentence(line.dataset.what || "This price", mark);
    }
    if (left === 0 && !start.over) {
      start.over = true;
      document.querySelectorAll("[data-confirm]").forEach((button) => { button.disabled = true; });
      document.querySelectorAll("[data-after-expiry]").forEach((button) => { button.hidden = false; });
      document.body.dispatchEvent(new CustomEvent("wallet:expired", { detail: { id: line.id } }));
    }
  };

  const showAll = () => document.querySelectorAll("[data-countdown]").forEach(show);
  setInterval(showAll, 250);
  showAll();
  document.addEventListener("visibilitychange", showAll);
  window.addEventListener("pageshow", showAll);
  document.addEventListener("htmx:afterSettle", showAll);
})();
