// What stands in a field when somebody saves is what is saved.
//
// Streamlit hears of a text when the field loses the cursor, of a cell a moment after that, and
// takes a typed name only with Enter. Whoever presses Ctrl+S, or clicks before the server has heard
// the last letter, would lose it. So this script hands the field over first, waits until the
// server has answered, and only then presses the button.
(() => {
  "use strict";
  const SAVE = '[class*="st-key-save-"]';
  const DIALOG = '[role="dialog"]';
  const FORM = '[data-testid="stForm"]';
  const SUBMIT = `${FORM} [data-testid="stFormSubmitButton"]`;
  const GRID = '[data-testid="stDataFrame"], #portal';
  const PROBLEM = '[class*="st-key-problem-"]';
  const NOTICE = ".st-key-notice, .st-key-log_saved, .st-key-grid_saved";
  const CREATED = "__creatable__";
  const SECOND = 1000;
  // A table tells of its cells 150 ms after the last change.
  const CELL = 300;
  const PAUSE = 600;
  const STEADY = 60;
  const PATIENCE = 60 * SECOND;
  const MOVED = 12;
  const MOVES = /^(Arrow|Page|Home|End)/;

  const typedIn = new WeakSet(); // boxes with typed text that nobody has chosen yet
  const spent = new WeakSet(); // boxes whose last key was the Enter that chose
  const waiting = new WeakMap();
  let cellsUntil = 0;
  let typedAt = 0;
  let isSaving = false;
  let pressed = null;

  const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const isShown = (element) => element.checkVisibility({ checkVisibilityCSS: true });

  // --- the server ---------------------------------------------------------------------------

  function isIdle() {
    const app = document.querySelector('[data-testid="stApp"]');
    return !app || (app.dataset.testScriptState === "notRunning" &&
      app.dataset.testConnectionState === "CONNECTED");
  }

  async function answered() {
    let since = 0;
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(15)) {
      if (!isIdle()) since = 0;
      else if (!since) since = Date.now();
      else if (Date.now() - since >= STEADY) return true;
    }
    return false;
  }

  // --- handing a field over -----------------------------------------------------------------

  const box = (element) =>
    element instanceof HTMLInputElement && element.role === "combobox" ? element : null;

  // A typed name that is one of the options, or that may be new, is chosen; nothing is guessed.
  function choose(field) {
    if (!field || !typedIn.has(field) || !field.value.trim()) return;
    typedIn.delete(field);
    const list = document.getElementById(field.getAttribute("aria-controls") ?? "");
    const options = [...(list?.querySelectorAll('[role="option"]') ?? [])];
    const named = options.find((option) => option.textContent.trim() === field.value.trim());
    (named ?? options.find((option) => option.dataset.key === CREATED))?.click();
  }

  async function handOver() {
    const field = document.activeElement;
    if (field?.closest(GRID)) {
      // The table draws the last letter before it can be told that it was the last.
      await sleep(STEADY);
      const enter = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true };
      if (field.closest("#portal")) field.dispatchEvent(new KeyboardEvent("keydown", enter));
      cellsUntil = Date.now() + CELL;
      return;
    }
    choose(box(field));
    if (field && field !== document.body) field.blur();
  }

  // --- saving -------------------------------------------------------------------------------

  const buttonIn = (place) => place?.querySelector("button:not(:disabled)") ?? null;

  function shownIn(place, selector) {
    return [...place.querySelectorAll(selector)].find((one) => buttonIn(one) && isShown(one));
  }

  // The form around the cursor, from the inside out; else the first of the page.
  function nearest(field) {
    const dialog = [...document.querySelectorAll(DIALOG)].filter(isShown).at(-1);
    if (dialog && !dialog.contains(field)) field = dialog;
    for (let place = field; place && place !== document.body; place = place.parentElement) {
      const found = shownIn(place, `${SAVE}, [data-testid="stFormSubmitButton"]`);
      if (found) return found;
      if (place === dialog) return null;
    }
    return shownIn(document, SAVE) ?? shownIn(document, SUBMIT);
  }

  // Drawn anew by the run, a button is found again by its name.
  function again(place) {
    const name = [...place.classList].find((one) => one.startsWith("st-key-"));
    return () => {
      const found = name ? document.querySelector(`.${CSS.escape(name)}`) : place;
      return found && isShown(found) ? buttonIn(found) : null;
    };
  }

  async function press(find) {
    if (isSaving) return;
    isSaving = true;
    try {
      await handOver();
      await sleep(Math.max(40, cellsUntil - Date.now()));
      await answered();
      // What was typed may be what makes the button appear.
      for (let tries = 0; tries < 60; tries += 1, await sleep(25)) {
        const button = find();
        if (!button) continue;
        button.click();
        return void lead();
      }
    } finally {
      isSaving = false;
    }
  }

  // --- what came of it ------------------------------------------------------------------------

  const FIELD = 'input, textarea, [role="combobox"], [role="spinbutton"], button';

  // The sentence stands below its field, or below the row of the field and its kind.
  function fieldAbove(problem) {
    for (let place = problem; place && place.tagName !== "MAIN"; place = place.parentElement) {
      for (let above = place.previousElementSibling; above; above = above.previousElementSibling) {
        const fields = [...above.querySelectorAll(FIELD)].filter(isShown);
        if (fields.length) return fields[0];
      }
    }
    return null;
  }

  function point(element) {
    if (!element) return;
    if (!element.matches(FIELD)) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
  }

  function result() {
    if (document.querySelector('main [data-stale="true"]')) return null;
    const problem = [...document.querySelectorAll(PROBLEM)].find(isShown);
    if (problem) return fieldAbove(problem) ?? problem;
    const notice = document.querySelector(NOTICE);
    notice?.setAttribute("role", "status");
    return notice ?? document.querySelector('main [data-testid="stAlertContentError"]');
  }

  // The answer is drawn a moment after it has come.
  async function lead() {
    await sleep(STEADY);
    await answered();
    for (let tries = 0; tries < 40; tries += 1, await sleep(50)) {
      const found = result();
      if (found) return point(found);
    }
  }

  function onSaveKey(event) {
    if (event.code !== "KeyS" || event.altKey || event.shiftKey) return;
    if (!event.ctrlKey && !event.metaKey) return;
    // The browser would offer to save the page.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    const field = document.activeElement;
    const form = field?.form ?? document.querySelector("main > form");
    if (form && !document.querySelector('[data-testid="stApp"]')) return form.requestSubmit();
    const place = nearest(field);
    press(place ? again(place) : () => buttonIn(nearest(field?.isConnected ? field : null)));
  }

  // --- clicks that come before the server has heard everything --------------------------------

  // Before the server has answered, a button would work with what it had drawn before.
  function isEarly(button) {
    const isFresh = Date.now() - typedAt < SECOND;
    if (Date.now() < cellsUntil || (isFresh && !isIdle())) return true;
    return button.closest(SAVE) !== null && (isSaving || isFresh || !isIdle());
  }

  function onClick(event) {
    if (!event.isTrusted) return;
    const button = event.target.closest?.("button");
    if (!button) return;
    const place = button.closest('[class*="st-key-"]');
    if (pressed?.button === button) pressed = null;
    if (!place || button.closest(GRID)) return;
    if (!isEarly(button)) return void (button.closest(SAVE) && lead());
    event.preventDefault();
    event.stopImmediatePropagation();
    press(again(place));
  }

  // The answer to a text just handed over may move the button from under the mouse.
  function onPointerDown(event) {
    if (document.activeElement?.closest("#portal")) cellsUntil = Date.now() + CELL;
    const field = box(document.activeElement);
    const list = field && document.getElementById(field.getAttribute("aria-controls") ?? "");
    if (field && event.target !== field && !list?.contains(event.target)) choose(field);
    const button = event.target.closest?.(`${SAVE} button`);
    const { clientX: x, clientY: y } = event;
    pressed = button ? { button, find: again(button.closest(SAVE)), x, y } : null;
  }

  function onPointerUp(event) {
    const down = pressed;
    if (!down || Math.hypot(event.clientX - down.x, event.clientY - down.y) > MOVED) return;
    setTimeout(() => {
      if (pressed === down) press(down.find);
      pressed = null;
    }, 50);
  }

  // --- Enter ----------------------------------------------------------------------------------

  // After a choice the list stays open with its first option marked: a second Enter takes it.
  function onKey(event) {
    const field = box(event.target);
    if (event.target.closest?.(GRID)) cellsUntil = Date.now() + CELL;
    if (!field) return;
    if (event.key === "Tab") return choose(field);
    if (MOVES.test(event.key)) spent.delete(field);
    if (event.key !== "Enter" || event.isComposing) return;
    typedIn.delete(field);
    if (!field.closest('[data-testid="stMultiSelect"]')) return;
    if (spent.has(field)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    spent.add(field);
  }

  // --- a draft is as new as the last pause -----------------------------------------------------

  // What the field itself listens for; Enter leaves the cursor where it is.
  function send(field) {
    if (document.activeElement !== field) return;
    const enter = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    const isLong = field.matches("textarea");
    field.dispatchEvent(new KeyboardEvent("keydown", { ...enter, ctrlKey: isLong }));
  }

  // Decimals are left alone: the field would write them out while they are being typed.
  function isSent(field) {
    if (field.closest(`${FORM}, ${GRID}`)) return false;
    if (field.matches("textarea")) return true;
    return field.matches('[data-testid="stNumberInputField"]') && /^\d+$/.test(field.value) &&
      field.step === "1";
  }

  // While an input method composes a word, the field holds its letters, not the word.
  function onInput(event) {
    const field = event.target;
    typedAt = Date.now();
    if (box(field)) {
      typedIn.add(field);
      spent.delete(field);
    }
    if (event.isComposing || !isSent(field)) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(send, PAUSE, field));
  }

  if (/^(Mac|iP)/.test(navigator.platform)) {
    document.documentElement.classList.add("drillbook-mac");
  }
  window.addEventListener("keydown", onSaveKey, true);
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("click", onClick, true);
  window.addEventListener("pointerdown", onPointerDown, true);
  window.addEventListener("pointerup", onPointerUp, true);
  window.addEventListener("paste", (event) => {
    if (event.target.closest?.(GRID)) cellsUntil = Date.now() + CELL;
  }, true);
  document.addEventListener("input", onInput);
  document.addEventListener("compositionend", onInput);
})();
