// The words that the search looks through weigh as much as the rest of the first page, what looks through them half of that,
// and the list of all pages, by which the theme swaps one for another, a tenth. The theme asks for them at once; this holds
// its requests back: the search's until somebody moves into it, by whatever way, the list until somebody does anything.
(() => {
  const { open, send } = XMLHttpRequest.prototype;
  const wait = (names, isIt) => new Promise((resolve) => {
    const begin = (event) => {
      if (!isIt(event)) return;
      for (const name of names) removeEventListener(name, begin);
      resolve();
    };
    for (const name of names) addEventListener(name, begin, { passive: true });
  });
  const begun = wait(["focusin"], ({ target }) => target.closest?.(".md-search"));
  const waits = {
    "search/search_index.json": begun,
    "sitemap.xml": wait(["pointerover", "focusin", "keydown", "scroll"], () => true),
  };
  // Of another language the theme asks for the list as well, which nothing here needs.
  const own = new URL("../sitemap.xml", document.currentScript.src).href;
  const never = new Promise(() => {});
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    const name = Object.keys(waits).find((each) => String(address).endsWith(each));
    this.omsWaits = name === "sitemap.xml" && new URL(address, location).href !== own ? never : waits[name];
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.omsWaits) this.omsWaits.then(() => send.apply(this, body));
    else send.apply(this, body);
  };

  const Now = window.Worker;
  if (!Now || location.protocol === "file:") return; // from a folder, the theme has a worker of its own
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.started = begun.then(() => {
        const worker = new Now(address);
        for (const name of ["message", "error"]) {
          worker.addEventListener(name, (event) => this.dispatchEvent(new event.constructor(name, event)));
        }
        return worker;
      });
    }

    postMessage(...message) {
      this.started.then((worker) => worker.postMessage(...message));
    }

    terminate() {
      this.started.then((worker) => worker.terminate());
    }
  };
})();
