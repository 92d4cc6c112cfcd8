// Clusters of units of several networks: the tree above them, and a page for each.
const LEAF = 46;
const TREE = 220;
const LISTED = 40;

// The clusters that are shown: those of the pair, or of all networks of the layer.
const clustering = () => {
  const layer = layers.get(state.layer);
  const v = current();
  if (state.all && layer.all !== null) {
    const all = found(row(layer.all));
    const why = index.layers[layer.all - index.pairs.length].undefined;
    return { clusters: all && found(all.clusters), why: all ? all.clusters.undefined : why, subspaces: null, units: (i, c) => unitsOf(layer, c.networks[i]) };
  }
  return { clusters: v && found(v.findings.clusters), why: v ? v.findings.clusters.undefined : "Nothing was found for this pair.", subspaces: v && found(v.findings.subspaces), units: (i) => v.findings["xy"[i]] };
};

const membersOf = (clusters, network, cluster) => clusters.members[network].flatMap((c, unit) => (c === cluster ? [unit] : []));

// Where every node of the tree stands: leaves at the right in their order, a merge at its correlation.
const nodes = ({ clusters, tree, order }) => {
  const k = clusters.length;
  const least = Math.min(0, ...tree.map((m) => m.correlation));
  const x = scale(least, Math.max(least + 1e-9, ...tree.map((m) => m.correlation)), 10, TREE - 30);
  const at = [];
  order.forEach((cluster, i) => { at[cluster] = { x: TREE, y: (i + 0.5) * LEAF }; });
  tree.forEach(({ first, second, correlation }, m) => {
    const [a, b] = [at[first], at[second]];
    at[k + m] = { x: Math.min(x(correlation), a.x, b.x), y: (a.y + b.y) / 2, a, b, correlation };
  });
  return at.slice(k);
};

const drawTree = (clusters) => make("svg", { class: "ue-tree", viewBox: `0 0 ${TREE} ${clusters.order.length * LEAF}`, preserveAspectRatio: "none", width: TREE, height: clusters.order.length * LEAF, role: "img", "aria-label": `Tree of ${counted(clusters.clusters.length, "cluster")} by average linkage; each merge stands at the mean correlation between its two sides` },
  nodes(clusters).map(({ x, a, b, correlation }) => make("path", { class: "axis", fill: "none", d: `M${a.x} ${a.y}H${x}V${b.y}H${b.x}` }, make("title", {}, `merged at a mean correlation of ${fixed(correlation)}`))));

const leaf = (clusters, units, cluster) => {
  const { sizes } = clusters.clusters[cluster];
  const framed = (network) => membersOf(clusters, network, cluster).slice(0, Math.max(1, Math.floor(6 / clusters.networks.length))).map((unit) => {
    const side = units(network, clusters);
    const top = side?.top[unit]?.[0];
    return make("span", { class: `ue-frame n${network % 8}`, title: `unit ${unit} of ${clusters.networks[network]}` }, top ? picture(top, side.receptive_field) : make("span", { class: "ue-word" }, String(unit)));
  });
  return make("button", { type: "button", class: "ue-leaf", "data-key": `leaf ${cluster}`, style: `height:${LEAF}px`, "aria-pressed": cluster === state.cluster ? "true" : "false", onclick: () => update({ cluster }) },
    make("span", { class: "ue-small" }, `cluster ${cluster}: ${sizes.join(" + ")}`), sizes.map((_, network) => framed(network)));
};

const member = (network, side, unit) => make("button", { type: "button", class: "ue-member", onclick: () => visit(network, unit) },
  make("span", { class: "ue-small" }, `unit ${unit} · ${side ? verdictOf(side, unit) : ""}`), side ? strip(side, unit, 5) : "");

const clusterPage = ({ clusters, subspaces, units }) => {
  const cluster = clusters.clusters[state.cluster];
  const facts = [`mean correlation within a network ${fixed(cluster.within)}`, `between networks ${fixed(cluster.between)}`, `purity ${fixed(cluster.purity)} (0: as mixed as all units are, 1: of one network)`];
  const cosines = subspaces?.cluster_cosines[state.cluster] ?? [];
  const shown = cosines.slice(0, 6).map((c) => fixed(c)).join(", ");
  const chance = subspaces?.chance_cosine[state.cluster];
  if (cosines.length) facts.push(`cosines of the principal angles between its two sides ${shown}${cosines.length > 6 ? " …" : ""}${chance === null ? "" : ` (largest with as many random units: ${fixed(chance)})`}`);
  const lists = clusters.networks.map((network, i) => {
    const members = membersOf(clusters, i, state.cluster);
    const more = members.length > LISTED ? [make("p", { class: "ue-small" }, `and ${members.length - LISTED} more`)] : [];
    return make("div", {}, make("h4", { class: `ue-of n${i % 8}` }, `${network}: ${counted(members.length, "unit")}`), members.slice(0, LISTED).map((unit) => member(network, units(i, clusters), unit)), more);
  });
  return make("div", { class: "ue-page", id: "ue-page", "aria-live": "polite" }, make("h3", {}, `Cluster ${state.cluster}`), make("p", { class: "ue-small" }, `${facts.join("; ")}.`), make("div", { class: "ue-members" }, lists));
};

const cutWords = ({ networks, clusters, given, cut }) => {
  const null_ = cut.null_shared_units;
  const chance = null_.length ? ` (${percent(mean(null_))} when the units of the other ${networks.length > 2 ? "networks lose" : "network lose"} their correspondence, ${counted(null_.length, "draw")})` : "";
  return `${counted(clusters.length, "cluster")} of the units of ${networks.join(", ")} together, ${given ? "a number that was given" : "as many as the largest gap between eigenvalues says"}. ${percent(cut.shared_units)} of the units are in clusters that every network has${chance}; mean purity ${fixed(cut.purity)}${cut.null_purity.length ? `, by chance ${fixed(mean(cut.null_purity))}` : ""}${cut.null_shared_correlation?.length ? `; mean correlation with the members of other networks ${fixed(cut.shared_correlation)}, by chance ${fixed(mean(cut.null_shared_correlation))}` : ""}. Each leaf shows what drives its first units most, framed in the colour of their network.`;
};

const drawClusters = () => {
  const box = byId("ue-clusters");
  const layer = layers.get(state.layer);
  const shown = clustering();
  const { clusters, why, units } = shown;
  const scope = layer.all === null ? "" : make("div", { class: "ue-choice" }, select("Clusters of", state.all ? "all" : "pair", [["pair", "this pair"], ["all", "all networks"]], (value) => update({ all: value === "all", cluster: null }), "scope"));
  if (!clusters) return redraw(box, scope, make("p", { class: "empty" }, why ?? "There are no clusters."));
  if (!(state.cluster < clusters.clusters.length)) state.cluster = null;
  state.cluster ??= clusters.order[0] ?? null;
  const scrolled = box.querySelector(".ue-forest")?.scrollTop ?? 0;
  const leaves = make("div", { class: "ue-leaves" }, clusters.order.map((cluster) => leaf(clusters, units, cluster)));
  const forest = make("div", { class: "ue-forest", tabindex: 0, role: "group", "aria-label": "Tree of clusters" }, drawTree(clusters), leaves);
  redraw(box, scope, make("p", {}, cutWords(clusters)),
    make("p", { class: "ue-small ue-networks" }, clusters.networks.map((network, i) => make("span", { class: `ue-of n${i % 8}` }, network)), "Left: mean correlation at which clusters merge, higher to the right."),
    make("div", { class: "ue-split" }, forest, state.cluster === null ? "" : clusterPage(shown)));
  forest.scrollTop = scrolled;
};

const wireClusters = () => on(["pair", "cluster", "all"], drawClusters, "clusters");
