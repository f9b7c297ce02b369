// The case browser: filters, the list and one dispatch, all following one state that the page's address holds.

const STEPS = { j: ["dispatch", 1], k: ["dispatch", -1], n: ["item", 1], p: ["item", -1] };
const VIEWS = ["overlaid", "beside", "gold", "predicted"];

function startCases() {
  const browser = { state: stateOf(location.hash), listed: [], current: null };
  const by = (id) => document.getElementById(id);
  Object.assign(browser, { form: by("filters"), count: by("count"), help: by("help"), section: by("cases") });
  browser.list = makeList(by("list"), (dispatch) => change(browser, { case: dispatch.id, item: "" }));
  browser.detail = { box: by("detail"), panes: [], state: browser.state, onPick: (item) => pick(browser, item) };
  fillChoices(browser);
  browser.form.addEventListener("input", () => refilter(browser));
  browser.form.addEventListener("submit", (event) => event.preventDefault());
  by("reset").addEventListener("click", () => change(browser, { ...DEFAULTS, case: browser.state.case, view: browser.state.view }));
  by("previous").addEventListener("click", () => stepTo(browser, -1));
  by("next").addEventListener("click", () => stepTo(browser, 1));
  by("ask").addEventListener("click", () => browser.help.showModal());
  addEventListener("hashchange", () => follow(browser));
  addEventListener("keydown", (event) => press(browser, event));
  new ResizeObserver(() => drawPanes(browser.detail)).observe(by("detail"));
  document.fonts?.ready.then(() => drawPanes(browser.detail));
  makePrintable(browser);
  update(browser);
  if (location.hash.includes("=")) show(browser);
}

// Brings what was asked for into sight.
function show(browser) {
  const beside = matchMedia("(min-width: 60rem)").matches;
  const target = !browser.state.case ? browser.section : document.getElementById(beside ? "steps" : "detail");
  target.scrollIntoView({ block: "start" });
}

// A link into the browser was followed, or the way back.
function follow(browser) {
  if (!location.hash.includes("=")) return;
  browser.state = stateOf(location.hash);
  update(browser);
  show(browser);
}

// Other filters leave the dispatch in sight where they still list it.
function refilter(browser) {
  const state = { ...browser.state, ...read(browser.form), item: "" };
  const kept = browser.current && dispatchMatches(browser.current, state);
  change(browser, { ...state, case: kept ? state.case : "" });
}

function change(browser, changes) {
  browser.state = { ...browser.state, ...changes };
  history.replaceState(null, "", hashOf(browser.state) || "#cases");
  update(browser);
}

function update(browser) {
  const { state } = browser;
  const filters = JSON.stringify({ ...state, case: "", item: "", view: "", lines: "" });
  if (browser.filters !== filters) browser.listed = chosen(state);
  browser.filters = filters;
  write(browser.form, state);
  const asked = state.case ? DATA.dispatches.find((dispatch) => dispatch.id === state.case) : null;
  browser.current = asked || browser.listed[0] || null;
  fillList(browser.list, browser.listed, browser.current);
  browser.detail.state = state;
  showDetail(browser.detail, browser.current);
  const place = browser.listed.indexOf(browser.current);
  if (state.case && !asked) return void (browser.count.textContent = `No dispatch has the id ${plainly(state.case)}; ${browser.listed.length} listed`);
  const which = place >= 0 ? `${place + 1} of ${browser.listed.length} listed` : `${browser.listed.length} listed`;
  browser.count.textContent = `${which}, ${DATA.dispatches.length} in all`;
}

function step(browser, by) {
  const place = browser.listed.indexOf(browser.current);
  const next = browser.listed[Math.min(Math.max(place + by, 0), browser.listed.length - 1)];
  if (next && next !== browser.current) change(browser, { case: next.id, item: "" });
}

// To the next item that the filters choose, or the next error; over the end on to the next dispatch.
function stepItem(browser, by) {
  if (!browser.current) return;
  const wanted = (dispatch) => itemsOf(dispatch).filter((item) => (choosesItems(browser.state) ? itemMatches(item, browser.state) : isError(item)));
  const here = wanted(browser.current);
  const now = here.findIndex((item) => String(item.number) === browser.state.item);
  const next = now < 0 ? (by > 0 ? here[0] : here.at(-1)) : here[now + by];
  if (next) return showItem(browser, browser.current, next);
  const from = browser.listed.indexOf(browser.current);
  for (let place = from + by; place >= 0 && place < browser.listed.length; place += by) {
    const items = wanted(browser.listed[place]);
    if (!items.length) continue;
    return showItem(browser, browser.listed[place], by > 0 ? items[0] : items.at(-1));
  }
  return undefined;
}

function pick(browser, item) {
  const own = String(item.number);
  change(browser, { case: browser.current.id, item: browser.state.item === own ? "" : own });
}

function showItem(browser, dispatch, item) {
  change(browser, { case: dispatch.id, item: String(item.number) });
  browser.detail.box.querySelector("mark.picked, mark.tied")?.scrollIntoView({ block: "center" });
}

function press(browser, event) {
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !document.getElementById("keys").checked) return;
  const step = STEPS[event.key];
  if (step) (step[0] === "dispatch" ? stepTo : stepItem)(browser, step[1]);
  else if (event.key === "v") change(browser, { view: VIEWS[(VIEWS.indexOf(browser.state.view) + 1) % VIEWS.length] });
  else if (event.key === "/") browser.form.elements.text.focus();
  else if (event.key === "?") browser.help.showModal();
  else if (event.key === "Escape") change(browser, { item: "" });
  else return;
  event.preventDefault();
}

function stepTo(browser, by) {
  step(browser, by);
  show(browser);
}
