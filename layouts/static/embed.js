// Tells the page around a frame how high the claim is, and copies the HTML for other sites.
(() => {
  "use strict";
  const button = document.getElementById("embed-copy");
  if (button && navigator.clipboard) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById("embed-html").value);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
  if (parent === window) return;
  // WordPress knows its frames by a secret that it puts into their address.
  const secret = new URLSearchParams(location.hash.replace(/^#\??/, "")).get("secret");
  const tell = () => {
    const value = Math.ceil(document.body.getBoundingClientRect().height);
    parent.postMessage({ message: "height", value, secret }, "*");
    parent.postMessage({ explainer: "height", value }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
})();
