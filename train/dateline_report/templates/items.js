// A dispatch's rows → items: one for each span, relation and wrong attribute, right ones once for both sides.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SPAN = placesOf(DATA.columns.span);
const RELATION = placesOf(DATA.columns.relation);
const found = new WeakMap();

function placesOf(names) {
  return Object.fromEntries(names.map((name, place) => [name, place]));
}

function itemsOf(dispatch) {
  if (!found.has(dispatch)) {
    const items = [...spanItems(dispatch), ...attributeItems(dispatch), ...relationItems(dispatch), ...otherItems(dispatch)];
    items.forEach((item, number) => (item.number = number));
    markChanges(dispatch, items);
    found.set(dispatch, items);
  }
  return found.get(dispatch);
}

function spanItems(dispatch) {
  const keyOf = (row) => [row[SPAN.start], row[SPAN.end], row[SPAN.label]].join();
  const gold = new Map(dispatch.gold.spans.map((row, place) => [keyOf(row), place]));
  const item = (side, row, place) => ({
    measure: "span",
    side,
    label: DATA.spanLabels[row[SPAN.label]],
    colour: row[SPAN.label] % 8,
    outcome: DATA.outcomes[row[SPAN.outcome]],
    other: DATA.spanLabels[row[SPAN.other]] || "",
    start: row[SPAN.start],
    end: row[SPAN.end],
    score: row[SPAN.score],
    places: { [side]: place },
    attributes: row[SPAN.attributes],
  });
  const items = dispatch.predicted.spans.map((row, place) => item("predicted", row, place));
  const missed = dispatch.gold.spans.map((row, place) => item("gold", row, place)).filter((each) => each.outcome !== "right");
  for (const each of items) {
    if (each.outcome !== "right") continue;
    each.side = "both";
    each.places.gold = gold.get(keyOf(dispatch.predicted.spans[each.places.predicted]));
  }
  return [...items, ...missed].sort((one, other) => one.start - other.start || one.end - other.end);
}

function relationItems(dispatch) {
  const spanKey = (side, place) => dispatch[side].spans[place].slice(SPAN.start, SPAN.label + 1).join();
  const keyOf = (side, row) => [row[RELATION.label], spanKey(side, row[RELATION.head]), spanKey(side, row[RELATION.tail])].join("/");
  const item = (side, row) => ({
    measure: "relation",
    side,
    label: DATA.relationLabels[row[RELATION.label]],
    outcome: DATA.outcomes[row[RELATION.outcome]],
    other: DATA.relationLabels[row[RELATION.other]] || "",
    ends: { [side]: [row[RELATION.head], row[RELATION.tail]] },
    start: dispatch[side].spans[row[RELATION.head]][SPAN.start],
    end: dispatch[side].spans[row[RELATION.head]][SPAN.end],
    score: row[RELATION.score],
    key: keyOf(side, row),
  });
  const gold = new Map(dispatch.gold.relations.map((row) => [keyOf("gold", row), row]));
  const items = dispatch.predicted.relations.map((row) => item("predicted", row));
  for (const each of items) {
    if (each.outcome !== "right") continue;
    const row = gold.get(each.key);
    each.side = "both";
    each.ends.gold = [row[RELATION.head], row[RELATION.tail]];
  }
  const missed = dispatch.gold.relations.map((row) => item("gold", row)).filter((each) => each.outcome !== "right");
  return [...items, ...missed].sort((one, other) => one.start - other.start || one.end - other.end);
}

function attributeItems(dispatch) {
  return dispatch.attributes.map(([gold, predicted, name, expected, got, score]) => {
    const row = dispatch.gold.spans[gold];
    const label = `${DATA.spanLabels[row[SPAN.label]]}.${name}`;
    const [start, end] = [row[SPAN.start], row[SPAN.end]];
    return { measure: "attribute", side: "both", label, outcome: "wrong", other: "", start, end, score, expected, got, places: { gold, predicted } };
  });
}

function otherItems(dispatch) {
  return dispatch.others.map(([measure, label, outcome, what, start, end]) => ({ measure, side: "both", label, outcome, other: "", start, end, score: null, what }));
}

// Notes on each item whether another model read it otherwise: lost is wrong only here, won only there.
function markChanges(dispatch, items) {
  for (const [change, measure, label, what, start, end] of dispatch.changes) {
    const same = items.filter((item) => item.measure === measure && item.label === label && item.start === start && item.end === end);
    const exact = same.filter((item) => measure !== "relation" || whatOf(dispatch, item) === what);
    for (const item of exact.length ? exact : same.slice(0, 1)) item.change = change;
  }
}

function wordsOf(dispatch, start, end) {
  return Array.from(dispatch.text).slice(start, end).join("");
}

function endsOf(dispatch, item) {
  const side = item.ends.gold ? "gold" : "predicted";
  return item.ends[side].map((place) => dispatch[side].spans[place]);
}

function whatOf(dispatch, item) {
  if (item.measure !== "relation") return wordsOf(dispatch, item.start, item.end);
  return endsOf(dispatch, item).map((row) => wordsOf(dispatch, row[SPAN.start], row[SPAN.end])).join(" → ");
}

function tallyOf(dispatch) {
  const tally = { right: 0, missed: 0, spurious: 0, wrong: 0 };
  for (const item of itemsOf(dispatch)) {
    const kind = item.outcome.split(".")[0];
    if (kind in tally) tally[kind] += 1;
  }
  return tally;
}

function isError(item) {
  return item.outcome !== "right";
}
