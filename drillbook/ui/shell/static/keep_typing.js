// Sends a text of several lines to the server while it is being typed, so that a refresh loses
// nothing: Streamlit does so by itself for single lines only, otherwise on leaving the field.
(() => {
  "use strict";
  if (window.drillbookKeepsTyping) return;
  window.drillbookKeepsTyping = true;
  const PAUSE = 600;
  const waiting = new WeakMap();

  // What the field itself listens for: Ctrl+Enter sends and leaves the cursor where it is.
  function send(field) {
    const keys = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true };
    field.dispatchEvent(new KeyboardEvent("keydown", keys));
  }

  // While an input method composes a word, the field holds its letters, not the word.
  function plan(event) {
    const field = event.target;
    if (!field.matches("textarea") || event.isComposing) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(send, PAUSE, field));
  }

  document.addEventListener("input", plan);
  document.addEventListener("compositionend", plan);
})();
