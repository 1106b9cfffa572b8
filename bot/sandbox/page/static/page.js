// The page of the sandbox: shows what the server has drawn anew whenever something has changed, and
// posts what somebody does.
import { completes } from "./hints.js";
import { morph } from "./morph.js";

const body = document.body;

// --- What has changed ---------------------------------------------------------------------------

let isLooking = false;
let isOutdated = false;

async function look() {
  isOutdated = true;
  if (isLooking) return;
  isLooking = true;
  try {
    while (isOutdated) {
      isOutdated = false;
      const answer = await fetch(location.href);
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    complain("The sandbox does not answer. Is it still running?");
  } finally {
    isLooking = false;
  }
}

function show(fresh) {
  const focused = document.activeElement;
  const holder = focused.closest("article, #home, dialog")?.id;
  const log = document.getElementById("log");
  const isAtEnd = log && log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  fresh.body.dataset.pane = body.dataset.pane;
  for (const id of ["sidebar", "main", "influxdb", "modals"]) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now) morph(old, now);
  }
  document.title = fresh.title;
  openModal();
  if (!focused.isConnected && document.activeElement === body) focusInstead(focused, holder);
  if (isAtEnd) toEnd();
}

// What had the focus is gone: what does the same in the same place has it then, else the place.
function focusInstead(gone, holder) {
  const { action } = gone.dataset;
  const place = holder && document.getElementById(holder);
  const same = action && place?.querySelector(`[data-action="${CSS.escape(action)}"]`);
  const near = same || place?.querySelector("[data-act]") || document.querySelector("#log, #home");
  near?.focus({ preventScroll: true });
  if (same && gone.selectionEnd) same.setSelectionRange?.(gone.selectionStart, gone.selectionEnd);
}

function toEnd() {
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
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

function openModal() {
  const modal = document.querySelector("#modals dialog");
  if (modal && !modal.open) {
    before ??= document.activeElement;
    modal.showModal();
    focusFirst(modal);
  } else if (modal && document.activeElement === placed && !placed.closest(".body")) {
    // What was being read has come, and has fields.
    focusFirst(modal);
  } else if (!modal && before) {
    const isThere = before.isConnected && before !== body && before.checkVisibility();
    (isThere ? before : document.querySelector("#message, #log, #home"))?.focus({ preventScroll: true });
    before = null;
  }
}

// --- What somebody does -------------------------------------------------------------------------

async function act(action, pressed) {
  complain("");
  pressed?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/${body.dataset.person}/actions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(action),
    });
    const said = await answer.json();
    if (said.trouble) complain(said.trouble);
    return said.done;
  } catch {
    complain("The sandbox does not answer. Is it still running?");
    return false;
  } finally {
    pressed?.removeAttribute("aria-busy");
    await look();
  }
}

function complain(text) {
  const inModal = document.querySelector("dialog.modal[open] .trouble");
  const place = inModal ?? document.getElementById("trouble");
  place.textContent = text;
}

function answersIn(holder) {
  const answers = {};
  for (const field of holder?.querySelectorAll("[data-input]") ?? []) {
    answers[field.dataset.input] = valueOf(field);
  }
  return answers;
}

function valueOf(field) {
  const boxes = field.querySelectorAll("input[type=checkbox], input[type=radio]");
  if (boxes.length) return [...boxes].filter((box) => box.checked).map((box) => box.value).join("\n");
  const control = field.querySelector("select, textarea, input");
  if (control.tagName !== "SELECT") return control.value;
  return [...control.selectedOptions].map((option) => option.value).filter(Boolean).join("\n");
}

function meant(button) {
  const { act: type, block: block_id, action: action_id, name, ts, everything } = button.dataset;
  const channel = body.dataset.channel;
  const modal = button.closest("dialog.modal");
  const { view, hash } = modal?.dataset ?? {};
  switch (type) {
    case "press": {
      const message = button.closest(".message");
      return { type, channel, ts: message.dataset.ts, block_id, action_id, answers: answersIn(message) };
    }
    case "press_in_home":
      return { type, block_id, action_id };
    case "press_in_view":
      return { type, view, hash, block_id, action_id, answers: answersIn(modal) };
    case "submit":
      return { type, view, hash, answers: answersIn(modal) };
    case "close":
      return { type, view, everything: everything === "yes" };
    case "shortcut":
      return ts ? { type, name, channel, ts } : { type, name };
    default:
      throw new Error(`nothing is known of ${type}`);
  }
}

function isConfirmed(button) {
  const dialog = document.getElementById(button.dataset.confirm ?? "");
  if (!dialog) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answered = (event) => {
      const answer = event.target.closest("[data-answer]")?.dataset.answer;
      if (answer) dialog.close(answer);
    };
    dialog.returnValue = "";
    dialog.addEventListener("click", answered);
    dialog.addEventListener(
      "close",
      () => {
        dialog.removeEventListener("click", answered);
        resolve(dialog.returnValue === "yes");
      },
      { once: true },
    );
    dialog.showModal();
  });
}

document.addEventListener("click", async (event) => {
  const pane = event.target.closest("button[data-pane]");
  if (pane) showPane(pane.dataset.pane);
  const button = event.target.closest("button[data-act]");
  if (!button || button.getAttribute("aria-busy")) return;
  const action = meant(button);
  button.closest("[popover]")?.hidePopover();
  if (await isConfirmed(button)) await act(action, button);
});

function showPane(name) {
  body.dataset.pane = name;
  for (const button of document.querySelectorAll("button[data-pane]")) {
    button.toggleAttribute("aria-current", button.dataset.pane === name);
  }
}

// --- Fields -------------------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  const control = event.target;
  const modal = control.closest("dialog.modal");
  if (modal) {
    act({ type: "fill", view: modal.dataset.view, answers: answersIn(modal) });
  } else if (control.dataset.enter && control.tagName === "SELECT") {
    act({ type: "enter_in_home", name: control.dataset.enter, text: control.value }, control);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
  const field = event.target;
  if (field.dataset.enter) {
    act({ type: "enter_in_home", name: field.dataset.enter, text: field.value }, field);
  } else if (field.closest("dialog.modal")) {
    event.preventDefault();
    field.closest("dialog.modal").querySelector("[data-act=submit]")?.click();
  }
});

// Escape closes the view in front; the server says what is in front then.
document.addEventListener(
  "cancel",
  (event) => {
    if (!event.target.matches?.("dialog.modal")) return;
    event.preventDefault();
    event.target.querySelector("footer [data-act=close]").click();
  },
  true,
);

// A menu opens beside its button, where there is room.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches("[popover]")) return;
    const at = document.querySelector(`[popovertarget="${menu.id}"]`).getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const isRoomBelow = at.bottom + height + 8 < innerHeight;
    menu.style.top = `${isRoomBelow ? at.bottom + 4 : at.top - height - 4}px`;
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    menu.querySelector("button")?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = event.target.closest?.("[popover]");
  if (!step || !menu) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
});

// --- The message field --------------------------------------------------------------------------

const composer = document.querySelector("form.composer");
if (composer) {
  const field = composer.querySelector("textarea");
  const isCompleting = completes(field, document.getElementById("hints"));
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  };
  // What is half typed is still there after a reload, or when one comes back.
  const draft = location.pathname;
  field.value = sessionStorage.getItem(draft) ?? "";
  fit();
  field.addEventListener("input", () => {
    fit();
    sessionStorage.setItem(draft, field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!isCompleting()) composer.requestSubmit();
  });
  composer.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    field.dispatchEvent(new Event("input"));
    toEnd();
    const isSent = await act({ type: "say", channel: composer.dataset.channel, text }, composer);
    // What was not sent is there to be sent again.
    if (!isSent && !field.value) {
      field.value = text;
      field.dispatchEvent(new Event("input"));
    }
    toEnd();
  });
}

// --- Events -------------------------------------------------------------------------------------

let events = null;

// Browsers open few connections to one address: a page that nobody looks at does without.
function watch() {
  if (document.hidden) {
    events?.close();
    events = null;
  } else if (!events) {
    events = new EventSource("/events");
    events.addEventListener("changed", look);
  }
}

// --- The beginning ------------------------------------------------------------------------------

openModal();
const linked = location.hash && document.getElementById(location.hash.slice(1));
if (linked) linked.scrollIntoView({ block: "center" });
else toEnd();
watch();
document.addEventListener("visibilitychange", watch);
if (body.dataset.tab) act({ type: "open", tab: body.dataset.tab });
