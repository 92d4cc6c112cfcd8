// The best and the worst matches of a layer, each unit beside its first choice.
const duo = (v, unit) => {
  const semi = v.mine.semi[unit];
  return make("button", { type: "button", class: "ue-duo", onclick: () => visit(v.me, unit) },
    make("span", { class: "ue-half" }, make("span", { class: "ue-small" }, `unit ${unit}`), strip(v.mine, unit, 4)),
    make("b", {}, `r = ${fixed(semi?.r, 2)}`),
    make("span", { class: "ue-half" }, make("span", { class: "ue-small" }, `unit ${semi?.unit ?? "–"}`), semi ? strip(v.theirs, semi.unit, 4) : ""));
};

const drawGalleries = () => {
  const v = current();
  const box = byId("ue-galleries");
  const matching = v && found(v.findings.matching);
  if (!matching) return box.replaceChildren(make("p", { class: "empty" }, v ? v.findings.matching.undefined : "Nothing was found for this pair."));
  const agreement = matching[`agreement_${v.side}`];
  const gallery = (title, units) => make("div", {}, make("h3", {}, title), make("div", { class: "ue-gallery" }, units.map((unit) => duo(v, unit))));
  return box.replaceChildren(
    make("p", { class: "lead" }, `Units of ${v.me} (left) and the unit of ${v.other} that each correlates with most (right), with the stimuli that drive them most. ${percent(agreement.same_partner)} of all units have the same partner in the one-to-one matching; ${percent(agreement.mutual)} are the first choice of their own first choice.`),
    gallery(`The ${agreement.best.length} best matches`, agreement.best),
    gallery(`The ${agreement.worst.length} worst matches`, agreement.worst));
};

const wireGalleries = () => on(["pair", "side"], drawGalleries, "galleries");
