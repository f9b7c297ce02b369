// What the rest of the page needs: light and dark, tables that sort, printing.

function startTheme() {
  const control = document.getElementById("theme");
  control.addEventListener("change", () => {
    if (control.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = control.value;
  });
}

function startSorting() {
  for (const table of document.querySelectorAll("table.sortable")) {
    table.querySelectorAll("thead th").forEach((head, column) => {
      const label = head.textContent.trim();
      head.replaceChildren(button(label, () => sortBy(table, head, column), { class: "sort", title: "Sort by this column" }));
    });
  }
}

function sortBy(table, head, column) {
  const down = head.getAttribute("aria-sort") !== "descending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const body = table.tBodies[0];
  const rows = [...body.rows].filter((row) => !row.classList.contains("total"));
  const totals = [...body.rows].filter((row) => row.classList.contains("total"));
  rows.sort((one, other) => compare(value(one), value(other)) * (down ? -1 : 1));
  body.append(...rows, ...totals);
}

function compare(one, other) {
  const [left, right] = [Number.parseFloat(one), Number.parseFloat(other)];
  return Number.isNaN(left) || Number.isNaN(right) ? one.localeCompare(other) : left - right;
}

// What is folded on the screen is laid out for paper; with the box ticked, so is every dispatch that is listed.
function makePrintable(browser) {
  const sheet = document.getElementById("sheet");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
    if (!document.getElementById("print-all").checked) return;
    for (const dispatch of browser.listed) {
      const view = { ...browser.detail, box: element("article", { class: "detail" }), panes: [] };
      view.box.append(...detailParts(view, dispatch));
      view.box.querySelectorAll("details").forEach((each) => (each.open = true));
      sheet.append(view.box);
    }
    document.body.classList.add("printing-all");
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
    sheet.replaceChildren();
    document.body.classList.remove("printing-all");
  });
}

// The section in sight is marked in the contents.
function startContents() {
  const links = new Map([...document.querySelectorAll("#contents a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  document.querySelectorAll("main > section").forEach((section) => watcher.observe(section));
}

startTheme();
startSorting();
startContents();
startCases();
