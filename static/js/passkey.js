// form[data-passkey="get" or "create"]: asks the browser for a passkey when the form is sent and sends the answer along
// in its field `credential`. data-passkey-options holds what to ask, data-passkey-url says where to get it. A code that
// was typed instead goes first. [data-passkey-only] stays hidden where the browser cannot do this.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const question = (asked) => {
    const options = { ...asked, challenge: bytes(asked.challenge) };
    if (options.user) options.user = { ...options.user, id: bytes(options.user.id) };
    options.allowCredentials = named(options.allowCredentials);
    options.excludeCredentials = named(options.excludeCredentials);
    return { publicKey: options };
  };

  const answer = (found) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (found.response[part]) response[part] = text(found.response[part]);
    }
    if (found.response.getTransports) response.transports = found.response.getTransports();
    const extensions = found.getClientExtensionResults();
    const { id, type, authenticatorAttachment } = found;
    return { id, rawId: text(found.rawId), type, authenticatorAttachment, response, clientExtensionResults: extensions };
  };

  const options = async (form) => {
    if (!form.dataset.passkeyUrl) return JSON.parse(form.dataset.passkeyOptions);
    const asked = await fetch(form.dataset.passkeyUrl, { headers: { Accept: "application/json" } });
    if (!asked.ok) throw new Error("no question");
    return (await asked.json()).request_options;
  };

  const ask = async (form, button) => {
    const problem = form.querySelector("[data-passkey-problem]");
    if (problem) problem.hidden = true;
    try {
      const wanted = question((await options(form)).publicKey);
      form.elements.credential.value = JSON.stringify(answer(await navigator.credentials[form.dataset.passkey](wanted)));
    } catch {
      delete form.dataset.asking;
      if (!problem) return;
      problem.hidden = false;
      document.getElementById("announce").textContent = problem.textContent;
      return;
    }
    delete form.dataset.asking;
    form.requestSubmit(button);
  };

  // On window, so that it comes before everything else that listens for a form being sent.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    const { credential, code } = form.elements;
    if (credential.value || (code && code.value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking !== undefined) return;
    form.dataset.asking = "";
    ask(form, event.submitter);
  }, true);

  const show = () => document.querySelectorAll("[data-passkey-only]").forEach((part) => { part.hidden = false; });
  show();
  document.addEventListener("htmx:afterSettle", show);
  // A page from the browser's memory would send the answer to a question that was asked before.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-passkey]").forEach((form) => { form.elements.credential.value = ""; });
  });
})();
