// The preview's own script: reloads, faults over the page, the editor's lens. It is in no build.
(() => {
  "use strict";
  const { token, home, site } = document.currentScript.dataset;
  let { version } = document.currentScript.dataset;

  // The socket is for pages that were opened by name.
  if (home && location.origin !== home) {
    location.replace(home + location.pathname + location.search + location.hash);
    return;
  }

  // Asks for something about this page, and draws it if that is news. Of two questions only the later one counts.
  const asking = (name, draw) => {
    let asked = 0;
    let drawn = null;
    return async () => {
      const number = (asked += 1);
      const answer = await fetch(`/-/${name}?token=${token}&page=${encodeURIComponent(location.pathname)}`);
      const text = await answer.text();
      if (number !== asked || text === drawn || !answer.ok) return;
      drawn = text;
      draw(JSON.parse(text));
    };
  };

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };

  // A box of our own, which the page's styles don't reach, nor ours the page.
  const box = (name) => {
    const host = make(name);
    const root = host.attachShadow({ mode: "open" });
    root.append(make("link", { rel: "stylesheet", href: "/-/preview.css" }));
    return { host, root };
  };

  // A place in a file: a link to the editor, else words that a click copies.
  const placed = (thing, words) => {
    if (!thing.place) return null;
    const short = words || thing.place;
    if (thing.href) return make("a", { class: "place", href: thing.href, title: `Open ${thing.place}` }, short);
    const button = make("button", { class: "place", type: "button", title: `Copy ${thing.place}` }, short);
    button.addEventListener("click", () => {
      navigator.clipboard?.writeText(thing.place);
      button.textContent = "copied";
      setTimeout(() => { button.textContent = short; }, 1200);
    });
    return button;
  };
  const line = (thing) => thing.place && `line ${thing.place.split(":").at(-2)}`;

  // What stands between backticks is text of a file.
  const worded = (text) => text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
  const day = (iso) => new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

  // --- Reloads ---

  const KEPT = `explainer-preview ${location.pathname}`;

  const reload = () => {
    const open = [...document.querySelectorAll("details")].map((one) => one.open);
    try { sessionStorage.setItem(KEPT, JSON.stringify({ open, x: scrollX, y: scrollY })); } catch { /* it keeps the place, no more */ }
    location.reload();
  };

  // What a reload left: which panels were open, and where the reader stood.
  let left = (() => {
    try {
      const found = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
      return found;
    } catch { return null; }
  })();
  const stand = () => left && scrollTo({ left: left.x, top: left.y, behavior: "instant" });
  const restore = () => {
    if (!left) return;
    const all = document.querySelectorAll("details");
    if (left.open.length === all.length) all.forEach((one, at) => { one.open = left.open[at]; });
    stand();
  };

  const look = async () => {
    const answer = await fetch(location.href.split("#")[0], { method: "HEAD", cache: "no-store" });
    const now = answer.headers.get("Explainer-Version");
    if (now && now !== version) reload();
    else lens.refresh();
  };

  // A style sheet's name may change with its content: the page as it is now says what takes the place of what.
  let restyled = 0;
  const restyle = async () => {
    const number = (restyled += 1);
    const answer = await fetch(location.href.split("#")[0], { cache: "no-store" });
    const text = await answer.text();
    if (number !== restyled) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const sheets = (root) => [...root.querySelectorAll('link[rel~="stylesheet"]')];
    const [now, next] = [sheets(document), sheets(fresh)];
    if (now.length !== next.length) return reload();
    version = answer.headers.get("Explainer-Version") || version;
    now.forEach((old, at) => {
      const address = new URL(next[at].getAttribute("href"), location.href);
      if (address.origin !== location.origin) return;
      const link = old.cloneNode();
      link.href = address.href;
      const done = () => old.remove();
      link.addEventListener("load", done);
      link.addEventListener("error", done);
      old.after(link);
    });
  };

  let waited = 0;
  const connect = () => {
    const socket = new WebSocket(`ws://${location.host}/-/socket?token=${token}`);
    socket.addEventListener("open", () => {
      waited = 0;
      socket.send(JSON.stringify({ command: "info", url: location.href.split("#")[0] }));
      socket.send(JSON.stringify({ command: "hello", protocols: ["http://livereload.com/protocols/official-7"] }));
    });
    socket.addEventListener("message", (event) => {
      const { command, path } = JSON.parse(event.data);
      if (command === "hello") {
        // From now on this page is told of every change; what changed before was told to nobody.
        look();
        overlay.refresh();
      } else if (command !== "reload") return;
      else if (path === "*.css") restyle();
      else if (path === "!") overlay.refresh();
      else look();
    });
    socket.addEventListener("close", () => { waited += 1; setTimeout(again, Math.min(250 * waited, 2000)); });
  };

  // After the server has gone: a new one has another token, which the page gets by being loaded again.
  const again = async () => {
    try {
      const answer = await fetch(`/-/faults?token=${token}`);
      if (answer.status === 403) reload();
      else connect();
    } catch { waited += 1; setTimeout(again, Math.min(250 * waited, 2000)); }
  };

  // --- Faults over the page ---

  const overlay = {
    host: null,
    refresh: asking("faults", (data) => overlay.show(data)),
    show({ count, errors }) {
      this.host?.remove();
      this.host = null;
      if (!count) return;
      const { host, root } = box("explainer-faults");
      const close = () => { host.remove(); if (this.host === host) this.host = null; };
      const panel = make("section", { class: "faults", role: "alertdialog", "aria-labelledby": "t", tabindex: "-1" },
        make("header", {},
          make("h1", { id: "t" }, count === 1 ? "One error" : `${count} errors`),
          make("button", { type: "button", class: "close", onclick: close }, "Hide ", make("kbd", {}, "Esc"))),
        make("p", { class: "lead" }, "Behind this is the last version without errors. It catches up as soon as they are mended."),
        make("ol", {}, ...errors.map((error) => make("li", {},
          make("p", { class: "where" }, placed(error), " ", make("span", { class: "code" }, `${error.code} ${error.name}`)),
          make("p", { class: "message" }, ...worded(error.message)),
          error.excerpt.length > 0 && make("pre", { tabindex: "0" }, error.excerpt[0], "\n", make("span", { class: "caret" }, error.excerpt[1] || "")),
          ...error.hints.map((hint) => make("p", { class: "hint" }, make("b", {}, "Hint"), " ", ...worded(hint)))))),
        count > errors.length && make("p", { class: "lead" }, make("a", { href: "/-/desk/" }, `${count - errors.length} more`), "."));
      root.append(make("div", { class: "veil", onclick: close }), panel);
      root.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
      document.documentElement.append(host);
      this.host = host;
      // The caret is what the line is shown for.
      root.querySelector("link").addEventListener("load", () => {
        for (const caret of root.querySelectorAll(".caret")) {
          const at = (caret.textContent.indexOf("^") * caret.offsetWidth) / Math.max(1, caret.textContent.length);
          if (at > caret.parentElement.clientWidth - 80) caret.parentElement.scrollLeft = at - 120;
        }
      });
      panel.focus({ preventScroll: true });
    },
  };

  // --- The lens ---

  const LENS = "explainer-preview lens";
  const lens = {
    host: null,
    marks: [],
    refresh: asking("lens", (data) => {
      lens.show(data);
      // The marks in the text moved what follows them.
      stand();
      left = null;
    }),
    show({ page, waiting, warnings }) {
      this.host?.remove();
      this.marks.forEach((mark) => mark.remove());
      this.marks = [];
      const { host, root } = box("explainer-lens");
      const look = page ? page.claims.filter((claim) => claim.look.length).length : 0;
      const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
      const sum = [
        page && page.state && make("b", { class: "state" }, page.state),
        page && page.claims.length > 0 && make("span", {}, counted(page.claims.length, "claim")),
        look > 0 && make("span", { class: "look" }, `${look} to look at`),
        !page && waiting.length > 0 && make("span", {}, `${waiting.length} not out`),
      ].filter(Boolean);
      const details = make("details", { open: sessionStorage.getItem(LENS) === "open" },
        make("summary", {}, make("span", { class: "name" }, "Preview"), ...sum),
        make("div", { class: "inside" },
          page && this.page(page),
          page && page.claims.length > 0 && this.claims(page.claims),
          page && page.sources.length > 0 && this.sources(page.sources),
          page && page.warnings.length > 0 && this.warnings(page.warnings),
          page && page.accepted.length > 0 && this.accepted(page.accepted),
          this.waiting(waiting),
          make("p", { class: "quiet" }, make("a", { href: "/-/desk/" }, "To look at"), " · ", make("a", { href: "/-/desk/calendar/" }, "Calendar"), " · ", make("a", { href: "/-/desk/sources/" }, "Sources")),
          warnings > (page ? page.warnings.length : 0) && make("p", { class: "quiet" }, make("a", { href: "/-/desk/" }, `${counted(warnings, "warning")} on the whole site`), ".")));
      details.addEventListener("toggle", () => sessionStorage.setItem(LENS, details.open ? "open" : "shut"));
      root.append(make("aside", { class: "lens", "aria-label": "Preview" }, details));
      document.documentElement.append(host);
      this.host = host;
      if (page) this.mark(page.claims);
    },
    page(page) {
      return make("header", {},
        make("p", { class: "of" }, page.state ? `${page.state}. ` : "", page.state && page.published ? `Dated ${day(page.published)}. ` : "", placed(page, page.place.replace(/:\d+:\d+$/, ""))),
        page.sourcing && make("p", {}, page.sourcing));
    },
    claims(claims) {
      return make("section", {}, make("h2", {}, "Claims"), make("ol", {}, ...claims.map((claim) => make("li", {},
        make("p", { class: "claim" }, make("a", { href: `#${claim.anchor}` }, claim.text)),
        make("p", { class: "level" }, make("span", { class: claim.look.includes(claim.label) ? "look" : null }, `${claim.label}.`), ` ${claim.notes.join(" ")}`),
        make("p", { class: "foot" },
          ...claim.look.filter((words) => words !== claim.label).map((words) => make("span", { class: "look" }, words)),
          claim.status && make("span", {}, `Status: ${claim.status}`),
          placed(claim, line(claim)))))));
    },
    sources(sources) {
      return make("section", {}, make("h2", {}, "Sources"), make("ul", { class: "rows" }, ...sources.map((source) => make("li", {},
        source.anchor ? make("a", { href: `#${source.anchor}` }, source.name) : make("span", {}, source.name),
        placed(source, line(source))))));
    },
    warnings(warnings) {
      return make("section", {}, make("h2", {}, "Warnings"), make("ul", {}, ...warnings.map((one) => make("li", {},
        make("p", {}, one.message), ...one.hints.map((hint) => make("p", { class: "level" }, hint)),
        make("p", { class: "foot" }, make("span", {}, one.code), placed(one, line(one)))))));
    },
    accepted(accepted) {
      return make("section", {}, make("h2", {}, "Accepted"), make("ul", {}, ...accepted.map((one) => make("li", {},
        make("p", {}, one.message), one.why && make("p", { class: "level" }, `Accepted: ${one.why}`),
        make("p", { class: "foot" }, make("span", {}, one.code), placed(one, line(one)))))));
    },
    waiting(waiting) {
      if (!waiting.length) return null;
      return make("section", {}, make("h2", {}, "Not out"), make("ul", { class: "rows" }, ...waiting.map((page) => make("li", {},
        page.url ? make("a", { href: page.url }, page.title) : make("span", {}, page.title),
        make("span", { class: "state" }, page.state === "Draft" ? "Draft" : page.published ? `From ${day(page.published)}` : page.state)))));
    },
    mark(claims) {
      for (const claim of claims) {
        const at = claim.look.length && document.getElementById(claim.anchor);
        if (!at) continue;
        const { host, root } = box("explainer-mark");
        root.append(make("span", { class: "mark" }, claim.look.join(", "), " ", placed(claim, line(claim))));
        const words = [...document.querySelectorAll(`a[href="#${CSS.escape(claim.panel)}"]`)].find((link) => !link.closest(".x-how"));
        if (words) words.after(host);
        else at.append(host);
        this.marks.push(host);
      }
    },
  };

  // --- Links that the finished site will have lead to the same place here ---

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !site || !link.href.startsWith(site) || event.defaultPrevented) return;
    const target = new URL(link.href);
    if (target.host === location.host) return;
    event.preventDefault();
    const here = target.pathname + target.search + target.hash;
    if (event.metaKey || event.ctrlKey || event.shiftKey) window.open(here);
    else location.assign(here);
  });

  restore();
  connect();
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
})();
