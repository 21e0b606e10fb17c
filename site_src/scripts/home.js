// The first page: a definition chosen there changes sentence, bar and link at once, from the files and by the rules that the
// page Explore has. Nothing is loaded before somebody moves to the choices.

const AT_MOST = 2; // countries of the bar by name, as in `part_bar`

const find = (name) => document.querySelector(`[data-view="${name}"]`);
const read = (form) => ({ places: "", cut: "", class: "", to: "", ...Object.fromEntries(new FormData(form)) });

function partBar(rows, { names }, words) {
  const ranked = rows.filter((row) => row.ranked);
  const sum = (some) => some.reduce((total, row) => total + row.share, 0);
  const parts = ranked.slice(0, AT_MOST).map(({ code, share }) => ({ name: names.places[code][0], share, colour: names.places[code][2] }));
  parts.push({ name: words.rest, share: sum(ranked.slice(AT_MOST)), colour: "var(--oms-international)" });
  parts.push({ name: words.nobody, share: sum(rows.filter((row) => !row.ranked)), colour: "var(--oms-unreviewed)" });
  return parts.filter(({ share }) => share > 0);
}

function drawBar(parts) {
  return parts.map(({ name, share, colour, text }) => {
    const [part, label] = [document.createElement("span"), document.createElement("b")];
    Object.assign(part.style, { flex: String(share), background: colour });
    label.textContent = text;
    part.append(label);
    return part;
  });
}

// What has no numbers beside the rest of the view cannot be chosen.
function offer(form, view, { files }, nameFile) {
  for (const key of ["window", "models", "by"]) {
    for (const option of form.elements[key].options) {
      option.disabled = !files.includes(nameFile({ ...view, [key]: option.value }));
    }
  }
}

function link(view, block, { first }) {
  const { window: span, models, by } = view;
  const query = new URLSearchParams({ places: first.places, window: span, models, by, to: block.dates.at(-1) });
  return `?${query}`.replaceAll("%2C", ",");
}

function fill(form, view, index, block, { join, list, makeRows, makeWays, tidy }) {
  const [answer, ...more] = list(index, block, view);
  const at = block.classes[""].totals.findLastIndex((total) => total > 0);
  const ways = makeWays(index);
  const parts = partBar(makeRows(block.classes[""], at, index.names.not_places), index, form.dataset);
  for (const part of parts) part.text = tidy(index, `${part.name} ${ways.percent(part.share)}`);
  const definition = tidy(index, ["window", "models", "by"].map((key) => index.names[key][view[key]]).join(" · "));
  find("answer").textContent = answer;
  find("more").textContent = join(index, more);
  find("more").hidden = !more.some(Boolean);
  find("bar").replaceChildren(...drawBar(parts));
  find("parts").textContent = tidy(index, parts.map(({ text }) => text).join(" · "));
  find("definition").textContent = definition;
  find("said").textContent = answer; // a heading that changes is not read by itself
  find("link").href = form.dataset.explore + link(view, block, index);
  const button = document.querySelector("[data-copy]");
  const { open, semicolon, close } = index.formats;
  button.dataset.copy = `${join(index, [answer, ...more])}${open}${definition}${semicolon}${index.source}${close}`;
  button.dataset.copyLink = find("link").href;
  for (const each of document.querySelectorAll("[data-of-headline]")) each.hidden = true;
}

const load = async () => {
  const say = await import("./explore-say.js");
  return { say, index: await say.load("index") };
};

let asked = 0; // a later choice wins over an earlier one whose file comes late

async function change(form) {
  const number = (asked += 1);
  const view = read(form);
  try {
    const { say, index } = await load();
    const block = await say.load(say.nameFile(view));
    if (number !== asked) return;
    fill(form, view, index, block, say);
    offer(form, view, index, say.nameFile);
  } catch (error) {
    console.warn(error);
  }
}

function begin() {
  const form = document.getElementById("view");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "true";
  form.addEventListener("change", () => change(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusin", () => load().then(({ say, index }) => offer(form, read(form), index, say.nameFile)).catch(console.warn), { once: true });
}

// The theme replaces pages without reloading them, and says so here.
if (window.document$) window.document$.subscribe(begin);
else begin();
