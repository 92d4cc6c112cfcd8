// Words and numbers, and the making of elements.
const VERDICTS = { "one-to-one": "one to one", "few-to-one": "few to one", "shared-subspace": "shared subspace", idiosyncratic: "idiosyncratic" };
const MEANINGS = {
  "one-to-one": "matched one to one: a single unit of the other network says nearly all that it knows of this one",
  "few-to-one": "few to one: a few units of the other network together say nearly all that it knows of this one",
  "shared-subspace": "in a shared subspace: the other network knows this unit, but only through many units together",
  idiosyncratic: "idiosyncratic: the other network knows little of this unit",
};

const fixed = (value, digits = 2) => {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
};
const signed = (value, digits = 2) => (value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${fixed(value, digits)}` : fixed(value, digits));
const percent = (share) => (share === null || share === undefined ? "–" : `${fixed(100 * share, 0)} %`);
const short = (value) => (value === null || value === undefined ? "–" : String(Number(value.toPrecision(3))).replace("-", "−"));
const counted = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// An element with attributes and children; text is never read as HTML.
const SVG = new Set(["svg", "g", "path", "line", "circle", "text", "rect", "title"]);
const make = (name, attributes = {}, ...children) => {
  const element = SVG.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
};

// A choice with its label.
const select = (label, value, options, onchange, key) => make("label", {}, `${label} `, make("select", { "data-key": key, onchange: (e) => onchange(e.target.value) },
  options.map(([name, text]) => make("option", { value: name, ...(name === value ? { selected: true } : {}) }, text))));

const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
const verdictOf = (side, unit) => {
  if (side.state[unit] !== "varies") return side.state[unit];
  const verdict = side.verdict[unit];
  return verdict ? VERDICTS[verdict.kind] : "no verdict";
};
