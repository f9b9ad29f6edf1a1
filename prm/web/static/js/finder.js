/* Ctrl or Command + K: pages by name. The list is in the page; this only filters it and moves through it. */
const dialog = document.getElementById("finder");
const input = dialog?.querySelector("[data-finder-input]");

const plain = (text) => text.normalize("NFKD").toLowerCase().trim();
const links = () => [...dialog.querySelectorAll("[data-finder-list] a")];
const shown = () => links().filter((link) => !link.hidden);

function filter() {
  const wanted = plain(input.value);
  for (const link of links()) link.hidden = wanted !== "" && !plain(link.textContent).includes(wanted);
  for (const group of dialog.querySelectorAll("[data-finder-group]")) {
    group.hidden = ![...group.querySelectorAll("a")].some((link) => !link.hidden);
  }
  dialog.querySelector("[data-finder-empty]").hidden = shown().length > 0;
}

function move(step) {
  const items = shown();
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  if (at + step < 0) input.focus();
  else items[Math.min(items.length - 1, at + step)].focus();
}

if (dialog && input) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
      reset();
    }
  });
  dialog.addEventListener("dialog:open", reset);
  input.addEventListener("input", filter);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      /* A search field keeps the first Escape for itself. */
      event.preventDefault();
      dialog.close();
    } else if (event.key === "Enter" && document.activeElement === input) {
      event.preventDefault();
      shown()[0]?.click();
    }
  });
}

function reset() {
  input.value = "";
  filter();
  if (matchMedia("(pointer: fine)").matches) input.focus();
}

/* The key's name where it is not an Apple keyboard. */
if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll(".search-button kbd:first-of-type")) key.textContent = "Ctrl";
}
