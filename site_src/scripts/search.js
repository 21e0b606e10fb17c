// The words that the search looks through weigh as much as the rest of the first page, and what looks through them half of
// that. The theme asks for both at once; this holds its requests back until somebody begins to search: whoever opens the
// search, by whatever way, moves into it.
(() => {
  const { open, send } = XMLHttpRequest.prototype;
  const begun = new Promise((resolve) => {
    addEventListener("focusin", function begin(event) {
      if (!event.target.closest(".md-search")) return;
      removeEventListener("focusin", begin);
      resolve();
    });
  });
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.omsWaits = String(address).endsWith("search/search_index.json");
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.omsWaits) begun.then(() => send.apply(this, body));
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
