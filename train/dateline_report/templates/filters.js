// Which dispatches are listed, in which order; kept in the page's address so that each choice is a link.

const DEFAULTS = { case: "", item: "", label: "", kind: "", as: "", from: 0, to: 1, text: "", sort: "data", view: "overlaid", lines: "all" };

function stateOf(hash) {
  const state = { ...DEFAULTS };
  if (!hash.includes("=")) return state;
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!(name in DEFAULTS)) continue;
    state[name] = typeof DEFAULTS[name] === "number" ? bounded(value, DEFAULTS[name]) : value;
  }
  return state;
}

function bounded(value, otherwise) {
  const number = Number.parseFloat(value);
  return number >= 0 && number <= 1 ? number : otherwise;
}

function hashOf(state) {
  const changed = Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]);
  return changed.length ? `#${new URLSearchParams(changed.map(([name, value]) => [name, String(value)]))}` : "";
}

// Whether anything is asked of single items.
function choosesItems(state) {
  return Boolean(state.label || state.as || state.from > 0 || state.to < 1 || !["", "clean"].includes(state.kind));
}

function itemMatches(item, state) {
  const scored = state.from > 0 || state.to < 1;
  return (
    (!state.label || `${item.measure}:${item.label}` === state.label) &&
    (!state.as || item.other === state.as) &&
    kindMatches(item, state.kind) &&
    (!scored || (item.score !== null && item.score >= state.from && item.score <= state.to))
  );
}

function kindMatches(item, kind) {
  if (!kind || kind === "clean") return true;
  if (kind === "errors") return isError(item);
  if (kind === "lost" || kind === "won") return item.change === kind;
  const own = `${item.measure}.${item.outcome}`;
  return own === kind || own.startsWith(`${kind}.`);
}

function dispatchMatches(dispatch, state) {
  const items = itemsOf(dispatch);
  if (state.kind === "clean" && (dispatch.failure || items.some(isError))) return false;
  if (choosesItems(state) && !items.some((item) => itemMatches(item, state))) return false;
  if (!state.text) return true;
  const words = state.text.toLowerCase();
  return dispatch.id.toLowerCase().includes(words) || dispatch.text.toLowerCase().includes(words);
}

const ORDERS = {
  data: () => 0,
  errors: (one, other) => errorsIn(other) - errorsIn(one),
  share: (one, other) => shareRight(one) - shareRight(other),
  bold: (one, other) => boldest(other) - boldest(one),
};

function errorsIn(dispatch) {
  const tally = tallyOf(dispatch);
  return tally.missed + tally.spurious + tally.wrong;
}

// F1 over spans and relations together; a dispatch with nothing to find and nothing found is all right.
function shareRight(dispatch) {
  const { right, missed, spurious } = tallyOf(dispatch);
  return right + missed + spurious ? (2 * right) / (2 * right + missed + spurious) : 1;
}

function boldest(dispatch) {
  return Math.max(-1, ...itemsOf(dispatch).filter((item) => isError(item) && item.score !== null).map((item) => item.score));
}

function chosen(state) {
  const order = ORDERS[state.sort] || ORDERS.data;
  return DATA.dispatches.filter((dispatch) => dispatchMatches(dispatch, state)).sort(order);
}

// [value, words, number of dispatches] of every kind of error that occurs, coarse before fine.
function kindsIn(dispatches) {
  const counts = new Map();
  for (const dispatch of dispatches) {
    const kinds = new Set();
    for (const item of itemsOf(dispatch)) {
      const parts = [item.measure, ...item.outcome.split(".")];
      for (let length = 2; length <= parts.length; length += 1) kinds.add(parts.slice(0, length).join("."));
      if (item.change) kinds.add(item.change);
      if (isError(item)) kinds.add("errors");
    }
    if (!kinds.has("errors") && !dispatch.failure) kinds.add("clean");
    for (const kind of kinds) counts.set(kind, (counts.get(kind) || 0) + 1);
  }
  return counts;
}
