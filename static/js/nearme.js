// [data-near-me] on a button of a form with inputs named latitude and longitude: asks for the browser's place, fills
// them and sends the form. Hidden without JavaScript; where the place is refused, the reason stands in [data-near-me-says].
(() => {
  const reasons = {
    1: "Your browser did not share your location. Enter a ZIP code or a city instead.",
    2: "Your location could not be found. Enter a ZIP code or a city instead.",
    3: "Finding your location took too long. Enter a ZIP code or a city instead.",
  };
  const offer = () => {
    if (!navigator.geolocation) return;
    document.querySelectorAll("[data-near-me][hidden]").forEach((button) => { button.hidden = false; });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-near-me]");
    if (!button || !navigator.geolocation) return;
    event.preventDefault();
    const form = button.form || button.closest("form");
    const says = document.querySelector("[data-near-me-says]");
    button.disabled = true;
    if (says) says.textContent = "Finding where you are...";
    navigator.geolocation.getCurrentPosition((place) => {
      button.disabled = false;
      if (says) says.textContent = "";
      // Three decimals are about 100 m: enough to find a store, no more than that is sent.
      form.elements.latitude.value = place.coords.latitude.toFixed(3);
      form.elements.longitude.value = place.coords.longitude.toFixed(3);
      form.requestSubmit();
    }, (problem) => {
      button.disabled = false;
      if (says) says.textContent = reasons[problem.code] || reasons[2];
    }, { timeout: 10000, maximumAge: 300000 });
  });

  offer();
  document.addEventListener("htmx:afterSettle", offer);
})();
