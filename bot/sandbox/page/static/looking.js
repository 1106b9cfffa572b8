// Shows what the server has drawn anew.
import { complain } from "./complaining.js";
import { focusInstead, openModal } from "./focus.js";
import { morph } from "./morph.js";

const PARTS = ["sidebar", "main", "influxdb", "modals"];

let isLooking = false;
let isOutdated = false;

export async function look() {
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
  for (const id of PARTS) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now) morph(old, now);
  }
  document.title = fresh.title;
  openModal();
  if (!focused.isConnected && document.activeElement === document.body) {
    focusInstead(focused, holder);
  }
  if (isAtEnd) toEnd();
}

export function toEnd() {
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
}
