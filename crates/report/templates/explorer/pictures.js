// Thumbnails of stimuli, cropped to what a position of a convolutional layer sees.
const stimuli = index.stimuli;
const place = new Map(stimuli.used.map((stimulus, i) => [stimulus, i]));
const sheet = stimuli.sheet ? new Image() : null;
if (sheet) sheet.src = `data:image/png;base64,${stimuli.sheet.png}`;
const sheetReady = sheet ? sheet.decode() : Promise.resolve();

// What a stimulus is called.
const stimulusName = (stimulus) => {
  const at = place.get(stimulus);
  const id = stimuli.ids[at] ?? String(stimulus);
  const label = stimuli.classes[stimuli.labels[at]];
  return label ? `${id} (${label})` : id;
};

// The square that a position sees, in pixels of the image; near a border a part of it lies outside.
const seen = ({ columns, offset, stride, size }, position) => {
  const top = offset + stride * Math.floor(position / columns);
  const left = offset + stride * (position % columns);
  return { left, top, right: left + size, bottom: top + size };
};

// One stimulus of a unit as a picture; as a word where there are no thumbnails. `whole` shows all of the image with the region outlined.
const picture = ([stimulus, position, value], field, whole = false) => {
  const at = place.get(stimulus);
  const where = field ? `, position ${position}` : "";
  const title = `${stimulusName(stimulus)}${where}: activation ${short(value)}`;
  if (!sheet || at === undefined) return make("span", { class: "ue-word", title }, stimulusName(stimulus));
  const { width, height, columns } = stimuli.sheet;
  // The region is in pixels of the image that the network saw; the thumbnail may have another size.
  const scale = field ? width / field.width : 1;
  const region = field ? seen(field, position) : { left: 0, top: 0, right: width, bottom: height };
  const box = Object.fromEntries(Object.entries(region).map(([edge, at]) => [edge, at * scale]));
  const shown = whole ? { left: 0, top: 0, right: width, bottom: height } : box;
  const zoom = whole ? 4 : 1;
  const pixels = (extent) => Math.max(1, Math.round(extent * zoom));
  const canvas = make("canvas", { class: "ue-thumb", title, role: "img", "aria-label": title, width: pixels(shown.right - shown.left), height: pixels(shown.bottom - shown.top) });
  sheetReady.then(() => {
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    // What lies outside of the image stays empty.
    const [left, top] = [Math.max(0, shown.left), Math.max(0, shown.top)];
    const [wide, high] = [Math.min(width, shown.right) - left, Math.min(height, shown.bottom) - top];
    if (wide > 0 && high > 0) context.drawImage(sheet, (at % columns) * width + left, Math.floor(at / columns) * height + top, wide, high, (left - shown.left) * zoom, (top - shown.top) * zoom, wide * zoom, high * zoom);
    if (!whole || !field) return;
    context.strokeStyle = "#ff5a36";
    context.lineWidth = 3;
    context.strokeRect(box.left * zoom + 1.5, box.top * zoom + 1.5, (box.right - box.left) * zoom - 3, (box.bottom - box.top) * zoom - 3);
  });
  return canvas;
};

// The first few top stimuli of a unit, in a row.
const strip = (side, unit, n, whole = false) => {
  const top = side.top[unit] ?? [];
  const pictures = top.slice(0, n).map((one) => picture(one, side.receptive_field, whole));
  return make("span", { class: "ue-strip" }, pictures.length ? pictures : make("span", { class: "ue-word" }, side.state[unit] === "varies" ? "no stimuli listed" : side.state[unit]));
};
