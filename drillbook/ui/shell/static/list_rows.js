// A row of a list opens by a click on its name, or anywhere in it, and by Enter.
//
// The table is drawn on a canvas and knows one way to choose a row by key, Shift+Space; to the
// mouse it offers the small box at the row's head only.
(() => {
  "use strict";
  const LIST = '[class*="st-key-list-"]';
  const BOXES = 40;
  const HEIGHT = 30; // of a row and of the headings: list_view.ROW_HEIGHT
  const MOVED = 6;
  let down = null;

  const listOf = (element) => element?.closest?.(LIST) ?? null;

  function openRowOf(list) {
    // The cursor is in the cell for screen readers or still on the canvas: both take keys.
    const cell = document.activeElement;
    if (!list.contains(cell) || !cell.matches('canvas, [role="gridcell"]')) return;
    const keys = { key: " ", code: "Space", keyCode: 32, shiftKey: true, bubbles: true };
    for (const type of ["keydown", "keyup"]) cell.dispatchEvent(new KeyboardEvent(type, keys));
  }

  // The table marks the cell a moment after the click.
  async function openWhenMarked(list, row) {
    for (let tries = 0; tries < 40; tries += 1) {
      const cell = document.activeElement;
      if (list.contains(cell) && cell.id.endsWith(`-${row}`)) return openRowOf(list);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  function onClick(event) {
    const list = listOf(event.target);
    const cells = event.target.closest?.(".dvn-scroller");
    if (!event.isTrusted || !list || !cells) return;
    const { left, top } = cells.getBoundingClientRect();
    const x = event.clientX - left;
    const y = event.clientY - top;
    // Not the boxes, not the headings, not the bars for scrolling.
    if (x < BOXES || y < HEIGHT || x > cells.clientWidth || y > cells.clientHeight) return;
    // Who draws the mouse over cells wants to copy them.
    if (!down || Math.hypot(event.clientX - down.x, event.clientY - down.y) > MOVED) return;
    openWhenMarked(list, Math.floor((y - HEIGHT + cells.scrollTop) / HEIGHT));
  }

  function onKey(event) {
    const list = listOf(document.activeElement);
    if (event.key !== "Enter" || event.isComposing || !list) return;
    if (!document.activeElement.matches('canvas, [role="gridcell"]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openRowOf(list);
  }

  window.addEventListener("pointerdown", (event) => {
    down = { x: event.clientX, y: event.clientY };
  }, true);
  window.addEventListener("click", onClick, true);
  window.addEventListener("keydown", onKey, true);
})();
