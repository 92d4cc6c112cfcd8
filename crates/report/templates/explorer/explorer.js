// Choice of layer and pair, tabs, and the verdicts of the layer.
const TABS = ["units", "galleries", "matrices", "clusters"];

const option = (value, text, isChosen) => make("option", { value, ...(isChosen ? { selected: true } : {}) }, text);

const drawChoice = () => {
  const layer = layers.get(state.layer);
  const name = ({ key, name: text, study }) => option(key, studies.size > 1 ? `${text} (${study})` : text, key === state.layer);
  byId("ue-layer").replaceChildren(...[...layers.values()].map(name));
  const pairs = layer.pairs.flatMap((pair) => {
    const { x, y } = index.pairs[pair];
    return [[`${pair} x`, `${x.network} → ${y.network}`], [`${pair} y`, `${y.network} → ${x.network}`]];
  });
  byId("ue-pair").replaceChildren(...pairs.map(([value, text]) => option(value, text, value === `${state.pair} ${state.side}`)));
};
const studies = new Set(index.pairs.map((entry) => entry.study));

const drawFacts = () => {
  const entry = index.pairs[state.pair];
  const v = current();
  if (!v) return byId("ue-facts").replaceChildren(make("strong", {}, "Nothing was found. "), entry.undefined ?? "");
  const matching = found(v.findings.matching);
  const line = (kind) => {
    const summary = matching.summaries.find((s) => s.kind === kind);
    if (!summary) return null;
    const chance = [["shuffled", summary.shuffled], ["rotated", summary.rotated]].filter(([, draws]) => draws.length).map(([what, draws]) => `${what} ${fixed(mean(draws))}`);
    return `${fixed(summary.mean)}${chance.length ? ` (${chance.join(", ")})` : ""}`;
  };
  const means = matching ? ` Mean correlation of units with their first choice ${line(`semi-${v.side}`)}, one to one ${line("one-to-one")}, soft ${line("soft")}; in brackets by chance.` : ` ${v.findings.matching.undefined}`;
  const rows = entry.samples === entry.stimuli ? "" : ` at ${counted(entry.samples / entry.stimuli, "position")}, ${counted(entry.samples, "row")}`;
  return byId("ue-facts").replaceChildren(`${v.mine.n_units} and ${v.theirs.n_units} units, ${counted(entry.stimuli, "stimulus", "stimuli")}${rows}.${means}`);
};

// One button a verdict: how many units have it, and a click shows only those.
const drawVerdicts = () => {
  const v = current();
  const box = byId("ue-verdicts");
  if (!v) return box.replaceChildren();
  const of = v.mine.state.map((_, unit) => verdictOf(v.mine, unit));
  const varying = v.mine.state.filter((s) => s === "varies").length;
  const rotated = v.side === "x" ? found(v.findings.shares)?.rotated : null;
  const names = [...Object.values(VERDICTS), ...["no verdict", "constant", "dead"].filter((name) => of.includes(name))];
  const chip = (name, i) => {
    const n = of.filter((one) => one === name).length;
    const isVerdict = i < 4;
    const chance = isVerdict && rotated ? `; with ${v.other} rotated ${percent(rotated[i])}` : "";
    return make("button", { type: "button", "data-key": name, class: `ue-chip v-${name.replaceAll(" ", "-")}`, "aria-pressed": state.verdict === name ? "true" : "false", onclick: () => update({ verdict: state.verdict === name ? null : name }) },
      make("b", {}, name), ` ${n}${isVerdict && varying ? ` · ${percent(n / varying)}` : ""}`, make("span", { class: "ue-small" }, chance));
  };
  return redraw(box, names.map(chip));
};

const drawTabs = () => {
  for (const name of TABS) {
    const tab = byId(`ue-tab-${name}`);
    const isShown = name === state.tab;
    tab.setAttribute("aria-selected", isShown ? "true" : "false");
    tab.tabIndex = isShown ? 0 : -1;
    byId(`ue-${name}`).hidden = !isShown;
  }
};

const wireTabs = () => {
  for (const name of TABS) byId(`ue-tab-${name}`).addEventListener("click", () => update({ tab: name }));
  document.querySelector(".ue-tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const tab = TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length];
    update({ tab });
    byId(`ue-tab-${tab}`).focus();
  });
};

byId("ue").hidden = false;
byId("ue-layer").addEventListener("change", (event) => {
  const layer = layers.get(event.target.value);
  // The same two networks, if the layer has them.
  const { x, y } = index.pairs[state.pair];
  const same = layer.pairs.find((p) => index.pairs[p].x.network === x.network && index.pairs[p].y.network === y.network);
  update({ layer: layer.key, pair: same ?? layer.pairs[0], unit: null, other: null, verdict: null, cluster: null });
});
byId("ue-pair").addEventListener("change", (event) => {
  const [pair, side] = event.target.value.split(" ");
  update({ pair: Number(pair), side, unit: null, other: null, cluster: null });
});
on(["tab"], drawTabs);
on(["layer", "pair", "side"], drawChoice);
on(["pair", "side"], drawFacts);
on(["pair", "side", "verdict"], drawVerdicts);
on(["query"], () => { if (byId("ue-query").value !== state.query) byId("ue-query").value = state.query; });
wireTabs();
wireTable();
wireUnit();
wireGalleries();
wireMatrices();
wireClusters();
update({ pair: layers.get(state.layer).pairs[0] });
