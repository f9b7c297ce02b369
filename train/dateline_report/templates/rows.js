// The table under a text: every error and every right item in words, for eyes, fingers, printers and screen readers alike.

const KINDS = { right: "right", missed: "missed", spurious: "spurious", wrong: "wrong" };
const WHY = {
  nothing: "nothing there on the other side",
  borders: "other borders",
  label: "labelled otherwise",
  both: "other borders and label",
  spans: "one of its spans is not right",
  pair: "not tied on the other side",
};

function kindWords(outcome) {
  const [kind, why] = outcome.split(".");
  return [KINDS[kind] || kind, WHY[why]].filter(Boolean).join(": ");
}

function itemTable(dispatch, items, state, onPick) {
  const head = ["", "What", "Label", "Words", "Score"].map((name) => element("th", { scope: "col" }, name));
  head[0].append(element("span", { class: "unseen" }, "Kind"));
  const body = items.map((item) => itemRow(dispatch, item, state, onPick));
  return element("div", { class: "scroll" }, element("table", { class: "items" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
}

function itemRow(dispatch, item, state, onPick) {
  const kind = kindOf(item);
  const words = button("", () => onPick(item), { class: "pick" });
  words.append(...itemWords(dispatch, item));
  const row = element(
    "tr",
    { class: `${kind} ${choosesItems(state) && itemMatches(item, state) ? "matched" : ""}`, "data-items": item.number },
    element("td", { class: "symbol" }, SYMBOLS[kind] || "≠"),
    element("td", {}, isolated(`${item.measure} ${kindWords(item.outcome)}`), ...changeWords(item)),
    element("td", {}, isolated(item.label), ...(item.other && item.other !== item.label ? [" for ", isolated(item.other)] : [])),
    element("td", {}, words),
    element("td", { class: "number" }, item.score === null || item.score === undefined ? "" : item.score.toFixed(2)),
  );
  return row;
}

function changeWords(item) {
  if (!item.change) return [];
  return [" ", element("span", { class: "chip" }, item.change === "lost" ? "lost against the other" : "won against the other")];
}

function itemWords(dispatch, item) {
  if (item.measure === "attribute") {
    const words = isolated(wordsOf(dispatch, item.start, item.end));
    return [words, ": ", isolated(item.expected), " read as ", isolated(item.got || "nothing")];
  }
  if (item.measure === "relation") {
    const [head, tail] = endsOf(dispatch, item).map((row) => isolated(wordsOf(dispatch, row[SPAN.start], row[SPAN.end])));
    return [head, " → ", tail];
  }
  if (item.measure === "span") {
    const values = Object.values(item.attributes).join(", ");
    const words = isolated(wordsOf(dispatch, item.start, item.end));
    return values ? [words, element("small", {}, " ", isolated(values))] : [words];
  }
  return [isolated(item.what)];
}
