// The page of the sandbox: shows what the server has drawn anew whenever something has changed, and
// posts what somebody does.
import { act } from "./acting.js";
import { complain } from "./complaining.js";
import "./composer.js";
import "./fields.js";
import { openModal } from "./focus.js";
import { look, toEnd } from "./looking.js";
import "./menus.js";

const AGAIN_MS = 2000;

let events = null;
let isLost = false;

// Browsers open few connections to one address: a page that nobody looks at does without.
function watch() {
  if (document.hidden) {
    events?.close();
    events = null;
  } else if (!events) {
    events = new EventSource("/events");
    events.addEventListener("changed", look);
    events.addEventListener("open", found);
    events.addEventListener("error", lost);
  }
}

// The stream ends with the sandbox alone; a browser tries by itself only where that makes sense.
function lost() {
  isLost = true;
  complain("The sandbox does not answer. Start it again, and this page goes on.");
  events?.close();
  events = null;
  setTimeout(watch, AGAIN_MS);
}

function found() {
  if (!isLost) return;
  isLost = false;
  complain("");
  look();
}

openModal();
const linked = location.hash && document.getElementById(location.hash.slice(1));
if (linked) linked.scrollIntoView({ block: "center" });
else toEnd();
watch();
document.addEventListener("visibilitychange", watch);
if (document.body.dataset.tab) act({ type: "open", tab: document.body.dataset.tab });
