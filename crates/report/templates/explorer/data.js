"use strict";
// Rows of the results. They are parsed when they are asked for, the last few are kept.
const byId = (id) => document.getElementById(id);
const index = JSON.parse(byId("ue-index").textContent);
const texts = [...document.querySelectorAll("script.ue-row")];
const parsed = new Map();

const row = (i) => {
  if (!parsed.has(i)) {
    if (parsed.size >= 12) parsed.delete(parsed.keys().next().value);
    parsed.set(i, JSON.parse(texts[i].textContent));
  }
  return parsed.get(i);
};

// A part of the findings: its value, or null where it is undefined.
const found = (part) => part?.found ?? null;

// A quantised matrix as a function of row and column.
const matrices = new WeakMap();
const matrix = (q) => {
  if (!matrices.has(q)) {
    const bytes = Uint8Array.from(atob(q.bytes), (c) => c.charCodeAt(0));
    const step = (q.high - q.low) / 255;
    matrices.set(q, { rows: q.rows, columns: q.columns, at: (i, j) => q.low + step * bytes[i * q.columns + j] });
  }
  return matrices.get(q);
};

// The findings about a pair as they look from one of its networks: `mine` are its units, `theirs` those of the other.
const view = (pair, side) => {
  const findings = found(row(pair));
  if (!findings) return null;
  const entry = index.pairs[pair];
  const isX = side === "x";
  const between = matrix(findings.correlation.between);
  const prediction = found(isX ? findings.x_from_y : findings.y_from_x);
  return {
    pair, side, entry, findings, prediction,
    mine: findings[side], theirs: findings[isX ? "y" : "x"],
    me: entry[side].network, other: entry[isX ? "y" : "x"].network,
    r: (u, v) => (isX ? between.at(u, v) : between.at(v, u)),
  };
};

// Layers that can be chosen, each with its pairs and, if there is one, the row of all its networks.
const layerName = ({ layer, pooling, checkpoint }) => `${layer} · ${pooling} · ${checkpoint}`;
const layers = new Map();
index.pairs.forEach((entry, pair) => {
  const name = entry.x.layer === entry.y.layer ? layerName(entry.x) : `${layerName(entry.x)} and ${layerName(entry.y)}`;
  const key = `${entry.study} ${name}`;
  if (!layers.has(key)) layers.set(key, { key, name, layer: entry.x.layer, study: entry.study, pairs: [], all: null });
  layers.get(key).pairs.push(pair);
});
index.layers.forEach((entry, i) => {
  const layer = layers.get(`${entry.study} ${layerName(entry.sides[0])}`);
  if (layer) layer.all = index.pairs.length + i;
});

// The units of a network at a layer, from any row that holds them.
const unitsOf = (layer, network) => {
  for (const pair of layer.pairs) {
    for (const side of ["x", "y"]) {
      if (index.pairs[pair][side].network === network && found(row(pair))) return found(row(pair))[side];
    }
  }
  return null;
};
