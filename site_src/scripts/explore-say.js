// Says what a view shows, in the site's own sentences: `explorer_rules.py` writes their rules and messages down as data,
// and this reads them, and the numbers beside them.

const FOLDER = new URL("../data/explorer/", import.meta.url);
const files = new Map();

// Words stand with the pages, numbers once for all languages: where, the index says.
const WORDS = ["index", "map"];
const find = async (name) => (WORDS.includes(name) ? FOLDER : new URL((await load("index")).numbers ?? "", FOLDER));

export function load(name) {
  const read = async () => {
    const answer = await fetch(new URL(`${name}.json`, await find(name)));
    if (!answer.ok) throw new Error(`${answer.status} for ${name}`);
    return answer.json();
  };
  const asked = files.get(name) ?? read();
  files.set(name, asked);
  asked.catch(() => files.delete(name)); // the next choice asks again
  return asked;
}

// The index with the names of what a view sets beside each other: publishers and models stand in their own file.
export async function open(of) {
  const index = await load("index");
  if (!Object.hasOwn(index.sides, of)) return index;
  const { names: places } = await load(of);
  return { ...index, names: { ...index.names, places, not_places: [] } };
}

export const nameFile = (view) =>
  view.of || (view.cut ? [view.cut, view.window, view.by] : [view.window, view.models, view.by]).join("-").replaceAll("_", "-");

// As decimal arithmetic rounds: from the shortest digits of a number, half to even.
export function round(number, shift, digits, formats) {
  const [mantissa, exponent] = Math.abs(number).toExponential().split("e");
  const shown = mantissa.replace(".", "");
  const left = BigInt(shown.length - 1 - exponent - shift - digits);
  const unit = 10n ** (left > 0n ? left : 0n);
  let whole = (BigInt(shown) * 10n ** (left < 0n ? -left : 0n)) / unit;
  const rest = left > 0n ? (BigInt(shown) % unit) * 2n : 0n;
  if (rest > unit || (rest === unit && unit > 1n && whole % 2n)) whole += 1n;
  const text = String(whole).padStart(digits + 1, "0");
  const grouped = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, formats.group);
  const sign = number < 0 && whole ? "−" : "";
  return sign + grouped + (digits ? formats.decimal + text.slice(-digits) : "");
}

// The ways in which a place of a message, `{share:percent}`, is written.
export function makeWays({ names, formats }) {
  const fill = (pattern, number) => pattern.replace("{number}", number);
  const percent = (share, digits = 1) => fill(formats.percent, round(share, 2, digits, formats));
  const [least, less] = formats.least;
  const inCase = (name) => (code) => names.places[code][3]?.[name] ?? names.places[code][0];
  return {
    accusative: inCase("accusative"),
    dative: inCase("dative"),
    genitive: inCase("genitive"),
    The: (code) => names.places[code][1],
    the: (code) => names.places[code][1],
    place: (code) => names.places[code][0],
    percent,
    share: (share) => (share > 0 && share < least ? less : percent(share)),
    bare: (difference) => round(difference * 100, 0, 1, formats),
    points: (difference, digits = 1) => fill(formats.points, round(difference * 100, 0, digits, formats)),
    count: (number) => round(number, 0, 0, formats),
    short: (number) => {
      const [unit, pattern] = formats.short.find(([size]) => Math.abs(number) >= size * 0.99995) ?? [1, ""];
      return pattern ? fill(pattern, `${Number((number / unit).toFixed(1))}`.replace(".", formats.decimal)) : round(number, 0, 0, formats);
    },
    date: (day) => {
      const [year, month, date] = day.split("-").map(Number);
      return formats.dates[month - 1].replace("{day}", date).replace("{year}", year);
    },
  };
}

// The rows of a share table on a date: countries by downloads, then what is no country.
export function makeRows(part, at, notPlaces) {
  const share = (code) => (part.downloads[code]?.[at] ?? 0) / part.totals[at];
  const open = share("UNREVIEWED");
  const rows = Object.keys(part.downloads).filter((code) => part.downloads[code][at] > 0).map((code) => ({
    code,
    ranked: !notPlaces.includes(code),
    downloads: part.downloads[code][at],
    share: share(code),
    lower: code === "UNREVIEWED" ? 0 : share(code),
    upper: code === "UNREVIEWED" ? share(code) : Math.min(share(code) + open, 1),
  }));
  rows.sort((a, b) => b.ranked - a.ranked || b.downloads - a.downloads || (a.code < b.code ? -1 : 1));
  rows.forEach((row, number) => (row.rank = row.ranked ? number + 1 : null));
  return rows;
}

const choose = (rule, facts) => rule.say[rule.facts.map((name) => Number(Boolean(facts[name]))).join("")];

const speak = (ways) => (message, values) =>
  message.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, way) => (way ? ways[way](values[name]) : values[name]));

// The shares of publishers or models beside each other.
function listSides({ rules, names, formats }, view, rows, end, say) {
  const { first, other } = rules.sides[view.of];
  const values = view.places.split(",").map((code) => ({
    name: names.places[code][0], share: rows.find((row) => row.code === code)?.share ?? 0, end, list: rules.list,
  }));
  const others = values.slice(1).map((each) => say(other, each));
  return [say(first, values[0]), others.length ? say(rules.others, { places: others.join(formats.semicolon) }) : ""];
}

// The sentences of a view: its shares, what stands without the largest model, who leads since when, and its other places.
export function list(index, block, view) {
  const { rules, names, formats } = index;
  const ways = makeWays(index);
  const say = speak(ways);
  const part = block.classes[view.class];
  const held = block.dates.map((_, at) => at).filter((at) => part?.totals[at] > 0 && !(block.dates[at] > (view.to || "9")));
  if (!held.length) return [];
  const at = held.at(-1);
  const rows = makeRows(part, at, names.not_places);
  if (view.of) return listSides(index, view, rows, block.dates[at], say);
  const [first, second] = rows.filter((row) => row.ranked);
  const values = { list: rules.list, end: block.dates[at], start: block.start };
  if (second) {
    Object.assign(values, { first: first.code, second: second.code, first_share: first.share, second_share: second.share });
    Object.assign(values, { margin: first.share - second.share, since: part.since[at] });
    values.facts = { clear: first.lower > second.upper, now: part.since[at] === block.dates[at], start: part.from_first[at] };
  }
  const table = rules.table[`${view.window}-${view.models}`];
  const said = say(choose(table, { few: !second, blurred: block.blurred[at] }), values);
  const all = Object.values(block.classes).reduce((sum, each) => sum + each.totals[at], 0);
  const others = view.places.split(",").filter(Boolean).filter((code) => !second || (code !== first.code && code !== second.code));
  const one = (code) => {
    const row = rows.find((each) => each.code === code);
    return say(choose(rules.other, { some: row, ranked: row?.ranked }), { code, ...row });
  };
  return [
    view.cut ? say(rules.cuts[view.cut][view.class], { said }) : said,
    view.cut || at !== block.dates.length - 1 ? "" : index.without[nameFile(view)],
    second && part.totals[at] / all >= rules.least_part ? say(choose(rules.lead, values.facts), values) : "",
    others.length ? say(rules.others, { places: others.map(one).join(formats.semicolon) }) : "",
  ].map((text) => text && tidy(index, text[0].toUpperCase() + text.slice(1)));
}

// Takes out spaces that the language has none of, as `Language.tidy` does.
export function tidy({ formats: { unspaced } }, text) {
  const joined = unspaced.reduce((said, pattern) => said.replace(new RegExp(pattern, "g"), "$1"), text);
  return unspaced.length ? joined.replaceAll(" · ", "\u00a0· ") : text;
}

// Sentences one after the other.
export const join = (index, sentences) => tidy(index, sentences.filter(Boolean).join(" "));

export const state = (index, ...view) => join(index, list(index, ...view));
