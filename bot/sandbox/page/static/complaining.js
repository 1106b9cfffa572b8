// Tells what did not work: in the modal in front, or above the message field.

export function complain(text) {
  const inModal = document.querySelector("dialog.modal[open] .trouble");
  const place = inModal ?? document.getElementById("trouble");
  place.textContent = text;
}
