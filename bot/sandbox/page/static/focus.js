// Where the focus goes when something opens, closes or is gone.

// What had the focus is gone: what does the same in the same place has it then, else the place.
export function focusInstead(gone, holder) {
  const { action } = gone.dataset;
  const place = holder && document.getElementById(holder);
  const same = action && place?.querySelector(`[data-action="${CSS.escape(action)}"]`);
  const near = same || place?.querySelector("[data-act]") || document.querySelector("#log, #home");
  near?.focus({ preventScroll: true });
  if (same && gone.selectionEnd) same.setSelectionRange?.(gone.selectionStart, gone.selectionEnd);
}

// What had the focus before a modal has it again once that is closed.
let before = null;
let placed = null;

function focusFirst(modal) {
  const fields = ".body :is(input, textarea, select)";
  placed =
    modal.querySelector("[autofocus]") ??
    modal.querySelector(fields) ??
    modal.querySelector("footer .button:last-child");
  placed.focus();
}

export function openModal() {
  const modal = document.querySelector("#modals dialog");
  if (modal && !modal.open) {
    before ??= document.activeElement;
    modal.showModal();
    focusFirst(modal);
  } else if (modal && document.activeElement === placed && !placed.closest(".body")) {
    // What was being read has come, and has fields.
    focusFirst(modal);
  } else if (!modal && before) {
    const isThere = before.isConnected && before !== document.body && before.checkVisibility();
    const next = isThere ? before : document.querySelector("#message, #home");
    next?.focus({ preventScroll: true });
    before = null;
  }
}
