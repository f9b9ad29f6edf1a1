/* Rows with [data-select], a head box [data-select-all], and the bulk bar that counts them. */
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-select], [data-select-all]")) return;
  const table = box.closest("table");
  if (box.matches("[data-select-all]")) {
    for (const row of table.querySelectorAll("[data-select]")) row.checked = box.checked;
  }
  refresh(table);
});

function refresh(table) {
  const rows = [...table.querySelectorAll("[data-select]")];
  const count = rows.filter((row) => row.checked).length;
  const head = table.querySelector("[data-select-all]");
  if (head) {
    head.checked = count > 0 && count === rows.length;
    head.indeterminate = count > 0 && count < rows.length;
  }
  for (const bar of bars(table)) {
    bar.hidden = count === 0;
    const figure = bar.querySelector("[data-bulk-count]");
    if (figure) figure.textContent = String(count);
  }
}

function bars(table) {
  const scope = table.closest("form, .card") ?? document;
  return scope.querySelectorAll("[data-bulk]");
}

function start(root) {
  for (const bar of root.querySelectorAll("[data-bulk]")) {
    const scope = bar.closest("form, .card") ?? document;
    bar.hidden = !scope.querySelector("[data-select]:checked");
  }
}

start(document);
document.addEventListener("htmx:afterSwap", () => start(document));
