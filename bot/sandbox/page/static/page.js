// The page of the sandbox: shows what the server has drawn anew whenever something has changed, and
// posts what somebody does.
import { act } from "./acting.js";
import "./composer.js";
import "./fields.js";
import { openModal } from "./focus.js";
import { look, toEnd } from "./looking.js";
import "./menus.js";

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

openModal();
const linked = location.hash && document.getElementById(location.hash.slice(1));
if (linked) linked.scrollIntoView({ block: "center" });
else toEnd();
watch();
document.addEventListener("visibilitychange", watch);
if (document.body.dataset.tab) act({ type: "open", tab: document.body.dataset.tab });
