// The words that the search looks through weigh as much as the rest of the first page. The theme asks for them at once;
// this holds its request back until somebody begins to search: whoever opens the search, by whatever way, moves into it.
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
})();
