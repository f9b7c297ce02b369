// The list of dispatches: only the rows in sight exist.

const ROW_HEIGHT = 52;
const SPARE_ROWS = 6;

function makeList(box, onPick) {
  const list = { box, dispatches: [], current: null, onPick };
  box.addEventListener("scroll", () => showRows(list), { passive: true });
  new ResizeObserver(() => showRows(list)).observe(box);
  return list;
}

function showRows(list) {
  const { box, dispatches } = list;
  const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
  const last = Math.min(dispatches.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT) + SPARE_ROWS);
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  const rows = element("ol", {});
  for (let place = first; place < last; place += 1) rows.append(listRow(list, place));
  rows.style.paddingTop = `${first * ROW_HEIGHT}px`;
  rows.style.paddingBottom = `${(dispatches.length - last) * ROW_HEIGHT}px`;
  box.replaceChildren(rows);
  if (focused !== null) box.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
}

function listRow(list, place) {
  const dispatch = list.dispatches[place];
  const current = dispatch === list.current;
  const tally = tallyOf(dispatch);
  const counts = Object.entries(tally).map(([kind, count]) =>
    element("span", { class: `count ${kind} ${count ? "" : "none"}`, title: kind }, `${SYMBOLS[kind]}\u2009${count}`, element("span", { class: "unseen" }, ` ${kind} `)),
  );
  const name = element("span", { class: "name" }, isolated(dispatch.id));
  const row = button(name, () => list.onPick(dispatch), { class: "row", "data-place": place, "aria-current": current ? "true" : false });
  row.append(element("span", { class: "counts" }, ...(dispatch.failure ? [element("span", { class: "chip" }, "not read")] : counts)));
  return element("li", { "aria-setsize": list.dispatches.length, "aria-posinset": place + 1 }, row);
}

function fillList(list, dispatches, current) {
  const moved = list.dispatches !== dispatches;
  list.dispatches = dispatches;
  list.current = current;
  if (moved) list.box.scrollTop = 0;
  const place = dispatches.indexOf(current);
  const { scrollTop, clientHeight } = list.box;
  const [top, bottom] = [place * ROW_HEIGHT, (place + 1) * ROW_HEIGHT];
  showRows(list);
  if (place >= 0 && (top < scrollTop || bottom > scrollTop + clientHeight)) {
    list.box.scrollTop = Math.max(0, top - clientHeight / 2 + ROW_HEIGHT / 2);
    showRows(list);
  }
}
