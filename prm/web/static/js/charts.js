/* What a chart says at a place: for pointers and fingers. Keyboard and screen reader users have the table below it. */
let tip;

function say(hit) {
  const figure = hit.closest("[data-chart]");
  const [title, ...rows] = hit.dataset.tip.split("\n");
  tip ??= document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.replaceChildren(line("strong", title));
  for (const row of rows) {
    const [name, value] = row.split("\t");
    const both = document.createElement("span");
    both.append(line("span", name), line("b", value));
    tip.append(both);
  }
  figure.append(tip);
  place(figure, hit);
  figure.querySelector(".hit.active")?.classList.remove("active");
  hit.classList.add("active");
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function place(figure, hit) {
  const frame = figure.getBoundingClientRect();
  const box = hit.getBoundingClientRect();
  const right = box.right - frame.left + 6;
  const fits = right + tip.offsetWidth <= frame.width;
  const left = fits ? right : Math.max(0, box.left - frame.left - tip.offsetWidth - 6);
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(0, box.top - frame.top)}px`;
}

function hide() {
  tip?.parentElement?.querySelector(".hit.active")?.classList.remove("active");
  tip?.remove();
}

document.addEventListener("pointermove", (event) => {
  const hit = event.target.closest?.(".hit[data-tip]");
  if (hit) {
    if (!hit.classList.contains("active")) say(hit);
  } else if (event.pointerType === "mouse") hide();
});

document.addEventListener("pointerdown", (event) => {
  const hit = event.target.closest?.(".hit[data-tip]");
  if (hit) say(hit);
  else hide();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
