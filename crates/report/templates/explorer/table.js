// The table of units: sorted, searched, and drawn only where it is seen.
const ROW = 30;
const number = (digits, show = fixed) => ({ number: true, show: (v) => show(v, digits) });
const whole = { number: true, show: (v) => (v === null || v === undefined ? "–" : String(v)) };
const share = { number: true, show: percent };
const COLUMNS = [
  { key: "unit", head: "unit", ...whole, help: "unit of the first network" },
  { key: "verdict", head: "verdict", show: (v) => v, help: "how the unit stands to the other network" },
  { key: "partner", head: "partner", ...whole, help: "its partner in the one-to-one matching with the largest sum of correlations" },
  { key: "r", head: "r", ...number(3), help: "correlation with the partner" },
  { key: "margin", head: "margin", ...number(3, signed), help: "r less that of the best other candidate; negative where the best one went to another unit" },
  { key: "stability", head: "stability", ...share, help: "share of half-splits of the stimuli in which the partner is the same" },
  { key: "best", head: "first choice", ...whole, help: "unit with the largest correlation (semi-matching)" },
  { key: "rbest", head: "its r", ...number(3), help: "correlation with the first choice" },
  { key: "explained", head: "explained", ...number(2), help: "share of its variance that all units of the other network explain, held out" },
  { key: "byone", head: "by one", ...number(2), help: "share that the partner alone explains, held out" },
  { key: "connections", head: "connections", ...whole, help: "units of the other network that predict it at the chosen penalty" },
  { key: "cluster", head: "cluster", ...whole, help: "cluster of the units of both networks" },
  { key: "cycle", head: "cycle", ...share, help: "share of the other networks through which the matching comes back to its partner" },
  { key: "before", head: "earlier", ...share, help: "share of the earlier checkpoints at which the partner was the same" },
  { key: "mean", head: "mean", number: true, show: short, help: "mean activation" },
];

const entries = (v) => {
  const { mine } = v;
  const connections = (u) => {
    const along = v.prediction && mine.path[u]?.connections;
    return along ? along[v.prediction.chosen] : null;
  };
  return Array.from({ length: mine.n_units }, (_, unit) => {
    const [matched, semi, verdict] = [mine.matched[unit], mine.semi[unit], mine.verdict[unit]];
    return {
      unit, verdict: verdictOf(mine, unit), partner: matched?.unit, r: matched?.r, margin: matched?.margin, stability: matched?.stability,
      best: semi?.unit, rbest: semi?.r, explained: verdict?.explained, byone: verdict?.by_one, connections: connections(unit),
      cluster: mine.cluster[unit], cycle: mine.cycle[unit], before: mine.checkpoints[unit], mean: mine.mean[unit],
    };
  });
};

// A word is looked for in the verdict, a number among units and partners, `key>number` in a column.
const matcher = (query) => {
  const tests = query.toLowerCase().split(/\s+/).filter(Boolean).map((word) => {
    const condition = word.match(/^([a-z]+)(>=|<=|>|<|=)([−-]?[\d.]+)$/);
    if (condition && COLUMNS.some((c) => c.key === condition[1])) {
      const [, key, sign, text] = condition;
      const limit = Number(text.replace("−", "-"));
      const holds = { ">": (a) => a > limit, "<": (a) => a < limit, ">=": (a) => a >= limit, "<=": (a) => a <= limit, "=": (a) => a === limit }[sign];
      return (e) => e[key] !== null && e[key] !== undefined && holds(e[key]);
    }
    if (/^\d+$/.test(word)) return (e) => [e.unit, e.partner, e.best].includes(Number(word));
    return (e) => e.verdict.includes(word);
  });
  return (e) => tests.every((test) => test(e));
};

// Missing values come last in either direction; equal ones stay in the order of the units.
const sorted = (list, { key, down }) => {
  const missing = (v) => v === null || v === undefined;
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return [...list].sort((p, q) => {
    const [a, b] = [p[key], q[key]];
    if (missing(a) || missing(b)) return missing(a) - missing(b) || p.unit - q.unit;
    return (down ? compare(b, a) : compare(a, b)) || p.unit - q.unit;
  });
};

const grid = { order: { key: "r", down: true }, all: [], shown: [], scroll: byId("ue-scroll"), body: null };

const sortBy = (column) => {
  const same = grid.order.key === column.key;
  grid.order = { key: column.key, down: same ? !grid.order.down : Boolean(column.number) && column.key !== "unit" };
  drawTable();
};

const head = () => make("tr", { role: "row", "aria-rowindex": 1 }, COLUMNS.map((column) => {
  const isSorted = grid.order.key === column.key;
  const order = isSorted ? (grid.order.down ? "descending" : "ascending") : "none";
  const mark = isSorted ? (grid.order.down ? " ↓" : " ↑") : "";
  return make("th", { role: "columnheader", scope: "col", class: column.number ? "number" : null, "aria-sort": order },
    make("button", { type: "button", title: `${column.help}; in a search: ${column.key}`, "data-key": column.key, onclick: () => sortBy(column) }, column.head + mark));
}));

const line = (entry, at) => make("tr", { role: "row", id: `ue-row-${entry.unit}`, "aria-rowindex": at + 2, "aria-selected": entry.unit === state.unit ? "true" : "false", onclick: () => pick(entry.unit) },
  COLUMNS.map((column) => make("td", { role: "gridcell", class: column.number ? "number" : `ue-verdict v-${entry.verdict.replaceAll(" ", "-")}` }, column.show(entry[column.key]))));

// Only the rows in sight are elements; the others are room above and below.
const drawWindow = () => {
  const { scroll, shown, body } = grid;
  if (!body) return;
  const first = Math.max(0, Math.floor(scroll.scrollTop / ROW) - 8);
  const last = Math.min(shown.length, first + Math.ceil(scroll.clientHeight / ROW) + 16);
  const room = (n) => make("tr", { class: "ue-room", "aria-hidden": "true" }, make("td", { colspan: COLUMNS.length, style: `height:${n * ROW}px` }));
  body.replaceChildren(room(first), ...shown.slice(first, last).map((entry, i) => line(entry, first + i)), room(shown.length - last));
  const isHere = shown.slice(first, last).some((entry) => entry.unit === state.unit);
  if (isHere) scroll.setAttribute("aria-activedescendant", `ue-row-${state.unit}`);
  else scroll.removeAttribute("aria-activedescendant");
};

const reveal = () => {
  const at = grid.shown.findIndex((entry) => entry.unit === state.unit);
  if (at < 0) return;
  const { scroll } = grid;
  const top = at * ROW;
  const free = scroll.clientHeight - ROW - 4;
  if (top < scroll.scrollTop) scroll.scrollTop = top;
  else if (top + ROW > scroll.scrollTop + free) scroll.scrollTop = top + ROW - free;
};

const drawTable = () => {
  const v = current();
  grid.all = v ? entries(v) : [];
  const passes = matcher(state.query);
  grid.shown = sorted(grid.all.filter((e) => passes(e) && (!state.verdict || e.verdict === state.verdict)), grid.order);
  byId("ue-count").textContent = `${grid.shown.length} of ${counted(grid.all.length, "unit")}`;
  grid.body = make("tbody");
  redraw(grid.scroll, make("table", { role: "presentation" }, make("thead", { role: "rowgroup" }, head()), grid.body));
  grid.scroll.setAttribute("aria-rowcount", grid.shown.length + 1);
  if (!grid.shown.some((entry) => entry.unit === state.unit)) update({ unit: grid.shown[0]?.unit ?? null, other: null });
  reveal();
  drawWindow();
};

const moveBy = (step) => {
  const { shown } = grid;
  const at = shown.findIndex((entry) => entry.unit === state.unit);
  const to = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
  if (to) pick(to.unit);
};

const save = () => {
  const lines = [COLUMNS.map((c) => c.key), ...grid.shown.map((e) => COLUMNS.map((c) => e[c.key] ?? ""))];
  const url = URL.createObjectURL(new Blob([lines.map((l) => `${l.join(",")}\n`).join("")], { type: "text/csv" }));
  const v = current();
  make("a", { href: url, download: `units-${v.me}-${v.other}-${layers.get(state.layer).layer}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url));
};

const wireTable = () => {
  const page = () => Math.max(1, Math.floor(grid.scroll.clientHeight / ROW) - 2);
  const steps = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: page, PageUp: () => -page(), Home: () => -Infinity, End: () => Infinity };
  grid.scroll.addEventListener("scroll", drawWindow, { passive: true });
  grid.scroll.addEventListener("keydown", (event) => {
    if (event.target !== grid.scroll) return;
    if (event.key === "Enter") byId("ue-unit").focus();
    else if (steps[event.key]) moveBy(steps[event.key]());
    else return;
    event.preventDefault();
  });
  byId("ue-query").addEventListener("input", (event) => update({ query: event.target.value }));
  byId("ue-save").addEventListener("click", save);
  new ResizeObserver(drawWindow).observe(grid.scroll);
  on(["pair", "side", "query", "verdict"], drawTable, "units");
  on(["unit"], () => { reveal(); drawWindow(); }, "units");
};
