// A dispatch's text with its spans: gold lines run below the words, predicted ones above, right ones on both sides.

const SYMBOLS = { right: "✓", missed: "−", spurious: "+", wrong: "≠" };

function kindOf(item) {
  return item.outcome.split(".")[0];
}

function hasSide(item, side) {
  return side === "both" || item.side === "both" || item.side === side;
}

// The paragraph for one side, or both; `marks` (a Map of item → its elements) is filled on the way.
function annotatedText(dispatch, side, marks) {
  const spans = itemsOf(dispatch).filter((item) => item.measure === "span" && hasSide(item, side));
  const characters = Array.from(dispatch.text);
  const borders = [...new Set([0, characters.length, ...spans.flatMap((item) => [item.start, item.end])])].sort((one, other) => one - other);
  const wrong = wrongAttributes(dispatch);
  const block = element("bdi", { class: "words", dir: "auto" });
  let waiting = []; // a tag stands where the spans end that were open at the end of its own, so that no line is broken
  for (let number = 0; number + 1 < borders.length; number += 1) {
    const [start, end] = [borders[number], borders[number + 1]];
    const words = shown(characters.slice(start, end).join(""));
    const around = spans.filter((item) => item.start <= start && item.end >= end);
    block.append(...(around.length ? [marked(words, around, side, marks)] : words));
    const open = Math.max(end, ...around.map((item) => item.end));
    waiting.push(...around.filter((item) => item.end === end).map((item) => ({ item, until: open })));
    block.append(...waiting.filter(({ until }) => until <= end).map(({ item }) => tagOf(item, side, wrong)));
    waiting = waiting.filter(({ until }) => until > end);
  }
  return block;
}

function marked(words, items, side, marks) {
  const mark = element("mark", {}, ...words);
  for (const item of items) {
    mark.classList.add(kindOf(item));
    if (item.side !== "predicted" && side !== "predicted") mark.classList.add("below", `g${item.colour}`);
    if (item.side !== "gold" && side !== "gold") mark.classList.add("above", `p${item.colour}`);
    if (!marks.has(item)) marks.set(item, []);
    marks.get(item).push(mark);
  }
  mark.dataset.items = items.map((item) => item.number).join(" ");
  return mark;
}

// Label and attribute values after the words; drawn by CSS, so that the text stays as it is when copied or searched.
function tagOf(item, side, wrong) {
  const values = Object.values(item.attributes).join(" ");
  const symbol = kindOf(item) === "right" && wrong.has(item.places.gold) ? SYMBOLS.wrong : SYMBOLS[kindOf(item)];
  const tag = plainly([symbol, item.label, values].join(" "));
  return element("span", { class: `tag c${item.colour} ${kindOf(item)}`, "data-tag": tag, "data-items": item.number });
}

function wrongAttributes(dispatch) {
  return new Set(dispatch.attributes.map(([gold]) => gold));
}

// Relations as arcs over the words, from head to tail; drawn again whenever the words move.
function drawArcs(pane) {
  const { dispatch, side, marks, block } = pane;
  const frame = block.parentElement.getBoundingClientRect();
  const layer = drawing("svg", { class: "arcs", "aria-hidden": "true", width: frame.width, height: frame.height });
  const byPlace = new Map();
  for (const [item, parts] of marks) {
    for (const [own, place] of Object.entries(item.places)) byPlace.set(`${own}${place}`, parts[0]);
  }
  for (const item of itemsOf(dispatch)) {
    if (item.measure !== "relation" || !hasSide(item, side)) continue;
    const own = item.ends[side] ? side : item.ends.gold ? "gold" : "predicted";
    const [head, tail] = item.ends[own].map((place) => boxOf(byPlace.get(`${own}${place}`), frame));
    layer.append(arcOf(item, head, tail, frame.width));
  }
  pane.layer?.remove();
  pane.layer = layer;
  block.before(layer);
}

function boxOf(mark, frame) {
  const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
  return { x: box.left - frame.left + Math.min(box.width / 2, 28), top: box.top - frame.top, bottom: box.bottom - frame.top };
}

function arcOf(item, head, tail, width) {
  const { from, to, bend } = courseOf(item, head, tail);
  const path = `M${head.x},${from} C${head.x},${from + bend.out} ${tail.x},${to + bend.in} ${tail.x},${to}`;
  const tip = bend.in < 0 ? -1 : 1;
  const arrow = `M${tail.x},${to} l-3.5,${7 * tip} h7 z`;
  const far = Math.abs(to - from) > 1.2 * (tail.bottom - tail.top);
  // over several lines the name stands at the arrow, between two lines, so that it hides no words
  const name = far
    ? { x: tail.x, y: to + 13 * tip + 3 }
    : { x: (head.x + tail.x) / 2, y: (from + 3 * (from + bend.out) + 3 * (to + bend.in) + to) / 8 + 3 };
  const group = drawing("g", { class: `arc ${kindOf(item)} ${far ? "far" : ""}`, "data-items": item.number });
  group.append(drawing("path", { class: "line", d: path }), drawing("path", { class: "tip", d: arrow }));
  group.append(drawing("text", { ...name, "text-anchor": name.x < 32 ? "start" : name.x > width - 32 ? "end" : "middle" }, plainly(item.label)));
  return group;
}

// On one line an arc bulges up (a missed one down); between lines it leaves on the side where the other end lies.
function courseOf(item, head, tail) {
  if (Math.abs(head.top - tail.top) < 4) {
    const down = kindOf(item) === "missed" ? 1 : -1;
    const bulge = down * Math.min(14 + Math.abs(head.x - tail.x) * 0.05, 24);
    const [from, to] = down > 0 ? [head.bottom + 1, tail.bottom + 1] : [head.top - 1, tail.top - 1];
    return { from, to, bend: { out: bulge, in: bulge } };
  }
  const downwards = head.top < tail.top;
  const [from, to] = downwards ? [head.bottom + 1, tail.top - 1] : [head.top - 1, tail.bottom + 1];
  const half = Math.max(Math.abs(to - from) / 2, 14) * (downwards ? 1 : -1);
  return { from, to, bend: { out: half, in: -half } };
}
