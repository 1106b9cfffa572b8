// Menus, and the panes of a narrow screen.

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
    menu.style.visibility = "visible";
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

document.addEventListener("click", (event) => {
  const pane = event.target.closest("button[data-pane]");
  if (pane) showPane(pane.dataset.pane);
});

function showPane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("button[data-pane]")) {
    if (button.dataset.pane === name) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
