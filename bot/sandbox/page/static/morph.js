// Makes one element like another without replacing what stays, so that focus, caret, scroll
// positions and what is half typed stay too.

// What the browser or this page sets while somebody uses it.
const OWN = new Set(["aria-busy", "aria-activedescendant"]);

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const isNews = said(old) !== said(fresh);
  syncAttributes(old, fresh);
  if (old.tagName === "TEXTAREA") old.defaultValue = fresh.defaultValue;
  else syncChildren(old, fresh);
  if (isNews) fillIn(old, fresh);
}

function syncAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !isOwn(old, name)) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !isOwn(old, name)) old.removeAttribute(name);
  }
}

// What the server says is filled in, as text that can be compared; nothing for what takes nothing.
function said(element) {
  const { defaultValue, defaultChecked, defaultSelected } = element;
  return JSON.stringify([defaultValue, defaultChecked, defaultSelected]);
}

// What somebody has filled in stays until the server says something new; what they are at, always.
function fillIn(old, fresh) {
  const used = document.activeElement;
  if (old === used || old.closest("select") === used) return;
  if (old.tagName === "OPTION") old.selected = fresh.defaultSelected;
  else if ("value" in old) old.value = fresh.defaultValue;
  if ("checked" in old) old.checked = fresh.defaultChecked;
}

function isOwn(element, name) {
  if (OWN.has(name)) return true;
  if (name === "open") return element.tagName === "DIALOG";
  if (name === "style") return true;
  if (name === "hidden") return element.id === "hints" || element.closest("#hints") !== null;
  return name === "aria-selected" && element.getAttribute("role") === "option";
}

function syncChildren(old, fresh) {
  if (old.classList.contains("trouble")) return;
  const byId = new Map();
  for (const child of old.children) if (child.id) byId.set(child.id, child);
  const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    while (at && at.nodeType === 1 && at.id && !wanted.has(at.id)) at = removed(at);
    const known = child.nodeType === 1 && child.id ? byId.get(child.id) : undefined;
    if (known) {
      if (known === at) at = at.nextSibling;
      else old.insertBefore(known, at);
      morph(known, child);
    } else if (at && isAlike(at, child)) {
      const next = at.nextSibling;
      if (at.nodeType === 1) morph(at, child);
      else if (at.nodeValue !== child.nodeValue) at.nodeValue = child.nodeValue;
      at = next;
    } else {
      old.insertBefore(document.importNode(child, true), at);
    }
  }
  while (at) at = removed(at);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function isAlike(one, other) {
  if (one.nodeType !== other.nodeType) return false;
  return one.nodeType !== 1 || (one.tagName === other.tagName && !one.id && !other.id);
}
