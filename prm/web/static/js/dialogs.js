/* Native dialogs: [data-dialog-open="id"], [data-dialog-close]; a click beside the dialog closes it. */
const opened = (event) => event.target.closest?.("[data-dialog-open]");

document.addEventListener("click", (event) => {
  const opener = opened(event);
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("dialog:open", { bubbles: true }));
    return;
  }
  if (event.target.closest?.("[data-dialog-close]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  if (event.target instanceof HTMLDialogElement && event.target.open && outside(event.target, event)) {
    event.target.close();
  }
});

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  /* A click made by the keyboard has no place. */
  if (event.clientX === 0 && event.clientY === 0) return false;
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/* A view may close the dialog its form is in: HX-Trigger: {"close-dialog": null}. */
document.addEventListener("close-dialog", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});

/* A refused form inside a dialog comes back with the page: show it at once. */
for (const dialog of document.querySelectorAll("dialog[data-open-now]")) dialog.showModal();
