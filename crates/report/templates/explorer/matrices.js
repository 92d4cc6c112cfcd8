// Correlations between units as pictures: as recorded, in the order of the matching, or by clusters; to be zoomed.
const frame = { which: "between", order: "matching", zoom: 1, left: 0, top: 0, canvas: null, drawn: null };
const SIDE = 560;

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => style.getPropertyValue(name).trim().match(/\w\w/g).map((h) => parseInt(h, 16));
  return { zero: rgb("--ground"), above: rgb("--s1"), below: rgb("--s0") };
};

// Colour of a correlation: ground at 0, one hue for each sign.
const tint = (r, { zero, above, below }) => {
  const end = r < 0 ? below : above;
  const t = Math.min(1, Math.abs(r)) ** 0.8;
  return zero.map((z, c) => Math.round(z + t * (end[c] - z)));
};

// Units along one side of the picture, in the order chosen.
const ordered = (v, side) => {
  const units = v.findings[side];
  const plain = Array.from({ length: units.n_units }, (_, u) => u);
  if (frame.order === "matching") return v.findings.correlation[`order_${side}`];
  if (frame.order === "recorded") return plain;
  const last = Infinity;
  return plain.sort((a, b) => (units.cluster[a] ?? last) - (units.cluster[b] ?? last) || a - b);
};

// The picture in its order: rows and columns are units, `r` the correlation of two places.
const arranged = (v) => {
  const [up, along] = { x: ["x", "x"], y: ["y", "y"], between: ["x", "y"] }[frame.which];
  const q = matrix(v.findings.correlation[frame.which]);
  const [rows, columns] = [ordered(v, up), ordered(v, along)];
  const name = (side) => v.entry[side].network;
  return { rows, columns, r: (i, j) => q.at(rows[i], columns[j]), up: name(up), along: name(along) };
};

const paint = () => {
  const { canvas, drawn } = frame;
  if (!canvas || !drawn) return;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, SIDE, SIDE);
  const cell = frame.zoom * (SIDE / Math.max(drawn.rows.length, drawn.columns.length));
  context.drawImage(drawn.bitmap, -frame.left * cell, -frame.top * cell, drawn.columns.length * cell, drawn.rows.length * cell);
};

const bitmap = ({ rows, columns, r }) => {
  const canvas = make("canvas", { width: Math.max(1, columns.length), height: Math.max(1, rows.length) });
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const colour = colours();
  for (let i = 0; i < rows.length; i += 1) {
    for (let j = 0; j < columns.length; j += 1) image.data.set([...tint(r(i, j), colour), 255], 4 * (i * columns.length + j));
  }
  context.putImageData(image, 0, 0);
  return canvas;
};

const most = () => Math.max(frame.drawn.rows.length, frame.drawn.columns.length);
const clampFrame = () => {
  const room = most() * (1 - 1 / frame.zoom);
  frame.left = Math.min(room, Math.max(0, frame.left));
  frame.top = Math.min(room, Math.max(0, frame.top));
};
const zoomBy = (factor, [x, y] = [0.5, 0.5]) => {
  const before = most() / frame.zoom;
  frame.zoom = Math.min(Math.max(1, most() / 4), Math.max(1, frame.zoom * factor));
  const after = most() / frame.zoom;
  frame.left += (before - after) * x;
  frame.top += (before - after) * y;
  clampFrame();
  paint();
};
const panBy = (x, y) => {
  frame.left += x;
  frame.top += y;
  clampFrame();
  paint();
};

// The picture as a file, as it is ordered: values, or at least a thousand pixels a side.
const download = (blob, extension) => {
  const v = current();
  const parts = ["correlations", v.entry.x.layer, frame.drawn.up, frame.drawn.along, frame.order].join("-");
  const link = make("a", { href: URL.createObjectURL(blob), download: `${parts.replace(/[^\w.-]+/g, "_")}.${extension}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const saveValues = () => {
  const { rows, columns, r, up, along } = frame.drawn;
  const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const head = [cell(`unit of ${up} / of ${along}`), ...columns].join(",");
  const line = (unit, i) => [unit, ...columns.map((_, j) => r(i, j).toFixed(3))].join(",");
  download(new Blob([[head, ...rows.map(line)].join("\n"), "\n"], { type: "text/csv" }), "csv");
};
const savePicture = () => {
  const { bitmap: plain } = frame.drawn;
  const scale = Math.max(1, Math.ceil(1000 / most()));
  const canvas = make("canvas", { width: plain.width * scale, height: plain.height * scale });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(plain, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => download(blob, "png"));
};

// The two units under a point of the canvas, as shares of its sides.
const under = (event) => {
  const box = frame.canvas.getBoundingClientRect();
  const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  const extent = most() / frame.zoom;
  return { at, j: Math.floor(frame.left + at[0] * extent), i: Math.floor(frame.top + at[1] * extent) };
};

const listen = (canvas, says) => {
  let drag = null;
  const cellAt = (event) => {
    const { i, j } = under(event);
    return i >= 0 && j >= 0 && i < frame.drawn.rows.length && j < frame.drawn.columns.length ? { i, j } : null;
  };
  canvas.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, y: event.clientY, moved: false }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    if (cell) says(cell);
    if (!drag) return;
    const pixels = canvas.getBoundingClientRect().width / (most() / frame.zoom);
    const [dx, dy] = [drag.x - event.clientX, drag.y - event.clientY];
    if (Math.abs(dx) + Math.abs(dy) > 3) drag.moved = true;
    if (!drag.moved) return;
    panBy(dx / pixels, dy / pixels);
    Object.assign(drag, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointerup", (event) => {
    const cell = drag && !drag.moved && cellAt(event);
    drag = null;
    if (cell) visit(frame.drawn.up, frame.drawn.rows[cell.i]);
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1.25 : 0.8, under(event).at);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = most() / frame.zoom / 8;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) panBy(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") zoomBy(1.5);
    else if (event.key === "-") zoomBy(1 / 1.5);
    else if (event.key === "0") zoomBy(1 / frame.zoom);
    else return;
    event.preventDefault();
  });
};

const drawMatrices = () => {
  const v = current();
  const box = byId("ue-matrices");
  if (!v) return box.replaceChildren(make("p", { class: "empty" }, "Nothing was found for this pair."));
  const drawn = arranged(v);
  frame.drawn = { ...drawn, bitmap: bitmap(drawn) };
  clampFrame();
  const again = (key) => (value) => { frame[key] = value; Object.assign(frame, { zoom: 1, left: 0, top: 0 }); drawMatrices(); };
  const { x, y } = v.entry;
  const readout = make("p", { class: "ue-small", role: "status" }, "Point at the picture to read a correlation; click to go to the unit of its row. Drag or arrows move, + and − zoom, 0 shows all.");
  frame.canvas = make("canvas", { width: SIDE, height: SIDE, class: "ue-matrix", tabindex: 0, role: "img", "aria-label": `Correlations of ${counted(drawn.rows.length, "unit")} of ${drawn.up} (down) with ${counted(drawn.columns.length, "unit")} of ${drawn.along} (across)` });
  listen(frame.canvas, ({ i, j }) => { readout.textContent = `unit ${drawn.rows[i]} of ${drawn.up}, unit ${drawn.columns[j]} of ${drawn.along}: r = ${fixed(drawn.r(i, j), 2)}`; });
  const tool = (text, title, onclick) => make("button", { type: "button", title, "aria-label": title, "data-key": title, onclick }, text);
  const orders = [["matching", "by the matching"], ["cluster", "by cluster"], ["recorded", "as recorded"]];
  redraw(box,
    make("div", { class: "ue-choice" },
      select("Correlations", frame.which, [["between", `${x.network} with ${y.network}`], ["x", `within ${x.network}`], ["y", `within ${y.network}`]], again("which"), "which"),
      select("Order", frame.order, orders, again("order"), "order"),
      make("span", { class: "ue-tools" }, tool("+", "Zoom in", () => zoomBy(1.5)), tool("−", "Zoom out", () => zoomBy(1 / 1.5)), tool("all", "Show all", () => zoomBy(1 / frame.zoom)), tool("PNG", "Save the picture", savePicture), tool("CSV", "Save the values", saveValues))),
    make("div", { class: "ue-beside" }, frame.canvas, make("div", {}, make("p", { class: "ue-small" }, "r = −1 ", make("span", { class: "ue-scale" }), " 1"), readout,
      make("p", { class: "ue-small" }, `Rows: units of ${drawn.up}; columns: units of ${drawn.along}; ${counted(v.entry.samples, "row")} of ${counted(v.entry.stimuli, "stimulus", "stimuli")}, 8 bits a value. By the matching, partners stand on the diagonal where both networks are as wide; units without a partner come last.`))));
  return paint();
};

const wireMatrices = () => {
  on(["pair", "theme"], drawMatrices, "matrices");
  const repaint = () => update({ theme: `${document.documentElement.dataset.theme} ${matchMedia("(prefers-color-scheme: dark)").matches}` });
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
};
