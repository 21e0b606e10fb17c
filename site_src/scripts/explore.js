// The page Explore: a view that a reader chooses, from files of this site. Its whole state stands in the address.

import { drawBars, drawLines, drawMap, make } from "./explore-draw.js";
import { load, makeRows, makeWays, nameFile, open, round, state, tidy } from "./explore-say.js";

const KEYS = ["of", "places", "window", "models", "by", "cut", "class", "measure", "as", "from", "to"];
const MEASURES = ["share", "rank", "downloads", "margin"];
const DRAWN = { lines: drawLines, bars: drawBars, map: drawMap };
const KINDS = [...Object.keys(DRAWN), "table"];
const MAX_PLACES = 5;
const MARK = "\ufeff"; // by which Excel knows the encoding

// What publishers and models are compared by: the Hub's own counts of thirty days.
const SIDE = { window: "30d", models: "all", by: "publisher", cut: "", class: "" };

// A rank has no length, only shares have the steps of the map, and ranks and margins are those of countries.
const measures = ({ of, measure }) => !of || measure === "share" || measure === "downloads";
const fits = ({ of, measure, as }) => (as === "bars" ? measure !== "rank" : as !== "map" || (measure === "share" && !of));

export function check(view, { names, files: known, sides }) {
  const places = view.places.split(",");
  const isDate = (text) => text === "" || (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)));
  return places.length <= MAX_PLACES && new Set(places).size === places.length
    && places.every((code) => Object.hasOwn(names.places, code)) && known.includes(nameFile(view))
    && Object.hasOwn(names.models, view.models) && Object.hasOwn(names.window, view.window)
    && (view.of ? Object.hasOwn(sides, view.of) && measures(view) && Object.keys(SIDE).every((key) => view[key] === SIDE[key]) : view.of === "")
    && (view.cut ? Object.hasOwn(names.class, view.cut) && Object.hasOwn(names.class[view.cut], view.class)
      && view.models === "all" : view.class === "")
    && MEASURES.includes(view.measure) && KINDS.includes(view.as) && fits(view)
    && isDate(view.from) && isDate(view.to) && !(view.from && view.to && view.from > view.to);
}

const beside = (of, index) => (of ? { ...SIDE, of, places: index.sides[of], measure: "share", as: "lines" } : index.first);

export function readAddress(query, index) {
  const given = new URLSearchParams(query);
  const isEmbed = given.get("embed") === "1";
  given.delete("embed");
  const first = Object.hasOwn(index.sides, given.get("of")) ? { ...index.first, ...beside(given.get("of"), index) } : index.first;
  const view = { ...first, ...Object.fromEntries(given) };
  const right = [...given.keys()].every((key) => KEYS.includes(key)) && check(view, index);
  return { view: right ? view : { ...index.first }, right, isEmbed };
}

const writeAddress = (view) => new URLSearchParams(KEYS.filter((key) => view[key]).map((key) => [key, view[key]])).toString().replaceAll("%2C", ",");

const byId = (name) => document.getElementById(`explore-${name}`);

function fillTable(head, rows) {
  const cell = (name, text, number) => Object.assign(document.createElement(name), { textContent: text, className: number ? "oms-n" : "" }, name === "th" && { scope: number === null ? "row" : "col" });
  const table = byId("table");
  table.tHead.rows[0].replaceChildren(...head.map((text, number) => cell("th", text, number > 0)));
  table.tBodies[0].replaceChildren(...rows.map((texts) => {
    const row = document.createElement("tr");
    row.append(...texts.map((text, number) => (number ? cell("td", text, true) : cell("th", text, null))));
    return row;
  }));
}

// A cell as the site's own encoder writes it: what a spreadsheet would compute stands behind an apostrophe.
const cell = (text) => (/^[=+\-@]/.test(text) ? `'${text}` : text);

function listRows(page) {
  const { view, block } = page;
  const bounds = (row) => (view.of ? [] : [row.lower, row.upper]);
  return page.shown.flatMap((at) => page.codes.map((code) => page.find(code, at)).filter(Boolean).map((row) => [
    block.dates[at], view.window, view.models, view.by, ...(view.cut ? [view.cut, view.class] : []), cell(row.code),
    round(row.downloads, 0, 0, { group: "" }), ...[row.share, ...bounds(row)].map((value) => value.toFixed(12)),
  ]));
}

function makeCsv(page) {
  const { cut, of } = page.view;
  const named = { publishers: ["publisher"], models: ["model_id"] }[of] ?? ["country_code"];
  const head = ["as_of", "window", "universe", "attribution", ...(cut ? ["cut", "class"] : []), ...named, "downloads", "share", ...(of ? [] : ["share_lower", "share_upper"])];
  return [head, ...listRows(page)].map((row) => `${row.join(",")}\n`).join("");
}

// What it holds and its last date, as the names of the site's other downloads have them.
function nameDownload({ view, block, shown }, ending) {
  const what = [...view.places.toLowerCase().split(","), nameFile(view), view.class].filter(Boolean);
  return `open-model-share_${what.join("-")}_${block.dates[shown.at(-1)]}.${ending}`;
}

function save(name, content) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function savePng(name, svg) {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const colours = getComputedStyle(document.body);
  const copy = svg.cloneNode(true);
  copy.prepend(make("rect", { width: "100%", height: "100%", fill: "var(--oms-paper)" }));
  Object.entries({ width, height }).forEach(([key, value]) => copy.setAttribute(key, value));
  const text = new XMLSerializer().serializeToString(copy).replace(/var\((--oms-[a-z0-9-]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
  const image = Object.assign(new Image(), { src: `data:image/svg+xml,${encodeURIComponent(text)}` });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
  save(name, await new Promise((resolve) => canvas.toBlob(resolve, "image/png")));
}

// What happened between two dates that concerns one of the places, or the publisher of what stands in their stead.
function happen(all, { of }, codes, first, last) {
  const shown = of ? codes.map((id) => id.split("/")[0]) : codes;
  const concerns = ({ places, publishers }) => !places || (of ? publishers : places).some((code) => shown.includes(code));
  return all.filter((event) => event.date >= first && event.date <= last && concerns(event))
    .map((event, number) => ({ ...event, number: number + 1 }));
}

// For a picture that stands without the list.
function nameEvents({ named, list, count, one }, events, ways, { semicolon }) {
  if (events.length > named) return count.replace("{count}", ways.count(events.length));
  const told = events.map((event) => one.replace(/\{(\w+)\}/g, (_, name) => (name === "date" ? ways.date(event.date) : event[name])));
  return events.length ? list.replace("{events}", () => told.join(semicolon)) : "";
}

// What is shown of a view: its dates, and of each place a value a date; null where there is none.
function lay(index, block, view) {
  const part = block.classes[view.class];
  const tables = new Map();
  const table = (at) => tables.get(at) ?? tables.set(at, makeRows(part, at, index.names.not_places)).get(at);
  const held = block.dates.map((_, at) => at).filter((at) => part?.totals[at] > 0);
  const inside = held.filter((at) => block.dates[at] >= view.from && block.dates[at] <= (view.to || "9"));
  const find = (code, at) => table(at).find((row) => row.code === code);
  const ways = makeWays(index);
  const margin = (row, at) => row.share - (table(at).find((each) => each.ranked && each.code !== row.code)?.share ?? 0);
  const measures = {
    share: (row) => row?.share ?? 0,
    downloads: (row) => row?.downloads ?? 0,
    rank: (row) => row?.rank ?? null,
    margin: (row, at) => (row?.ranked ? margin(row, at) : null),
  };
  const writes = { share: ways.percent, downloads: ways.short, rank: ways.count, margin: ways.points };
  const codes = view.places.split(",");
  const shown = inside.length ? inside : held.slice(-1);
  const series = codes.map((code) => ({
    code,
    name: ways.place(code),
    colour: index.names.places[code][2],
    values: shown.map((at) => measures[view.measure](find(code, at), at)),
  }));
  const events = happen(index.events.happened, view, codes, ...[shown[0], shown.at(-1)].map((at) => block.dates[at]));
  const marked = nameEvents(index.events, events, ways, index.formats);
  return { index, block, view, ways, codes, shown, series, find, events, marked, rows: table, write: writes[view.measure] };
}

function describe({ index, view, ways, shown, block }) {
  const { names } = index;
  const cut = view.cut ? [names.class[view.cut][view.class]] : [];
  const measure = byId("form").elements.measure.querySelector(`[value=${view.measure}]`).text;
  const definition = view.of ? [names.of[view.of]] : [names.models[view.models], names.by[view.by], ...cut];
  return tidy(index, [measure, names.window[view.window], ...definition, ways.date(block.dates[shown.at(-1)])].join(" · "));
}

const option = (value, text, disabled = false) => Object.assign(document.createElement("option"), { value, text, disabled });

// Replaces what a list offers, but for its empty choice.
function offer(list, values, name, isThere = () => true) {
  const empty = [...list.options].filter(({ value }) => !value);
  list.replaceChildren(...empty, ...values.map((value) => option(value, name(value), !isThere(value))));
}

// Offers what has numbers beside the rest of the view.
function fillForm({ view, index, block, ways, codes }) {
  const { elements } = byId("form");
  const { names, order } = index;
  const has = (more) => index.files.includes(nameFile({ ...view, ...more }));
  for (const key of Object.keys(SIDE)) elements[key].disabled = Boolean(view.of);
  const isHeld = (window) => index.files.some((name) => name.includes(`${window.replace("_", "-")}-`));
  offer(elements.of, Object.keys(index.sides), (value) => names.of[value]);
  offer(elements.window, order.window.filter(isHeld), (value) => names.window[value], (window) => has({ window }));
  offer(elements.models, order.models, (value) => names.models[value], (models) => (view.cut ? models === "all" : has({ models })));
  offer(elements.by, order.by, (value) => names.by[value], (by) => has({ by }));
  offer(elements.cut, order.cut, (value) => names.cut[value], (cut) => has({ cut }));
  offer(elements.class, order.class[view.cut] ?? [], (value) => names.class[view.cut][value], (value) => block.classes[value]);
  offer(elements.from, block.dates, ways.date);
  offer(elements.to, block.dates, ways.date);
  elements.class.closest("label").hidden = !view.cut;
  for (const each of elements.measure.options) each.disabled = !measures({ ...view, measure: each.value });
  for (const kind of elements.as.options) kind.disabled = !fits({ ...view, as: kind.value });
  for (const key of KEYS.filter((each) => each !== "places")) elements[key].value = view[key];
  const left = Object.keys(names.places).filter((code) => !codes.includes(code));
  const byName = (one, other) => ways.place(one).localeCompare(ways.place(other), document.documentElement.lang);
  offer(elements.add, left.sort(byName), ways.place);
  elements.add.disabled = codes.length >= MAX_PLACES;
}

function fillPlaces({ series }) {
  byId("places").replaceChildren(...series.map(({ code, name, colour }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "oms-button", disabled: series.length < 2 });
    const cross = Object.assign(document.createElement("span"), { textContent: " ×", ariaHidden: "true" });
    button.append(name, cross);
    button.setAttribute("aria-label", byId("places").dataset.remove.replace("{place}", name));
    button.dataset.code = code;
    button.style.borderLeftColor = colour;
    return button;
  }));
}

function showTable(page) {
  const { view, series, shown, block, ways } = page;
  const words = byId("table").dataset;
  const isOneDate = ["bars", "map"].includes(view.as);
  if (!isOneDate) {
    const rows = shown.map((at, number) => [ways.date(block.dates[at]), ...series.map(({ values }) => (values[number] === null ? "–" : (view.measure === "downloads" ? ways.count : page.write)(values[number])))]);
    return fillTable([words.date, ...series.map(({ name }) => name)], rows.reverse());
  }
  const at = shown.at(-1);
  const listed = view.as === "map" ? page.rows(at).filter(({ ranked }) => ranked).map(({ code }) => ({ code, name: ways.place(code) })) : series;
  if (view.of) {
    const cells = (row) => [ways.percent(row?.share ?? 0), ways.count(row?.downloads ?? 0)];
    return fillTable([ways.date(block.dates[at]), words.share, words.downloads], series.map(({ code, name }) => [name, ...cells(page.find(code, at))]));
  }
  const rows = listed.map(({ code, name }) => {
    const row = page.find(code, at);
    return row ? [name, ways.percent(row.share), tidy(page.index, `${ways.percent(row.lower)} – ${ways.percent(row.upper)}`), ways.count(row.downloads), row.rank ?? "–"] : [name, "–", "–", "–", "–"];
  });
  return fillTable([ways.date(block.dates[at]), words.share, words.bounds, words.downloads, words.rank], rows);
}

function showPicture(page) {
  const stage = byId("picture");
  stage.hidden = !DRAWN[page.view.as];
  stage.tabIndex = page.view.as === "lines" ? 0 : -1;
  byId("point").textContent = byId("point").dataset[page.view.as] ?? "";
  page.cursor = undefined;
  return fillStage(stage, page);
}

function fillStage(stage, page) {
  const draw = DRAWN[page.view.as];
  return stage.replaceChildren(...(draw ? [draw(Math.max(stage.clientWidth, 260), page, describe(page))] : []));
}

// What an embed says of itself below the view; a picture has its source within.
function showOrigin({ view, index }) {
  byId("source").textContent = DRAWN[view.as] ? "" : index.source;
  byId("origin").querySelector("a").href = address();
}

// Returns how tall the view is as an embed in the column, among those of these widths, where it is tallest.
function measureEmbed(widths) {
  const [box, column] = [document.createElement("div"), document.createElement("div")];
  Object.assign(box, { className: "oms-embedded oms-measured", inert: true });
  column.className = "md-content__inner md-typeset";
  column.append(document.getElementById("explorer").cloneNode(true));
  box.append(column);
  document.body.append(box);
  const heights = widths.map((width) => {
    box.style.width = `${width}px`;
    fillStage(box.querySelector("#explore-picture"), { ...page });
    return box.getBoundingClientRect().height;
  });
  box.remove();
  return Math.ceil(Math.max(...heights));
}

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => SIGNS[sign]);

function writeEmbed({ code, widths }) {
  const values = { address: `${address()}&embed=1`, title: byId("said").textContent, height: measureEmbed(JSON.parse(widths)) };
  return code.replace(/\{(address|title|height)\}/g, (_, name) => escape(values[name]));
}

// The page around it hears how tall the view is from the script of all embeds.
const tellHeight = () => document.head.append(Object.assign(document.createElement("script"), { src: new URL("embed.js", import.meta.url).href }));

function showEvents({ view, events, ways, index: { formats } }) {
  const box = byId("marked");
  box.hidden = view.as !== "lines" || !events.length;
  box.querySelector("summary").textContent = box.dataset.count.replace("{count}", ways.count(events.length));
  box.querySelector("ol").replaceChildren(...events.map(({ date, label, kind, source, url }) => {
    const [item, aside] = [document.createElement("li"), document.createElement("span")];
    const time = Object.assign(document.createElement("time"), { dateTime: date, textContent: ways.date(date) });
    aside.append(`${formats.open}${kind}${formats.semicolon}`, Object.assign(document.createElement("a"), { href: url, textContent: source, rel: "nofollow noopener" }), formats.close);
    item.append(time, ` ${label}`, aside);
    return item;
  }));
}

function showPoint(page, number) {
  if (!page.cursor) return;
  page.at = Math.max(0, Math.min(number, page.shown.length - 1));
  const x = page.x(page.at);
  for (const [key, value] of Object.entries({ x1: x, x2: x, visibility: "visible" })) page.cursor.setAttribute(key, value);
  const values = page.series.map(({ name, values: each }) => tidy(page.index, `${name} ${each[page.at] === null ? "–" : page.write(each[page.at])}`));
  const { colon, comma } = page.index.formats;
  byId("point").textContent = `${page.ways.date(page.block.dates[page.shown[page.at]])}${colon}${values.join(comma)}`;
}

function pointAt(page, event) {
  const { code } = event.target.dataset;
  if (page?.view.as === "map" && code) byId("point").textContent = page.told(code);
  if (!page?.cursor) return;
  const svg = byId("picture").querySelector("svg");
  const box = svg.getBoundingClientRect();
  const x = (event.clientX - box.left) * (svg.viewBox.baseVal.width / box.width);
  const gaps = page.shown.map((_, number) => Math.abs(page.x(number) - x));
  showPoint(page, gaps.indexOf(Math.min(...gaps)));
}

let page; // what is shown now
let asked = 0; // a later choice wins over an earlier one whose file comes late

async function show(view, isChange) {
  const number = (asked += 1);
  const [index, block, map] = await Promise.all([open(view.of), load(nameFile(view)), view.as === "map" ? load("map") : undefined]);
  if (number !== asked) return;
  if (view.cut && !block.classes[view.class]) view.class = Object.keys(block.classes)[0];
  const near = (day, other) => block.dates.findLast((each) => each <= day) ?? other;
  view.from = near(view.from, block.dates[0]);
  view.to = near(view.to || "9", block.dates[0]);
  page = { ...lay(index, block, view), map };
  byId("said").textContent = state(index, block, view);
  fillForm(page);
  fillPlaces(page);
  showPicture(page);
  showEvents(page);
  showTable(page);
  showOrigin(page);
  document.getElementById("explorer").dataset.as = view.as;
  if (isChange) history.replaceState(history.state, "", `?${writeAddress(view)}`);
}

function change(event) {
  const { name, value } = event.target;
  const view = { ...page.view, ...(name === "of" && beside(value, page.index)) };
  if (name === "add") view.places += `,${value}`;
  else view[name] = value;
  if (name === "cut") Object.assign(view, { class: value && page.index.order.class[value][0], models: value ? "all" : view.models });
  if (!fits(view)) view.as = "lines";
  if (view.from > view.to) view[name === "from" ? "to" : "from"] = value;
  return attempt(() => show(view, true));
}

// While a reader chooses, what the choices would read is on its way; what does not come is asked for when chosen.
function foresee({ target: { name, options = [] } }) {
  const files = [...options].map(({ value }) => nameFile({ ...page.view, [name]: value })).filter((each) => page.index.files.includes(each));
  Promise.allSettled((name === "as" ? ["map"] : files).map(load));
}

const ACTIONS = {
  copy: () => navigator.clipboard.writeText(`${byId("said").textContent} ${describe(page)}. ${address()}`),
  embed: ({ dataset }) => navigator.clipboard.writeText(writeEmbed(dataset)),
  csv: () => save(nameDownload(page, "csv"), new Blob([MARK, makeCsv(page)], { type: "text/csv" })),
  png: () => savePng(nameDownload(page, "png"), byId("picture").querySelector("svg") ?? drawLines(680, page, describe(page))),
};
const address = () => new URL(`?${writeAddress(page.view)}`, location.href.split("#")[0]).href.replaceAll('"', "%22");

async function attempt(step) {
  try {
    await step();
  } catch (error) {
    byId("problem").textContent = byId("problem").dataset.failed;
    console.warn(error);
  }
}

function listen(root) {
  byId("form").addEventListener("change", change);
  byId("form").addEventListener("focusin", foresee);
  byId("form").addEventListener("submit", (event) => event.preventDefault());
  byId("places").addEventListener("click", ({ target }) => {
    const { dataset } = target.closest("button") ?? target;
    const places = page.codes.filter((code) => code !== dataset.code).join(",");
    if (dataset.code) attempt(() => show({ ...page.view, places }, true)).then(() => byId("places").querySelector("button").focus());
  });
  root.addEventListener("click", ({ target }) => {
    const { action, done } = target.dataset;
    if (ACTIONS[action]) attempt(() => ACTIONS[action](target)).then(() => (byId("done").textContent = done));
  });
  const stage = byId("picture");
  for (const name of ["pointermove", "pointerdown"]) stage.addEventListener(name, (event) => pointAt(page, event), { passive: true });
  stage.addEventListener("keydown", (event) => {
    const [last, now] = [page.shown.length - 1, page.at ?? page.shown.length];
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    showPoint(page, to);
  });
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (page && width && contentRect.width && Math.abs(contentRect.width - width) > 1) showPicture(page);
    width = contentRect.width || width;
  }).observe(stage);
}

async function begin() {
  const root = document.getElementById("explorer");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "true";
  page = undefined;
  await attempt(async () => {
    const of = new URLSearchParams(location.search).get("of");
    const { view, right, isEmbed } = readAddress(location.search, await open(of));
    document.body.classList.toggle("oms-embedded", isEmbed);
    await show(view, false);
    root.hidden = false;
    if (!right) byId("problem").textContent = byId("problem").dataset.address;
    byId("files").open = false;
    listen(root);
  });
  if (!page) document.body.classList.add("oms-bare");
  if (document.body.classList.contains("oms-embedded")) tellHeight();
}

// At once, before the theme is ready; it replaces pages without reloading them, and says so here.
begin();
window.document$?.subscribe(begin);
