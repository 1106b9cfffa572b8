// Offers the commands that begin with what is typed.

export function completes(field, list) {
  const options = [...list.querySelectorAll("[role=option]")];
  let active = null;

  const shown = () => options.filter((option) => !option.hidden);

  function choose(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    choose(null);
  }

  function offer() {
    const typed = field.value.toLowerCase();
    const isCommand = typed.startsWith("/") && !typed.includes("\n");
    for (const option of options) {
      const whole = option.dataset.typed;
      // Once the subcommand stands there, its line stays and tells what can follow.
      option.hidden = !(isCommand && (whole.startsWith(typed) || typed.startsWith(whole)));
    }
    list.hidden = shown().length === 0;
    choose(null);
  }

  function take(option) {
    field.value = option.dataset.typed;
    field.dispatchEvent(new Event("input"));
    field.focus();
  }

  field.addEventListener("input", offer);
  field.addEventListener("blur", () => setTimeout(close, 150));
  field.addEventListener("focus", offer);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const there = shown();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const from = active ? there.indexOf(active) : step > 0 ? -1 : 0;
      choose(there[(from + step + there.length) % there.length]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && !event.shiftKey) {
      const first = active ?? there[0];
      if (field.value.toLowerCase().startsWith(first.dataset.typed)) return;
      event.preventDefault();
      take(first);
    }
  });

  // Tells whether Enter took an option instead of sending.
  return () => {
    if (!active || list.hidden) return false;
    take(active);
    return true;
  };
}
