// The message field.
import { act } from "./acting.js";
import { completes } from "./hints.js";
import { toEnd } from "./looking.js";

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
  const keep = () => {
    fit();
    sessionStorage.setItem(draft, field.value);
  };
  field.addEventListener("input", keep);
  field.addEventListener("keydown", (event) => {
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!isEnter || event.defaultPrevented) return;
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
    // What was not sent is there to be sent again; no hint covers why it was not.
    if (!isSent && !field.value) {
      field.value = text;
      keep();
    }
    toEnd();
  });
}
