// Adds to pages that work without it: claims close where they opened, copying, a ledger that filters, a kept choice.
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const say = document.currentScript.dataset;

  // Accounts of claims. An address opens one (:target); words that were clicked close theirs again.
  const account = () => (location.hash.startsWith("#how-") ? document.getElementById(location.hash.slice(1)) : null);
  const words = (how) => document.querySelector(`a.x-sourcing[href="#${CSS.escape(how.id)}"]`);
  const claimOf = (how) => document.getElementById(how.id.replace("how-", "claim-"));

  function mark() {
    const open = account();
    for (const link of all("a.x-sourcing[aria-expanded=true]")) link.setAttribute("aria-expanded", "false");
    for (const claim of all(".x-claim.x-open")) claim.classList.remove("x-open");
    if (!open) return;
    words(open)?.setAttribute("aria-expanded", "true");
    claimOf(open)?.classList.add("x-open");
    open.tabIndex = -1;
    open.focus({ preventScroll: true });
    offer(open);
  }

  function close(how) {
    const link = words(how);
    const top = link?.getBoundingClientRect().top;
    location.replace(`#${claimOf(how)?.id ?? ""}`);
    if (!link) return;
    // What stood above stays where the reader saw it, if the reader did.
    if (top > 0 && top < innerHeight) scrollBy({ top: link.getBoundingClientRect().top - top, behavior: "instant" });
    link.focus({ preventScroll: top > 0 && top < innerHeight });
  }

  // Copying: the words come from the page, the form of a citation from its catalog.
  function offer(how) {
    const end = how.querySelector(".x-how-end");
    const form = document.querySelector("[data-cite]")?.dataset.cite;
    const link = end?.children[1], address = document.querySelector("link[rel=canonical]");
    if (!link || !address || !form || !navigator.clipboard || end.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say.copy;
    button.addEventListener("click", async () => {
      const parts = { text: textOf(how), url: address.href + link.hash };
      await navigator.clipboard.writeText(form.replace(/\[(text|url)\]/g, (_, name) => parts[name]));
      button.textContent = say.copied;
      setTimeout(() => { button.textContent = say.copy; }, 2000);
    });
    link.replaceWith(button); // a citation has the address
  }

  // The claim as a sentence of its own where the account has one; else its words, without numbers and other claims'.
  function textOf(how) {
    const sentence = how.querySelector(".x-vh");
    if (sentence) return sentence.textContent;
    const words = claimOf(how).cloneNode(true);
    for (const other of all("sup, .x-margin, .x-sourcing, .x-how, .x-claim-sourcing", words)) other.remove();
    return words.textContent.trim().replace(/\s+/g, " ");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const how = link.matches(".x-how-top a, .x-how-end a:first-child") ? link.closest(".x-how") : link.matches("a.x-sourcing") ? account() : null;
    if (!how || (link.matches("a.x-sourcing") && words(how) !== link)) return;
    event.preventDefault();
    close(how);
  });
  document.addEventListener("keydown", (event) => {
    const how = event.key === "Escape" && !event.target.matches?.("input, select") && account();
    if (how) close(how);
  });
  for (const link of all("a.x-sourcing")) link.setAttribute("aria-expanded", "false");
  addEventListener("hashchange", mark);
  mark();

  // The choice to hide the words is kept from page to page, where the browser lets us.
  const quiet = document.getElementById("quiet");
  if (quiet) {
    try {
      quiet.checked = localStorage.getItem("quiet") === "1";
      quiet.addEventListener("change", () => localStorage.setItem("quiet", quiet.checked ? "1" : "0"));
    } catch { /* storage may be forbidden */ }
  }

  // The ledger's filter.
  const filter = document.querySelector("form.x-filter");
  if (!filter) return;
  const [text, level, speaker, status] = ["words", "level", "speaker", "status"].map((name) => document.getElementById(`filter-${name}`));
  // An entry is found by its page's title, too.
  const textIn = (item) => `${item.closest(".x-of-page")?.firstElementChild.textContent ?? ""} ${item.textContent}`;
  const entries = all(".x-claims > li").map((item) => ({ item, text: textIn(item).toLowerCase(), ...item.dataset }));
  const fill = (select, values) => {
    const sorted = [...new Set(values.filter(Boolean))].sort((a, b) => a.localeCompare(b, document.documentElement.lang));
    select.append(...sorted.map((value) => new Option(value)));
    select.disabled = !sorted.length; // there is nothing to choose, and nothing moves
  };
  fill(speaker, entries.map((entry) => entry.speaker));
  fill(status, entries.map((entry) => entry.status));
  // A search over all months finds claims of other levels, too; it is loaded when it is about to be used.
  const search = filter.querySelector("[data-index]");
  const leaveOut = (option) => { if (search) option.hidden = option.disabled = true; else option.remove(); };
  const there = new Set(entries.map((entry) => entry.level));
  for (const option of [...level.options]) if (option.value && !there.has(option.value)) leaveOut(option);

  function apply() {
    const sought = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (value, wanted) => !wanted || value === wanted;
    let shown = 0;
    for (const entry of entries) {
      const fit = fits(entry.level, level.value) && fits(entry.speaker, speaker.value) && fits(entry.status, status.value)
        && sought.every((word) => entry.text.includes(word));
      entry.item.hidden = !fit;
      shown += fit;
    }
    for (const list of all(".x-list, .x-of-page")) list.hidden = !list.querySelector(".x-claims > li:not([hidden])");
    const { none, one, shown: some } = filter.dataset;
    filter.querySelector("output").textContent = { 0: none, 1: one }[shown] ?? some.replace("#", shown.toLocaleString(document.documentElement.lang));
  }
  filter.hidden = false;
  if (search) {
    filter.addEventListener("focusin", () => {
      const script = document.createElement("script");
      script.src = search.dataset.script;
      document.head.append(script);
    }, { once: true });
  }
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(apply));
  apply();
})();
