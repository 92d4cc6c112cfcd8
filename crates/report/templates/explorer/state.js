// What is shown, and who has to know when it changes.
const state = { layer: [...layers.keys()][0], pair: 0, side: "x", tab: "units", unit: null, other: null, verdict: null, query: "", cluster: null, all: false, whole: false };
const listeners = [];

// Calls `draw` now and then whenever one of the keys changes while its tab is shown.
const on = (keys, draw, tab = null) => {
  const listener = { keys, draw, tab, stale: true };
  listeners.push(listener);
};

const update = (changes) => {
  const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
  Object.assign(state, changes);
  for (const listener of listeners) {
    listener.stale ||= listener.keys.some((key) => changed.includes(key));
    if (listener.stale && (!listener.tab || listener.tab === state.tab)) {
      listener.stale = false;
      listener.draw();
    }
  }
};

// Puts new children into a box; what had the focus has it again, by its key.
const redraw = (box, ...children) => {
  const key = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.replaceChildren(...children.flat());
  if (key) [...box.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key)?.focus({ preventScroll: true });
};

const current = () => view(state.pair, state.side);
const pick = (unit) => update({ unit, other: null });

// Goes to a unit of a network of this layer, in a pair that has it.
const visit = (network, unit) => {
  const layer = layers.get(state.layer);
  const entry = index.pairs[state.pair];
  const sideOf = (e) => (e.x.network === network ? "x" : e.y.network === network ? "y" : null);
  const pair = sideOf(entry) ? state.pair : layer.pairs.find((p) => sideOf(index.pairs[p]));
  update({ tab: "units", pair, side: sideOf(index.pairs[pair]), verdict: null, query: "", unit, other: null });
  byId("ue-unit").scrollIntoView({ block: "nearest" });
  byId("ue-unit").focus({ preventScroll: true });
};
