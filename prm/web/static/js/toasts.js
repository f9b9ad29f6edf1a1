/* Messages: from HX-Trigger {"toast": {"level": "success|warning|error|info", "text": "…"}}, and show(text, level). */
const TONES = { success: "ok", ok: "ok", warning: "warn", warn: "warn", error: "bad", bad: "bad" };
const STAY = 6000;

export function show(text, level = "info") {
  const region = document.getElementById("toasts");
  const mould = document.querySelector(`template[data-toast="${TONES[level] ?? "info"}"]`);
  if (!region || !mould || !text) return;
  const toast = mould.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  region.append(toast);
  leave(toast);
}

export function phrase(name) {
  return document.querySelector(`template[data-toast-text="${name}"]`)?.content.textContent ?? "";
}

/* Good news leaves by itself, bad news waits to be read; nothing leaves while it is pointed at. */
function leave(toast) {
  if (toast.matches(".toast-bad, .toast-warn")) return;
  let timer = setTimeout(() => toast.remove(), STAY);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), STAY); });
}

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest(".toast, .note")?.remove();
});

document.addEventListener("toast", (event) => show(event.detail.text, event.detail.level));

/* Checks made while typing may fail quietly; a button or a form may not. */
const loud = (event) => event.detail.elt?.matches?.("form, button, a, select");

document.addEventListener("htmx:sendError", (event) => {
  if (loud(event)) show(phrase("offline"), "error");
});

document.addEventListener("htmx:responseError", (event) => {
  const told = event.detail.xhr?.getResponseHeader("HX-Trigger")?.includes('"toast"');
  if (loud(event) && !told) show(phrase("error"), "error");
});

for (const toast of document.querySelectorAll("#toasts .toast")) leave(toast);
