// A figure over time is read at its dates: the one nearest to a mouse, to a finger or chosen by arrow keys is ruled in the
// picture, and a box says its values. They stand in the figure's dates.json as the site writes them; where dates and
// values are in pixels, the picture says. Nothing is drawn between two dates, and nothing moves by itself.

const ROOT = new URL("../", document.currentScript.src);
const files = new Map();

function load(slug) {
  const asked = files.get(slug) ?? fetch(new URL(`figures/${slug}/dates.json`, ROOT)).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} for the dates of ${slug}`);
    return answer.json();
  });
  files.set(slug, asked);
  asked.catch(() => files.delete(slug)); // the next movement asks again
  return asked;
}

const make = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const write = (name, text, ...inside) => {
  const element = document.createElement(name);
  element.append(...inside, text);
  return element;
};

// Colours of the style sheet have a name there; a figure may bring its own.
const paint = (ink) => (/^[a-z0-9-]+$/.test(ink) ? `var(--oms-${ink})` : ink);
const nearest = (distances) => distances.indexOf(Math.min(...distances));
const beyond = (value, one, other) => Math.max(Math.min(one, other) - value, value - Math.max(one, other), 0);

// The picture that is seen, of two widths: its element, its scale, and where its charts are.
function see(area) {
  const frame = [...area.querySelectorAll("[data-dates]")].find((each) => each.getClientRects().length);
  const svg = frame.querySelector("svg");
  const box = svg.getBoundingClientRect();
  return { svg, box, zoom: box.width / svg.viewBox.baseVal.width, places: JSON.parse(frame.dataset.dates) };
}

function placeDays({ days }, [first, last]) {
  const times = days.map((day) => Date.parse(day));
  return times.map((time) => first + ((time - times[0]) / (times.at(-1) - times[0] || 1)) * (last - first));
}

// The lines at a date, with where they are on their axis; null where a line has no value.
const readAt = ({ lines }, at) => lines.map((line) => ({ ...line, ink: paint(line.ink), part: line.at[at], said: line.said[at] }));

function drawRule({ places }, chart, x, values) {
  const [, , start, end] = places[chart];
  const rule = make("g", { "data-rule": "" });
  rule.append(make("line", { x1: x, x2: x, y1: start, y2: end, stroke: "var(--oms-ink)", "stroke-dasharray": "2 3" }));
  for (const { ink, part } of values.filter(({ part: each }) => each !== null)) {
    rule.append(make("circle", { cx: x, cy: start + part * (end - start), r: 4, fill: ink, stroke: "var(--oms-paper)", "stroke-width": 1.5 }));
  }
  return rule;
}

function fillBox(chart, at, values, none, isNarrow) {
  const rows = values.map(({ name, short, ink, said }) => {
    const mark = document.createElement("i");
    mark.style.background = ink;
    const row = write("div", "", mark, write("span", isNarrow ? short : name));
    row.append(write("b", said ?? none));
    return row;
  });
  const notes = (chart.notes[at] ?? []).map((note) => write("div", note));
  return [write("div", [chart.title, chart.said[at]].filter(Boolean).join(" · ")), ...rows, ...notes];
}

// Beside the rule, where there is more room, and within the picture.
function moveBox(box, area, { box: picture, zoom, places }, chart, x) {
  const outer = area.getBoundingClientRect();
  const rule = picture.left - outer.left + x * zoom;
  const left = rule < outer.width / 2 ? rule + 10 : rule - 10 - box.offsetWidth;
  const top = picture.top - outer.top + Math.min(...places[chart].slice(2)) * zoom;
  box.style.left = `${Math.max(0, Math.min(left, outer.width - box.offsetWidth))}px`;
  box.style.top = `${Math.max(0, Math.min(top, outer.height - box.offsetHeight))}px`;
}

class Reader {
  constructor(area, slug) {
    Object.assign(this, { area, slug, chart: 0, at: undefined });
    this.box = document.createElement("div");
    this.box.className = "oms-dates";
    this.box.setAttribute("aria-hidden", "true"); // what it says is said below
    this.voice = document.createElement("p");
    this.voice.className = "oms-hidden";
    this.voice.setAttribute("aria-live", "polite");
    area.setAttribute("role", "application");
    area.setAttribute("aria-label", `${area.getAttribute("aria-label")} ${area.dataset.keys}`);
  }

  // Files come late: what was wanted last is shown.
  async want(step) {
    this.step = step;
    try {
      const charts = await load(this.slug);
      if (this.step !== step) return;
      this.charts = charts;
      step();
    } catch (error) {
      console.warn(error);
    }
  }

  point({ clientX, clientY }) {
    const seen = see(this.area);
    const [x, y] = [(clientX - seen.box.left) / seen.zoom, (clientY - seen.box.top) / seen.zoom];
    const gaps = seen.places.map(([left, right, start, end]) => Math.hypot(beyond(x, left, right), beyond(y, start, end)));
    const chart = nearest(gaps);
    this.show(chart, nearest(placeDays(this.charts[chart], seen.places[chart]).map((day) => Math.abs(day - x))));
  }

  show(chart, at) {
    this.hide();
    const [seen, shown] = [see(this.area), this.charts[chart]];
    const x = placeDays(shown, seen.places[chart])[at];
    const values = readAt(shown, at);
    Object.assign(this, { chart, at });
    seen.svg.append(drawRule(seen, chart, x, values));
    this.box.replaceChildren(...fillBox(shown, at, values, this.area.dataset.none, seen.box.width < 500));
    this.area.append(this.box);
    moveBox(this.box, this.area, seen, chart, x);
  }

  say() {
    if (!this.voice.isConnected) this.area.after(this.voice);
    const { title, said, notes } = this.charts[this.chart];
    const values = readAt(this.charts[this.chart], this.at).map((each) => `${each.name} ${each.said ?? this.area.dataset.none}`);
    const [comma, colon, stop] = this.area.dataset.signs.split("|");
    const head = [title, said[this.at]].filter(Boolean).join(comma);
    this.voice.textContent = [`${head}${colon}${values.join(comma)}`, ...(notes[this.at] ?? [])].join(stop);
  }

  hide() {
    this.step = undefined;
    this.box.remove();
    for (const rule of this.area.querySelectorAll("[data-rule]")) rule.remove();
  }

  // Left and right over the dates, up and down over the charts of a figure that has several.
  press(key) {
    const { days } = this.charts[this.chart];
    const now = this.at ?? days.length;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: days.length - 1 }[key];
    const step = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
    const chart = Math.max(0, Math.min(this.chart + step, this.charts.length - 1));
    const day = days[Math.max(0, Math.min(to ?? now, days.length - 1))];
    const there = this.charts[chart].days;
    this.show(chart, nearest(there.map((each) => Math.abs(Date.parse(each) - Date.parse(day)))));
    this.say();
  }
}

const KEYS = ["ArrowLeft", "ArrowRight", "Home", "End"];

function listen(area, slug) {
  const reader = new Reader(area, slug);
  const isKey = (key) => KEYS.includes(key) || (see(area).places.length > 1 && ["ArrowUp", "ArrowDown"].includes(key));
  for (const name of ["pointermove", "pointerdown"]) {
    area.addEventListener(name, (event) => reader.want(() => reader.point(event)), { passive: true });
  }
  area.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && reader.hide());
  area.addEventListener("pointercancel", () => reader.hide()); // the finger scrolls
  area.addEventListener("focusout", () => reader.hide());
  area.addEventListener("focus", () => {
    const last = () => reader.show(reader.chart, reader.at ?? reader.charts[0].days.length - 1);
    if (area.matches(":focus-visible")) reader.want(last);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") reader.hide();
    if (!isKey(event.key)) return;
    event.preventDefault();
    reader.want(() => reader.press(event.key));
  });
  document.addEventListener("pointerdown", ({ target }) => area.isConnected && !area.contains(target) && reader.hide());
}

function prepare() {
  for (const area of document.querySelectorAll("[data-figure] .oms-figure__chart:has([data-dates])")) {
    if (area.dataset.ready) continue;
    area.dataset.ready = "true";
    listen(area, area.closest("[data-figure]").dataset.figure);
  }
}

// The theme replaces pages without reloading them, and says so here.
if (window.document$) window.document$.subscribe(prepare);
else prepare();
