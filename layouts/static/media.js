// Media of other sites: nothing of theirs is asked for until a reader clicks, and the link to them stays.
(() => {
  "use strict";
  for (const figure of document.querySelectorAll(".x-media[data-load]")) {
    const { load, ratio, height } = figure.dataset;
    const link = figure.querySelector("a"), host = link.lastElementChild;
    const title = host.previousElementSibling.textContent, picture = link.querySelector("img");
    const button = document.createElement("button");
    const words = host.cloneNode();
    words.textContent = load;
    button.type = "button";
    button.append(...[...link.childNodes].filter((node) => node !== host), words);
    link.replaceChildren(host);
    link.before(button);
    button.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts allow-same-origin";
      frame.allow = "autoplay; fullscreen; picture-in-picture";
      frame.referrerPolicy = "strict-origin";
      frame.title = title;
      if (height) frame.height = height;
      else if (ratio || picture?.hasAttribute("width")) {
        frame.style.aspectRatio = ratio?.replace(":", " / ") ?? `${picture.getAttribute("width")} / ${picture.getAttribute("height")}`;
      }
      frame.src = link.href;
      button.hidden = true; // paper has the picture
      button.after(frame);
      frame.focus();
    });
  }
})();
