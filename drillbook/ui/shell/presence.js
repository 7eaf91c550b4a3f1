// Asks every few seconds whether the session still holds, so that every open tab leaves when it
// ends: signed out in another tab, password changed, account disabled, too long away.
(() => {
  "use strict";
  const EVERY = 4000;
  const ended = document.getElementsByClassName("drillbook-signed-out");
  const entering = document.getElementsByClassName("drillbook-enter");
  let holder = null;
  let leaving = false;

  function go(address) {
    if (leaving) return;
    leaving = true;
    location.replace(address);
  }

  function signIn() {
    go(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  async function ask() {
    if (document.visibilityState !== "visible" || leaving) return;
    let answer;
    try {
      answer = await fetch("./presence", { cache: "no-store", credentials: "same-origin" });
    } catch {
      return; // The server is away; Streamlit says so and comes back by itself.
    }
    if (answer.status === 401) {
      // Without a session from the start, the frame says what to do.
      if (holder !== null) signIn();
    } else if (answer.ok) {
      const said = await answer.json();
      // Somebody else signed in with this browser: nothing of the page belongs to him.
      if (holder !== null && said.session !== holder) location.reload();
      holder = said.session;
    }
  }

  new MutationObserver(() => {
    if (entering.length) go(entering[0].href);
    else if (ended.length) signIn();
  }).observe(document, { childList: true, subtree: true });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY);
  ask();
})();
