/* Signing: the field to draw in, and the end of the document that has to have been seen. Without it a typed name signs. */
const form = document.querySelector("form[data-sign]");
const end = document.querySelector("[data-document-end]");

if (form) {
  draw(form.querySelector("[data-sign-pad]"), form.querySelector("[data-sign-strokes]"), form.querySelector("[data-sign-clear]"));
  if (end) awaitEnd(form.querySelector("[data-sign-read]"), form.querySelector("[data-sign-wait]"));
}

function draw(pad, field, clear) {
  const pen = pad.getContext("2d");
  const strokes = read(field.value);
  let line = null;

  const paint = () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.strokeStyle = getComputedStyle(pad).color;
    pen.lineWidth = 3.5;
    pen.lineCap = pen.lineJoin = "round";
    for (const one of strokes) {
      pen.beginPath();
      for (let i = 0; i < one.length; i += 2) pen.lineTo(one[i], one[i + 1]);
      pen.stroke();
    }
  };
  const keep = () => {
    const drawn = strokes.filter((one) => one.length >= 4);
    field.value = drawn.length ? JSON.stringify(drawn) : "";
  };
  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) * pad.width) / box.width);
    const y = Math.round(((event.clientY - box.top) * pad.height) / box.height);
    return [Math.min(Math.max(x, 0), pad.width), Math.min(Math.max(y, 0), pad.height)];
  };

  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    line = point(event);
    strokes.push(line);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!line) return;
    const [x, y] = point(event);
    const last = line.length;
    if (Math.abs(line[last - 2] - x) + Math.abs(line[last - 1] - y) < 3) return;
    line.push(x, y);
    paint();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    pad.addEventListener(name, () => {
      line = null;
      keep();
    });
  }
  clear.addEventListener("click", () => {
    strokes.length = 0;
    keep();
    paint();
  });
  paint();
}

function awaitEnd(box, wait) {
  if (box.checked) return;
  box.disabled = true;
  wait.hidden = false;
  /* The margin counts an end that was passed in one leap. */
  new IntersectionObserver((entries, watch) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    box.disabled = false;
    wait.hidden = true;
    watch.disconnect();
  }, { rootMargin: "1000000px 0px 0px 0px" }).observe(end);
}

function read(text) {
  try {
    const found = JSON.parse(text || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
