/* Filters that submit themselves, file drops, copying, forms that are sent once. */
import { phrase, show } from "./toasts.js";

const TYPING = 300;
let typing;

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-filters]");
  if (!form || event.target.matches("select, [type=checkbox], [type=radio], [type=date], [type=month]")) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.requestSubmit(), TYPING);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-filters]");
  if (!form || !event.target.matches("select, [type=checkbox], [type=radio], [type=date], [type=month]")) return;
  clearTimeout(typing);
  form.requestSubmit();
});

/* Empty filters do not belong into the address. */
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-filters]")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches?.("form[data-filters]")) return;
  for (const [name, value] of [...event.detail.formData]) {
    if (value === "") event.detail.formData.delete(name);
  }
});

/* What is too large would be refused, and what was typed beside it with it: it is taken back before anything is sent. */
document.addEventListener("change", (event) => {
  const { type, files, dataset } = event.target;
  if (type !== "file" || !dataset.most) return;
  const most = Number(dataset.most);
  const large = [...files].filter((file) => file.size > most);
  const together = [...files].reduce((sum, file) => sum + file.size, 0) > most;
  if (large.length) show(`${dataset.mostSaid} ${large.map((file) => file.name).join(", ")}`, "error");
  else if (together) show(dataset.mostTogether, "error");
  else return;
  event.target.value = "";
});

/* File drops: the input lies over the box, so dropping works by itself; this only tells what was chosen. */
document.addEventListener("change", (event) => {
  const drop = event.target.closest?.("[data-drop]");
  if (!drop || event.target.type !== "file") return;
  const names = [...event.target.files].map((file) => `${file.name} · ${size(file.size)}`);
  const line = drop.querySelector("[data-drop-name]");
  line.dataset.prompt ??= line.textContent;
  line.textContent = names.join(", ") || line.dataset.prompt;
  drop.classList.toggle("filled", names.length > 0);
});

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.add("over"));
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.remove("over"));
}

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  show(phrase("copied"), "success");
});

/* A second click must not send a form twice; coming back by the browser's history makes it usable again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const counts = form.method === "post" || form.matches("[data-slow]");
  if (event.defaultPrevented || !counts || form.matches("[data-theme-form], [data-download]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
