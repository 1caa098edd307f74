// Inside LINE: who fills in the form. The server asks LINE whether the token is true; without it the page is plain web.
(async () => {
  "use strict";

  const place = document.querySelector("[data-liff]");
  if (!place || !window.liff) return;
  try {
    await window.liff.init({ liffId: place.dataset.liff });
    const token = place.elements?.line_token;
    if (!token || !window.liff.isLoggedIn()) return;
    const bring = () => { token.value = window.liff.getIDToken() || ""; };
    bring();
    place.addEventListener("submit", bring);
    const note = place.querySelector("[data-liff-note]");
    if (note && token.value) note.hidden = false;
  } catch {
    // Not opened by LINE, or LINE does not answer: the form is sent without it.
  }
})();
