// Colours fade when the theme changes, parents before their children: what is measured is what they come to.
async () => {
  const pause = () => new Promise((done) => setTimeout(done, 20));
  const isFading = (it) => it instanceof CSSTransition && it.playState !== "finished";
  for (let still = 0, turns = 0; still < 3 && turns < 50; turns += 1) {
    still = document.getAnimations().some(isFading) ? 0 : still + 1;
    await pause();
  }
}
