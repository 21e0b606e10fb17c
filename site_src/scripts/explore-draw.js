// The pictures of the page Explore: lines and bars, drawn in the theme's colours at the width of their column.

import { tidy } from "./explore-say.js";

const DASHES = ["", "7 4", "2 4", "9 3 2 3", "1 3"]; // places that share a grey are told apart by their dashes

export const make = (name, attributes, ...inside) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
const write = (x, y, text, more = {}) => make("text", { x, y, fill: "var(--oms-ink)", "font-size": 12.5, ...more }, text);

const FEW_EVENTS = 8; // strokes through the chart; of more the lines could not be read

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
const ruler = document.createElement("canvas").getContext("2d");
const measure = (text, size = 12.5, weight = 400) => {
  ruler.font = `${weight} ${size}px ${FONT}`;
  return ruler.measureText(text).width;
};
const widest = (texts, ...font) => Math.max(0, ...texts.map((text) => measure(text, ...font)));

// A line ends at a space, or after a sign of Chinese, as in `figures/text.py`.
const WORD = "[（「《“‘]*(?:[\u2e80-\uffef]|[^ \u00a0\u2e80-\uffef]+)[·、。，；：？！）」》”’…%]*";
const WORDS = new RegExp(`${WORD}(?:\u00a0+${WORD})* *`, "gu");

function wrap(text, width, ...font) {
  const lines = [""];
  for (const part of text.match(WORDS) ?? []) {
    const longer = lines.at(-1) + part;
    if (!lines.at(-1) || measure(longer.trimEnd(), ...font) <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd());
}

function open(width, title, source, height) {
  const [above, below] = [wrap(title, width, 12.5, 600), wrap(source, width, 11.5)];
  const top = above.length * 16 + 14;
  const svg = make("svg", { viewBox: `0 0 ${width} ${top + height + below.length * 16 + 8}`, role: "img", "aria-label": title, "font-family": FONT });
  above.forEach((line, number) => svg.append(write(0, 13 + number * 16, line, { "font-weight": 600 })));
  below.forEach((line, number) => svg.append(write(0, top + height + 18 + number * 16, line, { fill: "var(--oms-muted)", "font-size": 11.5 })));
  return { svg, top };
}

function ticks(low, high, whole) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].find((each) => each * power >= rough) * power, whole ? 1 : 0);
  const first = Math.floor(low / step + 1e-9);
  return Array.from({ length: Math.ceil(high / step - 1e-9) - first + 1 }, (_, number) => (first + number) * step);
}

// Names at the ends of lines, moved apart where they would overlap.
function spread(ends, low, high) {
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, number) => (end.at = Math.max(end.y, number ? ends[number - 1].at + 15 : low)));
  for (let number = ends.length - 1; number >= 0; number -= 1) {
    ends[number].at = Math.min(ends[number].at, number === ends.length - 1 ? high : ends[number + 1].at - 15);
  }
}

// Numbers of events above thin strokes, those of many above ticks; numbers that lack room share one: 2–4.
function markEvents(svg, events, place, head, base) {
  const few = events.length <= FEW_EVENTS;
  const said = ({ first, last }) => (first.number === last.number ? `${first.number}` : `${first.number}–${last.number}`);
  const edges = (group) => [-0.5, 0.5].map((half) => (group.first.x + group.last.x) / 2 + half * measure(said(group), 11.5));
  const groups = [];
  for (const event of events) {
    const mark = { number: event.number, x: place(Date.parse(event.date)) };
    const stroke = { x1: mark.x, x2: mark.x, y1: head - 3, y2: few ? base : head + 4, stroke: "var(--oms-muted)", "stroke-width": 0.7 };
    svg.append(make("line", few ? { ...stroke, "stroke-dasharray": "1 3" } : stroke));
    groups.push({ first: mark, last: mark });
    while (groups.length > 1 && edges(groups.at(-2))[1] + 3 > edges(groups.at(-1))[0]) {
      const { last } = groups.pop();
      groups.at(-1).last = last;
    }
  }
  for (const group of groups) {
    const x = edges(group).reduce((sum, edge) => sum + edge / 2, 0);
    svg.append(write(x, head - 6, said(group), { "text-anchor": "middle", fill: "var(--oms-muted)", "font-size": 11.5 }));
  }
}

export function drawLines(width, page, title) {
  const { view, series, shown, write: format, index, events } = page;
  const head = events.length ? 16 : 0;
  const { svg, top: above } = open(width, title, tidy(index, [index.source, page.marked].filter(Boolean).join(" ")), 300 + head);
  const top = above + head;
  const values = series.flatMap((each) => each.values).filter((value) => value !== null);
  const isRank = view.measure === "rank";
  const tops = ticks(Math.min(isRank ? 1 : 0, ...values), Math.max(...values, isRank ? 2 : 1e-3), isRank);
  const marks = isRank ? [1, ...tops.filter((mark) => mark > 1)] : tops;
  const digits = marks.every((mark) => Math.abs(mark * 100 - Math.round(mark * 100)) < 1e-9) ? 0 : 1;
  const left = widest(marks.map((mark) => format(mark, digits)), 11.5) + 8;
  const right = width - widest(series.map((each) => each.name), 12.5, 600) - 10;
  const days = shown.map((at) => Date.parse(page.block.dates[at]));
  const place = (day) => left + ((day - days[0]) / (days.at(-1) - days[0] || 1)) * (right - left);
  const x = (number) => place(days[number]);
  const y = (value) => top + 8 + (isRank ? value - marks[0] : marks.at(-1) - value) / (marks.at(-1) - marks[0] || 1) * 258;
  for (const mark of marks) {
    svg.append(make("line", { x1: left, x2: right, y1: y(mark), y2: y(mark), stroke: "var(--oms-grid)" }));
    svg.append(write(left - 6, y(mark) + 4, format(mark, digits), { "text-anchor": "end", fill: "var(--oms-muted)", "font-size": 11.5 }));
  }
  markEvents(svg, events, place, top, top + 266);
  const edge = { fill: "var(--oms-muted)", "font-size": 11.5 };
  svg.append(write(left, top + 290, page.ways.date(page.block.dates[shown[0]]), edge));
  if (shown.length > 1) svg.append(write(right, top + 290, page.ways.date(page.block.dates[shown.at(-1)]), { ...edge, "text-anchor": "end" }));
  const ends = [];
  series.forEach((each, place) => {
    let path = "";
    each.values.forEach((value, number) => {
      const isNew = !number || each.values[number - 1] === null || index.breaks.includes(page.block.dates[shown[number]]);
      if (value === null) return;
      path += `${isNew ? "M" : "L"}${x(number).toFixed(1)} ${y(value).toFixed(1)}`;
      svg.append(make("circle", { cx: x(number), cy: y(value), r: 2.5, fill: each.colour }));
      ends[place] = { y: y(value), each };
    });
    svg.append(make("path", { d: path, fill: "none", stroke: each.colour, "stroke-width": 2.25, "stroke-dasharray": DASHES[place] }));
  });
  const named = ends.filter(Boolean);
  spread(named, top + 8, top + 266);
  for (const { at, each } of named) svg.append(write(right + 8, at + 4, each.name, { "font-weight": 600 }));
  page.x = x;
  page.cursor = make("line", { y1: top + 4, y2: top + 266, stroke: "var(--oms-ink)", "stroke-dasharray": "2 3", visibility: "hidden" });
  svg.append(page.cursor);
  return svg;
}

export function drawBars(width, page, title) {
  const { series, write: format, view } = page;
  const { svg, top } = open(width, title, page.index.source, series.length * 46);
  const values = series.map((each) => each.values.at(-1) ?? 0);
  const rows = series.map((each) => page.find(each.code, page.shown.at(-1)));
  const most = Math.max(...values, 0, ...(view.measure === "share" ? rows.map((row) => row?.upper ?? 0) : [])) || 1;
  const least = Math.min(...values, 0);
  const edge = widest(values.map((value) => format(value))) + 12;
  const room = width - edge * (least < 0 ? 2 : 1);
  const x = (value) => ((value - least) / (most - least)) * room + (least < 0 ? edge : 0);
  series.forEach((each, place) => {
    const [y, value] = [top + place * 46, values[place]];
    svg.append(write(0, y + 12, each.name, { "font-weight": 600 }));
    svg.append(make("rect", { x: Math.min(x(0), x(value)), y: y + 18, height: 18, width: Math.abs(x(value) - x(0)), fill: each.colour }));
    const upper = view.measure === "share" && rows[place] ? rows[place].upper : value;
    if (upper > value) svg.append(make("line", { x1: x(value), x2: x(upper), y1: y + 27, y2: y + 27, stroke: "var(--oms-ink)", "stroke-width": 2 }));
    const text = each.values.at(-1) === null ? "–" : format(value);
    svg.append(value < 0 ? write(x(value) - 6, y + 32, text, { "text-anchor": "end" }) : write(x(Math.max(upper, value)) + 6, y + 32, text));
  });
  return svg;
}

// Every country of the view's newest date in the colour of its step; the chosen places have a rim.
export function drawMap(width, page, title) {
  const { map, ways, codes, find, shown } = page;
  const scale = width / map.size[0];
  const { svg, top } = open(width, title, tidy(page.index, `${page.index.source} ${map.borders}`), map.size[1] * scale + 44);
  const fill = (code) => {
    const row = find(code, shown.at(-1));
    return row ? map.inks[map.steps.findIndex((step) => row.share <= step)] : map.empty;
  };
  const rim = (code) => (codes.includes(code) ? { stroke: "var(--oms-ink)", "stroke-width": 1.6 / scale } : { stroke: "var(--oms-paper)", "stroke-width": 0.4 / scale });
  const land = make("g", { transform: `translate(0 ${top}) scale(${scale})`, "stroke-linejoin": "round" });
  const chosenLast = [...map.shapes].sort(([one], [other]) => codes.includes(one) - codes.includes(other));
  for (const [code, d] of chosenLast) land.append(make("path", { d, fill: fill(code), "data-code": code, ...rim(code) }));
  for (const [code, [cx, cy]] of Object.entries(map.points)) {
    if (find(code, shown.at(-1))) land.append(make("circle", { cx, cy, r: 3.7 / scale, fill: fill(code), "data-code": code, stroke: "var(--oms-ink)", "stroke-width": 0.7 / scale }));
  }
  svg.append(land);
  const [y, left] = [top + map.size[1] * scale + 12, measure(map.none, 11.5) + 22];
  const room = Math.min(47, (width - left - 18) / map.steps.length);
  const small = { fill: "var(--oms-muted)", "font-size": 11.5, "text-anchor": "middle" };
  const box = (x, to, ink) => svg.append(make("rect", { x, y, width: to - x, height: 10, fill: ink }));
  box(0, left - 16, map.empty);
  svg.append(write((left - 16) / 2, y + 24, map.none, small));
  map.inks.forEach((ink, step) => box(left + step * room, left + (step + 1) * room - 0.6, ink));
  map.key.forEach((text, step) => svg.append(write(left + step * room, y + 24, text, small)));
  page.told = (code) => {
    const row = find(code, shown.at(-1));
    return tidy(page.index, `${ways.place(code)} ${row ? ways.percent(row.share) : map.none}`);
  };
  return svg;
}
