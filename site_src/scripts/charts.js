// Figures are pictures first. When a reader points at one, moves to it or touches it, Vega is loaded from this
// site and the same specification that drew the picture draws it again, in its place, with details on hover.
// If anything fails, the picture stays. Figures over time need none of it: dates.js reads them as they are.

const ROOT = new URL("../", document.currentScript.src);
const EVENTS = ["pointerenter", "focusin", "touchstart"];

let engine; // the promise of the module, shared by all figures

function loadEngine() {
  engine ??= import(new URL("vega/vega.js", ROOT).href).catch((error) => {
    engine = undefined; // try again with the next figure
    throw error;
  });
  return engine;
}

function findVisible(area) {
  return [...area.querySelectorAll("[data-width]")].find((box) => box.getClientRects().length > 0);
}

async function loadSpec(slug, width) {
  const answer = await fetch(new URL(`figures/${slug}/spec-${width}.json`, ROOT));
  if (!answer.ok) throw new Error(`${answer.status} for the specification of ${slug}`);
  return useScheme(await answer.json());
}

// The file has the light scheme's colours, and beside them their names in our style sheet.
function useScheme(spec) {
  const names = new Map(Object.entries(spec.usermeta.colours));
  return JSON.parse(JSON.stringify(spec), (_, value) => (names.has(value) ? `var(--oms-${names.get(value)})` : value));
}

async function draw(box, slug) {
  const [{ vegaEmbed }, spec] = await Promise.all([loadEngine(), loadSpec(slug, box.dataset.width)]);
  const stage = document.createElement("div");
  stage.style.cssText = "position:absolute;visibility:hidden";
  box.append(stage);
  try {
    await vegaEmbed(stage, spec, {
      mode: "vega-lite",
      renderer: "svg",
      ast: true, // expressions are interpreted: no eval, as the page's policy demands
      actions: false,
      defaultStyle: false,
      tooltip: { theme: "oms", disableDefaultStyle: true }, // values are escaped; figures.css has its look
    });
    const live = stage.querySelector("svg");
    if (!live) throw new Error(`no picture of ${slug}`);
    fitLive(live, box.querySelector("svg"));
  } catch (error) {
    stage.remove();
    throw error;
  }
  box.querySelector(":scope > svg")?.remove();
  stage.style.cssText = "";
}

// The live picture scales with its column as the still one does.
function fitLive(live, still) {
  live.setAttribute("viewBox", still.getAttribute("viewBox"));
  live.removeAttribute("width");
  live.removeAttribute("height");
}

async function wake(area, slug) {
  const box = findVisible(area);
  if (!box || box.dataset.state) return;
  box.dataset.state = "loading";
  try {
    await draw(box, slug);
    box.dataset.state = "live";
    area.dataset.live = "true";
  } catch (error) {
    delete box.dataset.state;
    area.dataset.live = "false";
    console.warn(error);
  }
}

function prepare() {
  for (const figure of document.querySelectorAll("[data-figure]")) {
    const area = figure.querySelector(".oms-figure__chart");
    if (!area || area.dataset.ready || area.querySelector("[data-dates]")) continue;
    area.dataset.ready = "true";
    for (const event of EVENTS) {
      area.addEventListener(event, () => wake(area, figure.dataset.figure), { passive: true });
    }
  }
}

// The theme replaces pages without reloading them, and says so here.
if (window.document$) window.document$.subscribe(prepare);
else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", prepare);
else prepare();
