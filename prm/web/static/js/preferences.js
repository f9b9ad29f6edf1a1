/* The theme changes at once and is remembered by the server; without scripts the same form reloads the page. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const chosen = event.submitter.value;
  apply(chosen);
  const body = new FormData(form, event.submitter);
  await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
});

function apply(chosen) {
  const root = document.documentElement;
  if (chosen === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}
