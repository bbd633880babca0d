// Passkeys: makes or shows one with the options the page brings, puts the answer into the form's hidden field, sends it.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const answerOf = (credential, response) => JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment || undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });

  const make = async (options) => {
    const key = options.publicKey;
    key.challenge = bytes(key.challenge);
    key.user.id = bytes(key.user.id);
    key.excludeCredentials = known(key.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: key });
    return answerOf(made, {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    });
  };

  const show = async (options) => {
    const key = options.publicKey;
    key.challenge = bytes(key.challenge);
    key.allowCredentials = known(key.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey: key });
    return answerOf(shown, {
      clientDataJSON: text(shown.response.clientDataJSON),
      authenticatorData: text(shown.response.authenticatorData),
      signature: text(shown.response.signature),
      userHandle: shown.response.userHandle ? text(shown.response.userHandle) : undefined,
    });
  };

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  document.querySelectorAll("[data-passkey-absent]").forEach((note) => { note.hidden = true; });
  document.querySelectorAll("[data-passkey-make], [data-passkey-show]").forEach((button) => {
    const form = button.closest("form");
    const problem = form.querySelector("[data-passkey-problem]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      problem.hidden = true;
      try {
        const options = JSON.parse(button.dataset.options);
        const answer = await ("passkeyMake" in button.dataset ? make : show)(options);
        form.querySelector("[data-passkey-answer]").value = answer;
        form.submit();
      } catch {
        problem.textContent = button.dataset.failed;
        problem.hidden = false;
      }
    });
  });
})();
