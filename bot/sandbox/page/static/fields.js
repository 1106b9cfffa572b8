// Fields of modals and of Home: the app or the stand-in is told of what is filled in.
import { act, answersIn } from "./acting.js";

document.addEventListener("change", (event) => {
  const control = event.target;
  const modal = control.closest("dialog.modal");
  if (modal) {
    act({ type: "fill", view: modal.dataset.view, answers: answersIn(modal) });
  } else if (control.dataset.enter && control.tagName === "SELECT") {
    act({ type: "enter_in_home", name: control.dataset.enter, text: control.value }, control);
  }
});

// What is half typed in a modal is kept as well, so that it is still there after a reload.
const PAUSE_MS = 300;
let typing;

document.addEventListener("input", (event) => {
  const modal = event.target.closest("dialog.modal");
  if (!modal || !event.target.matches("input[type=text], textarea")) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const isLeft = !modal.isConnected || modal.querySelector("[aria-busy]");
    if (!isLeft) act({ type: "fill", view: modal.dataset.view, answers: answersIn(modal) });
  }, PAUSE_MS);
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
