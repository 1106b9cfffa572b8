// Posts what somebody does, as the server's actions have it.
import { complain } from "./complaining.js";
import { look } from "./looking.js";

const body = document.body;

export async function act(action, pressed) {
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

export function answersIn(holder) {
  const answers = {};
  for (const field of holder?.querySelectorAll("[data-input]") ?? []) {
    // A reply in a message's thread has fields of its own.
    if (field.closest("article, dialog") === holder) answers[field.dataset.input] = valueOf(field);
  }
  return answers;
}

function valueOf(field) {
  const boxes = field.querySelectorAll("input[type=checkbox], input[type=radio]");
  if (boxes.length) return lines([...boxes].filter((box) => box.checked));
  const control = field.querySelector("select, textarea, input");
  if (control.tagName !== "SELECT") return control.value;
  return lines([...control.selectedOptions]);
}

function lines(chosen) {
  return chosen.map((each) => each.value).join("\n");
}

function meant(button) {
  const { act: type, block: block_id, action: action_id, name, ts, everything } = button.dataset;
  const channel = body.dataset.channel;
  const modal = button.closest("dialog.modal");
  const { view, hash } = modal?.dataset ?? {};
  switch (type) {
    case "press": {
      const message = button.closest(".message");
      const answers = answersIn(message);
      return { type, channel, ts: message.dataset.ts, block_id, action_id, answers };
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
  const button = event.target.closest("button[data-act]");
  if (!button || button.getAttribute("aria-busy")) return;
  const action = meant(button);
  button.closest("[popover]")?.hidePopover();
  if (await isConfirmed(button)) await act(action, button);
});
