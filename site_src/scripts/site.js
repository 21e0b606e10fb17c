// Small improvements; every page can be read without them: tables that sort and filter, a sentence to copy, the age
// of the data. Runs on every page, also on those that are swapped in without a reload.

(() => {
  const value = (cell) => {
    if (!cell) return "";
    const raw = cell.dataset.value;
    return raw === undefined ? cell.textContent.trim() : Number(raw);
  };

  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), document.documentElement.lang);

  const sort = (table, column, header) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const numeric = typeof value(rows[0]?.cells[column]) === "number";
    const now = header.getAttribute("aria-sort");
    const down = now ? now === "ascending" : numeric && !header.dataset.ranks;
    rows.sort((a, b) => compare(value(a.cells[column]), value(b.cells[column])) * (down ? -1 : 1));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  };

  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "oms-sort";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, column, header));
      header.append(button);
    });
    table.tHead.rows[0].cells[0].dataset.ranks = "first";
  };

  // The rows of other pages, with links as they lead from here; they were encoded when those pages were made.
  const loadRows = async (link) => {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(`${answer.status} for ${link.href}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const each of page.querySelectorAll("tbody a[href]")) {
      each.href = new URL(each.getAttribute("href"), link.href).href;
    }
    return [...page.querySelectorAll("tbody tr")].map((row) => document.adoptNode(row));
  };

  const makeFiltered = (region, words) => {
    const body = region.querySelector("tbody");
    const first = new Set(body.rows);
    const links = [...document.querySelectorAll("[data-more-rows] a")];
    const box = region.previousElementSibling; // it stands in the page, so that nothing moves when this runs
    const input = box.querySelector("input");
    const shown = box.querySelector("[role=status]");
    const show = () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let number = 0;
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = wanted.length ? !wanted.every((word) => text.includes(word)) : !first.has(row);
        number += row.hidden ? 0 : 1;
      }
      shown.textContent = (words.rows || "").replace("{shown}", number).replace("{all}", body.rows.length);
    };
    // A table of the largest rows is filtered over all of them, which are fetched when somebody begins to type.
    const complete = async () => {
      const names = new Set([...first].map((row) => row.querySelector("th").textContent));
      const found = (await Promise.all(links.map(loadRows))).flat();
      body.append(...found.filter((row) => !names.has(row.querySelector("th").textContent)));
    };
    let completed = links.length ? undefined : Promise.resolve();
    input.addEventListener("input", async () => {
      completed ??= complete();
      await completed.catch(() => (completed = undefined)); // the rows that are here are filtered; then try again
      show();
    });
  };

  // No page knows the day on which it is read: a citation that is copied, by whatever way, has it.
  const ACCESSED = "YYYY-MM-DD";
  const dateAccess = (text) => text.replaceAll(ACCESSED, new Date().toISOString().slice(0, 10));

  const writeSentence = ({ dataset }) => {
    const canonical = document.querySelector("link[rel=canonical]")?.href || location.href.split("#")[0];
    return `${dataset.copy} ${dataset.copyLink ? new URL(dataset.copyLink, canonical).href : canonical}`;
  };
  const writeCode = (button) => dateAccess(button.previousElementSibling.textContent);

  const makeCopy = (button, write) => {
    const name = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(write(button));
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = name), 2000);
    });
  };

  document.addEventListener("copy", (event) => {
    const text = String(getSelection());
    if (!text.includes(ACCESSED)) return;
    event.clipboardData.setData("text/plain", dateAccess(text));
    event.preventDefault();
  });

  // A table that has nothing beyond its edge is no stop for who moves by keyboard.
  const keepStops = () => {
    const regions = [...document.querySelectorAll(".oms-table, .md-typeset__scrollwrap")];
    const isCut = regions.map((region) => region.scrollWidth > region.clientWidth); // all read before any is changed
    regions.forEach((region, number) => {
      if (isCut[number]) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    });
  };
  const watched = new ResizeObserver(keepStops);

  // Data that a night renews are counted from the beginning of their date (UTC), when that night's run begins. The next
  // night's are there within 28 hours, after its second chance within 36; three days mean that no run gets through.
  const AMBER_HOURS = 36;
  const RED_HOURS = 72;

  const tellAge = () => {
    const banner = document.querySelector(".oms-banner");
    if (!banner) return;
    const hours = (Date.now() - Date.parse(`${banner.dataset.asOf}T00:00:00Z`)) / 3600000;
    const state = hours > RED_HOURS ? "red" : hours > AMBER_HOURS ? "amber" : "";
    if (!state || banner.dataset.state === state) return;
    banner.dataset.state = state;
    banner.querySelector("span").textContent = banner.dataset[state];
    banner.hidden = false;
  };

  const improve = () => {
    const frame = document.querySelector(".oms-dataline");
    const words = frame ? frame.dataset : {};
    for (const table of document.querySelectorAll("table[data-sortable]:not([data-ready])")) {
      table.dataset.ready = "";
      makeSortable(table);
    }
    for (const region of document.querySelectorAll(".oms-filtered:not([data-ready])")) {
      region.dataset.ready = "";
      makeFiltered(region, words);
    }
    for (const button of document.querySelectorAll("[data-copy][hidden]")) makeCopy(button, writeSentence);
    for (const button of document.querySelectorAll("[data-copy-code][hidden]")) makeCopy(button, writeCode);
    for (const part of document.querySelectorAll(".oms-table > *, .md-content__inner")) watched.observe(part);
    tellAge();
  };

  document.querySelector(".oms-search-button")?.addEventListener("click", () => document.getElementById("__search").click());

  // Paper is white: what is dark on the screen is printed in light colours.
  const { body } = document;
  const scheme = "data-md-color-scheme";
  let before;
  addEventListener("beforeprint", () => {
    before = body.getAttribute(scheme);
    body.setAttribute(scheme, "default");
  });
  addEventListener("afterprint", () => body.setAttribute(scheme, before));

  document.addEventListener("visibilitychange", tellAge); // a tab that was left open for days

  if (location.protocol === "file:") body.classList.add("oms-bare"); // nothing can be fetched from a folder

  if (window.document$) window.document$.subscribe(improve);
  else improve();
})();
