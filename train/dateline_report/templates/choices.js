// The filters' fields: what can be chosen is what occurs.

const KIND_TITLES = {
  errors: "any error",
  clean: "no error",
  lost: "lost against the other model",
  won: "won against the other model",
};

function fillChoices(browser) {
  const { label, kind } = browser.form.elements;
  const labels = new Map();
  for (const dispatch of DATA.dispatches) {
    for (const item of itemsOf(dispatch)) labels.set(`${item.measure}:${item.label}`, [item.measure, item.label]);
  }
  const order = [...DATA.spanLabels, ...DATA.relationLabels];
  const rows = [...labels].sort(([, one], [, other]) => order.indexOf(one[1]) - order.indexOf(other[1]));
  for (const measure of new Set(rows.map(([, [measure]]) => measure))) {
    const own = rows.filter(([, [other]]) => other === measure);
    label.append(optionGroup(`${measure}s`, own.map(([value, [, name]]) => [value, name])));
  }
  fillKinds(kind);
}

function fillKinds(select) {
  const counts = kindsIn(DATA.dispatches);
  const option = (value, words) => [value, `${words} (${counts.get(value)})`];
  const general = Object.keys(KIND_TITLES).filter((value) => counts.has(value));
  select.append(...general.map((value) => optionOf(...option(value, KIND_TITLES[value]))));
  const kinds = [...counts.keys()].filter((value) => value.includes(".")).sort();
  for (const measure of new Set(kinds.map((value) => value.split(".")[0]))) {
    const own = kinds.filter((value) => value.startsWith(`${measure}.`));
    const words = (value) => `${measure} ${kindWords(value.slice(measure.length + 1))}`;
    select.append(optionGroup(`${measure}s`, own.map((value) => option(value, words(value)))));
  }
}

function optionGroup(title, options) {
  return element("optgroup", { label: plainly(title) }, ...options.map(([value, words]) => optionOf(value, words)));
}

function optionOf(value, words) {
  return element("option", { value }, plainly(words));
}

function read(form) {
  const { label, kind, as, from, to, text, sort, view, lines } = form.elements;
  return {
    label: label.value,
    kind: kind.value,
    as: label.value === form.dataset.label && kind.value === form.dataset.kind ? as.value : "",
    from: bounded(from.value, 0),
    to: bounded(to.value, 1),
    text: text.value,
    sort: sort.value,
    view: view.value,
    lines: lines.value,
  };
}

function write(form, state) {
  Object.assign(form.dataset, { label: state.label, kind: state.kind });
  for (const name of ["label", "kind", "as", "from", "to", "text", "sort", "view", "lines"]) {
    const field = form.elements[name];
    if (field !== document.activeElement || field.type !== "number") field.value = state[name];
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
  }
  document.getElementById("as-note").hidden = !state.as;
  document.getElementById("as-name").replaceChildren(...(state.as ? shown(state.as) : []));
}
