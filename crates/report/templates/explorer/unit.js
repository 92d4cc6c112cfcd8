// One unit: its verdict in words, what drives it and its partner, and who else is near.
const sentence = (v, unit) => {
  const { mine, findings } = v;
  if (mine.state[unit] !== "varies") return [`It is ${mine.state[unit]}: one value for all rows, so no other unit corresponds to it.`];
  const verdict = mine.verdict[unit];
  const matched = mine.matched[unit];
  const out = [];
  if (verdict) {
    const few = verdict.few === 1 ? "the first unit that enters the path" : `the first ${verdict.few} that enter the path`;
    out.push(`All units of ${v.other} explain ${fixed(verdict.explained)} of its variance, ${few} ${fixed(verdict.by_few)}, and ${matched ? "its partner" : "its best candidate"} alone ${fixed(verdict.by_one)} (held out over ${findings.blocks} blocks of stimuli).`);
  } else out.push("There is no verdict on it.");
  if (matched) {
    const rival = matched.margin === null ? "" : `, ${signed(matched.margin, 3)} against the best other candidate${matched.tie ? " (a tie: the first of equals)" : ""}`;
    const again = matched.stability === null ? "" : `; the same partner in ${percent(matched.stability)} of ${findings.parameters["half-splits"]} half-splits`;
    out.push(`With its partner, unit ${matched.unit}, r = ${fixed(matched.r, 3)}${rival}${again}.`);
  } else out.push("The one-to-one matching leaves it without a partner.");
  const chance = verdict ? [[verdict.chance_r, "under random orders of the stimuli"], [verdict.rotated_r, `with a random rotation of ${v.other}`]].filter(([r]) => r !== null) : [];
  if (chance.length) out.push(`The largest correlation that it has by chance (95 % point): ${chance.map(([r, how]) => `${fixed(r, 3)} ${how}`).join(", ")}.`);
  if (mine.cycle[unit] !== null) out.push(`Through ${percent(mine.cycle[unit])} of the other networks the matching comes back to the same partner.`);
  if (mine.checkpoints[unit] !== null) out.push(`The partner was the same at ${percent(mine.checkpoints[unit])} of the earlier checkpoints${mine.settled[unit] ? `, and stays so from ${mine.settled[unit]} on` : ""}.`);
  return out;
};

const card = (side, network, unit, role) => make("div", { class: "ue-card" },
  make("h4", {}, `Unit ${unit} of ${network}`, make("span", { class: "ue-role" }, role)),
  strip(side, unit, 8, state.whole),
  make("p", { class: "ue-small" }, side.state[unit] === "varies" ? `mean ${short(side.mean[unit])}, standard deviation ${short(side.deviation[unit])}, exactly 0 in ${percent(side.zeros[unit])} of the rows` : side.state[unit]));

// The correlation with another unit: as it was found where the row lists it, else from the picture of 8 bits a value.
const shownR = (v, unit, other) => {
  const { mine } = v;
  const partner = [mine.matched[unit], mine.semi[unit]].find((one) => one?.unit === other);
  const r = partner?.r ?? mine.candidates[unit]?.find(([u]) => u === other)?.[1];
  return r === undefined ? fixed(v.r(unit, other), 2) : fixed(r, 3);
};

const choose = (other, text, isShown) => make("button", { type: "button", class: "ue-link", "data-key": text, "aria-pressed": isShown ? "true" : "false", onclick: () => update({ other }) }, text);

const small = (title, heads, rows) => make("div", { class: "ue-near" }, make("h4", {}, title),
  rows.length ? make("table", {}, make("thead", {}, make("tr", {}, heads.map((h, i) => make("th", { scope: "col", class: i ? "number" : null }, h)))), make("tbody", {}, rows)) : make("p", { class: "ue-small" }, "none"));

// Candidates by correlation, with what the other matchings say of them.
const candidates = (v, unit, other) => {
  const { mine } = v;
  const shares = new Map(mine.soft[unit] ?? []);
  const kept = new Map(mine.partial[unit] ?? []);
  const information = mine.information[unit];
  const roles = (u) => [mine.matched[unit]?.unit === u && "one to one", mine.semi[unit]?.unit === u && "first choice", information?.[0] === u && `most information (${fixed(information[1], 2)} nats)`].filter(Boolean).join(", ");
  const listed = [...(mine.candidates[unit] ?? []).map(([u]) => u), mine.matched[unit]?.unit, mine.semi[unit]?.unit, information?.[0]];
  const rows = [...new Set(listed.filter((u) => u !== undefined))].map((u) => make("tr", {}, make("td", {}, choose(u, `unit ${u}`, u === other), make("span", { class: "ue-small" }, ` ${roles(u)}`)),
    make("td", { class: "number" }, shownR(v, unit, u)), make("td", { class: "number" }, percent(shares.get(u) ?? 0)), make("td", { class: "number" }, percent(kept.get(u) ?? 0))));
  return small(`Candidates in ${v.other}`, ["unit", "r", "soft", "partial"], rows);
};

const predictors = (v, unit, other) => {
  const weights = mineWeights(v, unit);
  const most = Math.max(...weights.map(([, w]) => Math.abs(w)), 1e-9);
  const bar = (w) => make("span", { class: w < 0 ? "ue-bar against" : "ue-bar", style: `width:${((Math.abs(w) / most) * 5).toFixed(2)}rem` });
  const rows = weights.slice(0, 12).map(([u, w]) => make("tr", {}, make("td", {}, choose(u, `unit ${u}`, u === other)), make("td", { class: "number" }, signed(w, 3)), make("td", {}, bar(w))));
  const more = weights.length > 12 ? ` (12 of ${weights.length})` : "";
  return small(`Predicted from${more}`, ["unit", "weight", ""], rows);
};
const mineWeights = (v, unit) => v.mine.predictors[unit] ?? [];

const drawUnit = () => {
  const v = current();
  const { unit } = state;
  const box = byId("ue-unit");
  if (!v || unit === null) return box.replaceChildren();
  const { mine, theirs } = v;
  const other = state.other ?? mine.matched[unit]?.unit ?? mine.semi[unit]?.unit ?? mine.candidates[unit]?.[0]?.[0] ?? null;
  const verdict = mine.verdict[unit];
  const role = (u) => (mine.matched[unit]?.unit === u ? "partner, one to one" : mine.semi[unit]?.unit === u ? "first choice" : "another unit");
  const cluster = mine.cluster[unit];
  const toggle = mine.receptive_field ? make("label", { class: "ue-whole" }, make("input", { type: "checkbox", "data-key": "whole", ...(state.whole ? { checked: true } : {}), onchange: (e) => update({ whole: e.target.checked }) }), " whole images, with the region that the unit saw") : null;
  const legend = make("p", { class: "ue-small" }, "Solid: unexplained, held out; thin: on the rows fitted on; dashed, right scale: connections; upright: the chosen penalty.");
  const path = pathPlot(v, unit);
  return redraw(box,
    make("h3", {}, `Unit ${unit} of ${v.me}: ${verdict ? MEANINGS[verdict.kind] : verdictOf(mine, unit)}`),
    make("p", {}, sentence(v, unit).join(" "),
      cluster === null || cluster === undefined ? null : [" It belongs to ", make("button", { type: "button", class: "ue-link", onclick: () => update({ tab: "clusters", cluster, all: false }) }, `cluster ${cluster}`), "."]),
    toggle ?? "",
    make("div", { class: "ue-cards" }, card(mine, v.me, unit, "this unit"), other === null ? "" : card(theirs, v.other, other, `${role(other)}, r = ${shownR(v, unit, other)}`)),
    make("div", { class: "ue-plots" },
      other === null ? "" : make("div", {}, make("h4", {}, "Activations"), scatter(v, unit, other)),
      path ? make("div", {}, make("h4", {}, "Sparse prediction"), path, legend) : ""),
    mine.state[unit] === "varies" ? make("div", { class: "ue-plots" }, candidates(v, unit, other), predictors(v, unit, other)) : "");
};

const wireUnit = () => on(["pair", "side", "unit", "other", "whole"], drawUnit, "units");
