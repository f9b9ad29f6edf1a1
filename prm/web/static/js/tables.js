/* A table that is scrolled sideways shows an edge under its first column. */
document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.matches?.("[data-scroll]")) event.target.classList.toggle("scrolled", event.target.scrollLeft > 0);
  },
  { capture: true, passive: true },
);

/* The scroller is only a stop for the keyboard where there is something to scroll. */
function stops() {
  for (const box of document.querySelectorAll("[data-scroll]")) {
    const moves = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (moves) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

stops();
addEventListener("resize", stops, { passive: true });
document.addEventListener("htmx:afterSettle", stops);
