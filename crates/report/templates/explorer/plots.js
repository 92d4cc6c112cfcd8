// Small drawings of a unit: activations against those of another, and how it is predicted along the penalties.
const scale = (low, high, from, to) => (v) => (high > low ? from + ((v - low) / (high - low)) * (to - from) : (from + to) / 2);
const points = (xs, ys) => xs.map((x, i) => `${i ? "L" : "M"}${x.toFixed(1)} ${ys[i].toFixed(1)}`).join("");
const words = (x, y, text, attributes = {}) => make("text", { x, y, class: "tick-label", ...attributes }, text);

// Activations of a unit of mine (along) and of theirs (up), over the sample of rows.
const scatter = (v, unit, other) => {
  const [a, b] = [v.mine.sample, v.theirs.sample];
  const [p, q] = [matrix(a.values), matrix(b.values)];
  const [size, left, bottom] = [290, 40, 34];
  const x = scale(0, 1, left + 6, size - 6);
  const y = scale(0, 1, size - bottom - 6, 6);
  const dots = a.stimuli.map((stimulus, i) => make("circle", { class: "ue-dot", cx: x(p.at(unit, i)).toFixed(1), cy: y(q.at(other, i)).toFixed(1), r: 2.6 }, make("title", {}, stimulusName(stimulus))));
  const name = `${counted(a.stimuli.length, "row")} drawn at random: activation of unit ${unit} of ${v.me} along, of unit ${other} of ${v.other} up; r = ${shownR(v, unit, other)} over all rows`;
  return make("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": name, class: "ue-plot", style: `max-width:${size}px` },
    make("path", { class: "axis", fill: "none", d: `M${left} 4V${size - bottom}H${size - 4}` }),
    words(left + 6, size - bottom + 13, short(a.low[unit])), words(size - 6, size - bottom + 13, short(a.high[unit]), { "text-anchor": "end" }),
    words(left - 4, size - bottom - 4, short(b.low[other]), { "text-anchor": "end" }), words(left - 4, 14, short(b.high[other]), { "text-anchor": "end" }),
    words((left + size) / 2, size - 6, `unit ${unit} of ${v.me}`, { "text-anchor": "middle", class: "axis-label" }),
    make("text", { class: "axis-label", "text-anchor": "middle", transform: `translate(11 ${(size - bottom) / 2}) rotate(-90)` }, `unit ${other} of ${v.other}`),
    dots);
};

// Unexplained variance (left scale) and connections (right scale) of a unit against the penalty.
const pathPlot = (v, unit) => {
  const along = v.mine.path[unit];
  if (!v.prediction || !along) return null;
  const { penalties, chosen } = v.prediction;
  const [width, height, left, right, bottom] = [390, 290, 30, 36, 34];
  const n = penalties.length;
  const x = scale(0, n - 1, left + 6, width - right - 6);
  const top = Math.max(1, ...along.held_out);
  const y = scale(0, top, height - bottom, 8);
  const most = Math.max(1, ...along.connections);
  const z = scale(0, most, height - bottom, 8);
  const xs = penalties.map((_, i) => x(i));
  const curve = (values, by, style) => make("path", { class: style, fill: "none", d: points(xs, values.map(by)) });
  const every = Math.ceil(n / 6);
  const ticks = penalties.map((penalty, i) => (i % every === 0 || i === n - 1 ? words(x(i), height - bottom + 13, short(penalty), { "text-anchor": "middle" }) : null));
  const name = `Unit ${unit} of ${v.me} predicted from units of ${v.other}: at the chosen penalty ${short(penalties[chosen])} a share of ${fixed(along.held_out[chosen])} of its variance is left unexplained, held out, with ${counted(along.connections[chosen], "connection")}`;
  return make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name, class: "ue-plot", style: `max-width:${width}px` },
    make("line", { class: "epoch", x1: x(chosen), x2: x(chosen), y1: 8, y2: height - bottom }),
    make("path", { class: "axis", fill: "none", d: `M${left} 4V${height - bottom}H${width - right}V4` }),
    words(left - 4, y(0), "0", { "text-anchor": "end" }), words(left - 4, y(1) + 4, "1", { "text-anchor": "end" }),
    words(width - right + 4, z(0), "0"), words(width - right + 4, z(most) + 4, String(most)),
    ticks,
    curve(along.connections, z, "s1 curve dash-a"), curve(along.unexplained, y, "s0 expected"), curve(along.held_out, y, "s0 curve"),
    words((left + width - right) / 2, height - 6, "penalty λ", { "text-anchor": "middle", class: "axis-label" }));
};
