// One dispatch in full: what is known of it, its text in one or two panes, and the table of its spans and relations.

function showDetail(view, dispatch) {
  view.panes = [];
  view.box.replaceChildren(...(dispatch ? detailParts(view, dispatch) : [element("p", { class: "empty" }, "No dispatch matches these filters.")]));
  if (dispatch) drawPanes(view);
}

function detailParts(view, dispatch) {
  const parts = [heading(dispatch), facts(dispatch)];
  if (dispatch.failure) parts.push(element("p", { class: "failure" }, "Not read: ", isolated(dispatch.failure)));
  const sides = { overlaid: ["both"], beside: ["gold", "predicted"], gold: ["gold"], predicted: ["predicted"] }[view.state.view] || ["both"];
  const panes = element("div", { class: `panes ${sides.length > 1 ? "two" : ""}` }, ...sides.map((side) => paneOf(view, dispatch, side)));
  return [...parts, panes, ...tables(view, dispatch)];
}

function heading(dispatch) {
  const link = element("a", { href: `#${new URLSearchParams({ case: dispatch.id })}`, class: "permalink", title: "Link to this dispatch" }, "#");
  link.setAttribute("aria-label", "Link to this dispatch");
  return element("h3", {}, isolated(dispatch.id), " ", link);
}

function facts(dispatch) {
  const known = [...(dispatch.published ? [["published", dispatch.published]] : []), ...dispatch.about];
  const pairs = known.map(([name, value]) => element("div", {}, element("dt", {}, isolated(name)), element("dd", {}, isolated(value))));
  return element("dl", { class: "facts" }, ...pairs);
}

const PANE_NAMES = { gold: "Gold", predicted: "Predicted", both: "Gold and predicted" };

function paneOf(view, dispatch, side) {
  const marks = new Map();
  const block = annotatedText(dispatch, side, marks);
  view.panes.push({ dispatch, side, marks, block });
  const text = element("div", { class: "text" }, block);
  text.addEventListener("click", (event) => pickAt(view, event));
  text.addEventListener("mouseover", (event) => point(view, numbersAt(event.target)));
  text.addEventListener("mouseleave", () => point(view, []));
  return element("figure", { class: "pane" }, element("figcaption", {}, PANE_NAMES[side]), text);
}

function tables(view, dispatch) {
  const items = itemsOf(dispatch);
  const groups = [
    ["Errors", items.filter(isError), true],
    ["Right", items.filter((item) => !isError(item)), view.state.kind.endsWith(".right")],
  ];
  return groups.filter(([, group]) => group.length).map(([title, group, open]) => {
    const table = itemTable(dispatch, group, view.state, (item) => view.onPick(item));
    table.addEventListener("mouseover", (event) => point(view, numbersAt(event.target)));
    table.addEventListener("mouseleave", () => point(view, []));
    return element("details", { open: open || false, class: "group" }, element("summary", {}, `${title} (${group.length})`), table);
  });
}

function numbersAt(target) {
  return (target.closest("[data-items]")?.dataset.items || "").split(" ").filter(Boolean).map(Number);
}

function pickAt(view, event) {
  const items = itemsOf(view.panes[0].dispatch);
  const numbers = numbersAt(event.target);
  if (!numbers.length) return;
  const errors = numbers.filter((number) => isError(items[number]));
  view.onPick(items[(errors.length ? errors : numbers)[0]]);
}

// Draws the arcs anew, then what is chosen and what matches the filters.
function drawPanes(view) {
  for (const pane of view.panes) {
    if (view.state.lines === "none") pane.layer?.remove();
    else drawArcs(pane);
    pane.block.parentElement.dataset.lines = view.state.lines;
  }
  emphasise(view);
}

function emphasise(view) {
  if (!view.panes.length) return;
  const items = itemsOf(view.panes[0].dispatch);
  const picked = items[Number(view.state.item || -1)];
  const related = picked ? new Set([picked.number, ...relatedTo(items, picked)]) : null;
  for (const node of view.box.querySelectorAll("[data-items]")) {
    const numbers = node.dataset.items.split(" ").map(Number);
    const own = picked ? numbers.includes(picked.number) : false;
    node.classList.toggle("picked", own);
    node.classList.toggle("tied", Boolean(related) && !own && numbers.some((number) => related.has(number)));
    const matched = choosesItems(view.state) && numbers.some((number) => itemMatches(items[number], view.state));
    node.classList.toggle("matched", matched);
  }
  view.box.classList.toggle("choosing", Boolean(picked));
}

// The relations at a span, or the two spans of a relation.
function relatedTo(items, picked) {
  const touches = (span, relation) => Object.entries(span.places).some(([side, place]) => relation.ends[side]?.includes(place));
  const spans = items.filter((item) => item.measure === "span");
  const relations = items.filter((item) => item.measure === "relation");
  if (picked.measure === "relation") return spans.filter((span) => touches(span, picked)).map((item) => item.number);
  if (picked.measure !== "span") return [];
  return relations.filter((relation) => touches(picked, relation)).map((item) => item.number);
}

function point(view, numbers) {
  const items = view.panes.length ? itemsOf(view.panes[0].dispatch) : [];
  const near = new Set(numbers.flatMap((number) => [number, ...relatedTo(items, items[number])]));
  for (const node of view.box.querySelectorAll("[data-items]")) {
    node.classList.toggle("pointed", node.dataset.items.split(" ").some((number) => near.has(Number(number))));
  }
  view.box.classList.toggle("pointing", near.size > 0);
}
