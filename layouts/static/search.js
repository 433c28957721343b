// Searches the site's own index, on the search page and in the ledger. Nothing that a reader types leaves the browser.
(() => {
  "use strict";

  // --- Words, as the index has them: without case, marks and variants (`explainer/search/folding.py` does the same) ---
  const LONGEST = 32;
  const VARIANTS = {
    ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ς: "σ",
    "\u0671": "\u0627", "\u0649": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u06cc": "\u064a", "\u0640": "",
  };
  const VARIANT = new RegExp(`[${Object.keys(VARIANTS).join("")}]`, "gu");
  const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]+/gu;
  const ARTICLE = /^[\u0648\u0641\u0628\u0643]?\u0627\u0644(?=.{3})/u;

  const fold = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(VARIANT, (char) => VARIANTS[char]);
  function pairs(run) {
    const chars = [...run];
    return chars.length < 2 ? [run] : chars.slice(1).map((char, at) => chars[at] + char);
  }
  function alone(word) {
    const bare = word.replace(ARTICLE, "");
    return [...bare].length > 1 ? [bare] : [];
  }
  function parts(word) {
    const found = [];
    let end = 0;
    for (const run of word.matchAll(UNSPACED)) {
      found.push(...alone(word.slice(end, run.index)), ...pairs(run[0]));
      end = run.index + run[0].length;
    }
    return [...found, ...alone(word.slice(end))];
  }
  const wordsOf = (text) => (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).flatMap(parts).map((word) => [...word].slice(0, LONGEST).join(""));

  // --- The index ---
  const words = document.querySelector("form [data-index]");
  if (!words) return;
  const form = words.closest("form"), say = words.dataset;
  const index = new URL(say.index, location.href), root = new URL("..", index);
  const MOST_LOADED = 700_000; // bytes of the index for one question; beyond it older years are left out
  const MOST_SEEN = 100; // claims that are looked at, at once, for those that fit a choice
  const SHOWN = 10;
  const PREFIX = 3; // letters from which a word stands for all that begin with it
  const IN_TITLE = 4;
  const loaded = new Map();

  function load(name) {
    if (!loaded.has(name)) {
      const answer = fetch(new URL(name, index)).then((response) => {
        if (!response.ok) throw new Error(`${response.status} ${name}`);
        return response.json();
      });
      answer.catch(() => loaded.delete(name));
      loaded.set(name, answer);
    }
    return loaded.get(name);
  }

  const begins = (word) => [...word].length >= PREFIX || word.match(UNSPACED)?.[0] === word;

  // The shards of a segment that may have a word, or one that begins with it.
  function shardsOf(segment, word) {
    let own = null;
    const longer = [];
    for (const shard of segment.shards) {
      if (word.startsWith(shard[0])) own = !own || shard[0].length > own[0].length ? shard : own;
      else if (begins(word) && shard[0].startsWith(word)) longer.push(shard);
    }
    return own ? [own, ...longer] : longer;
  }

  const POSTING = /^(\d+)(?::(\d))?((?:\.\d+)*)((?:,\d+)*)$/;
  const MANY = 1_000_000; // more than a page's claims
  const raise = (map, key, score) => { if ((map.get(key) ?? 0) < score) map.set(key, score); };

  // Where a word is in a segment: pages with its weight, claims with a score; `common` if it's in too many to be listed.
  function places(word, shards) {
    const found = { pages: new Map(), titles: new Set(), claims: new Map(), common: false };
    for (const shard of shards) {
      for (const [other, text] of Object.entries(shard)) {
        const exact = other === word ? 1 : 0;
        if (!exact && !(begins(word) && other.startsWith(word))) continue;
        for (const posting of text.split(" ")) {
          if (posting === "+") { found.common = true; continue; }
          const [, page, weight, own, about] = POSTING.exec(posting);
          const number = Number(page);
          raise(found.pages, number, Number(weight ?? 1) + exact);
          if (Number(weight) === IN_TITLE) found.titles.add(number);
          for (const claim of own.split(".").slice(1)) raise(found.claims, number * MANY + Number(claim), 3 + exact);
          for (const claim of about.split(",").slice(1)) raise(found.claims, number * MANY + Number(claim), 1 + exact);
        }
      }
    }
    return found;
  }

  // What a segment has for all words together.
  function together(segment, place, by) {
    const results = { claims: [], pages: [], unlisted: by.every((found) => found.common) };
    for (const kind of ["claims", "pages"]) {
      for (const key of new Set(by.flatMap((found) => [...found[kind].keys()]))) {
        const page = kind === "claims" ? Math.floor(key / MANY) : key;
        let words = 0, score = 0;
        for (const found of by) {
          const own = found[kind].get(key) ?? 0;
          if (own || found.common || found.titles.has(page)) words += 1;
          score += own || (found.titles.has(page) ? 1 : 0);
        }
        results[kind].push({ segment, place, page, claim: key % MANY, words, score });
      }
    }
    return results;
  }

  const best = (results, words) => results.filter((one) => one.words === words)
    .sort((a, b) => b.score - a.score || a.place - b.place || b.page - a.page || a.claim - b.claim);

  // Claims and pages with all of the words or, where there are none, with most of them.
  async function find(words) {
    const table = await load("index.json");
    const jobs = [];
    let size = 0, since = "";
    for (const [place, segment] of table.segments.entries()) {
      const shards = words.map((word) => shardsOf(segment, word));
      const together = new Set(shards.flat());
      for (const shard of together) size += shard[2];
      if (place && size > MOST_LOADED) { since = table.segments[place - 1].year; break; }
      jobs.push({ segment, place, shards });
    }
    const results = await Promise.all(jobs.map(async ({ segment, place, shards }) => {
      const contents = (list) => Promise.all(list.map(([, digest]) => load(`${segment.year}/words.${digest}.json`)));
      const by = await Promise.all(words.map(async (word, at) => places(word, await contents(shards[at]))));
      return together(segment, /^\d/.test(segment.year) ? place : Infinity, by);
    }));
    const claims = results.flatMap((one) => one.claims), pages = results.flatMap((one) => one.pages);
    const most = Math.max(0, ...[claims, pages].map((list) => list.reduce((top, one) => Math.max(top, one.words), 0)));
    const unlisted = results.some((one) => one.unlisted);
    return { claims: best(claims, most), pages: best(pages, most), whole: most === words.length, unlisted, since };
  }

  // Results with what is shown of them, one after the other; null for those that don't fit.
  async function* shown(results, fits = () => true) {
    const { pagesAFile } = await load("index.json");
    for (let at = 0; at < results.length; at += SHOWN) {
      const batch = results.slice(at, at + SHOWN);
      const entries = await Promise.all(batch.map(async ({ segment, page }) => {
        const file = await load(`${segment.year}/pages.${segment.entries[Math.floor(page / pagesAFile)]}.json`);
        return file[page % pagesAFile];
      }));
      for (const [n, entry] of entries.entries()) {
        const [path, title, summary, date, language, wordsLanguage, claims] = entry;
        const one = { path, title, summary, date, language, wordsLanguage, claim: claims[batch[n].claim] };
        yield fits(one) ? one : null;
      }
    }
  }

  // --- Results on the page ---
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }
  const isolated = (words, language) => make("bdi", language === document.documentElement.lang ? {} : { lang: language }, words);
  const addressOf = ({ path }, anchor = "") => new URL(path.slice(1) + anchor, root).href;
  const meta = ({ title, date, language }, titled) => make("p", { class: "x-meta" }, make("span", {}, ...(titled ? [isolated(title, language), ...(date ? [say.comma] : [])] : []), date));

  function claimItem(one) {
    const [id, text, words, level, speaker, status] = one.claim;
    const item = make("li", { "data-level": level, "data-speaker": speaker, "data-status": status },
      make("div", {}, make("p", { class: "x-claim-text" }, make("a", { href: addressOf(one, `#claim-${id}`) }, isolated(text, one.language))), meta(one, true)),
      make("div", { class: "x-finding" }, make("p", {}, make("b", {}, isolated(words, one.wordsLanguage)))));
    if (status) item.lastChild.append(make("p", {}, ...say.status.split("[status]").flatMap((piece, n) => (n ? [isolated(status, one.language), piece] : [piece]))));
    return item;
  }

  function pageItem(one) {
    const item = make("li", {}, make("h3", {}, make("a", { href: addressOf(one) }, isolated(one.title, one.language))));
    if (one.summary) item.append(make("p", {}, isolated(one.summary, one.language)));
    if (one.date) item.append(meta(one, false));
    return item;
  }

  // A list that grows by its button, of the results that fit; `tell` hears how many were looked at, and how many shown.
  // Returns whether there is anything to show.
  async function fill({ list, more, item }, results, isCurrent, fits, tell = () => {}) {
    const walk = shown(results, fits);
    let seen = 0, kept = 0;
    const grow = async () => {
      const items = [], until = Math.min(seen + MOST_SEEN, results.length);
      for (; seen < until && items.length < SHOWN; seen += 1) {
        const one = (await walk.next()).value;
        if (one) items.push(item(one));
      }
      kept += items.length;
      if (isCurrent()) {
        list.append(...items);
        more.hidden = seen === results.length;
        tell(seen, kept);
      }
      return items;
    };
    list.replaceChildren();
    more.onclick = async () => (await grow())[0]?.querySelector("a").focus();
    return (await grow()).length > 0 || seen < results.length;
  }

  let turn = 0;
  const numbers = (n, more = false) => n.toLocaleString(document.documentElement.lang) + (more ? "+" : "");
  const filled = (words, values) => Object.entries(values).reduce((text, [name, value]) => text.replace(`[${name}]`, value), words);
  const limits = (found) => [...(found.whole ? [] : [say.some]), ...(found.since ? [filled(say.since, { year: found.since })] : [])];
  function outcome(found) {
    if (!found.claims.length && !found.pages.length) return say.none;
    const [claims, pages] = [found.claims, found.pages].map((list) => numbers(list.length, found.unlisted && list.length));
    return [filled(say.found, { claims, pages }), ...limits(found)].join(" ");
  }

  // --- The search page ---
  function searchPage() {
    const input = form.elements.q, status = document.getElementById("search-status");
    const lists = ["claims", "pages"].map((kind) => {
      const section = document.getElementById(`search-${kind}`);
      return { kind, section, list: section.querySelector("ol"), more: section.querySelector("button"), item: kind === "claims" ? claimItem : pageItem };
    });

    async function run() {
      const mine = ++turn, isCurrent = () => mine === turn;
      const words = [...new Set(wordsOf(input.value))];
      let found = { claims: [], pages: [], whole: true, since: "" }, told = "";
      try {
        if (words.length) {
          found = await find(words);
          told = outcome(found);
        } else if (input.value.trim()) told = say.short;
        if (!isCurrent()) return;
        const any = await Promise.all(lists.map((one) => fill(one, found[one.kind], isCurrent)));
        if (!isCurrent()) return;
        for (const [n, { section }] of lists.entries()) section.hidden = !any[n];
      } catch {
        told = say.failed;
      }
      if (isCurrent()) status.textContent = told;
    }

    let waiting = 0;
    const fromAddress = () => { input.value = (new URLSearchParams(location.search).get("q") ?? "").slice(0, input.maxLength); run(); };
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 150); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      const address = new URL(location.href);
      address.searchParams.set("q", input.value);
      if (address.href !== location.href) history.pushState(null, "", address);
      run();
    });
    addEventListener("popstate", fromAddress);
    form.hidden = false;
    fromAddress();
    if (!input.value) input.focus({ preventScroll: true });
  }

  // --- The ledger: the theme's script filters the month that is shown; what is found in all months takes its place ---
  function ledger() {
    const [input, level, speaker, status] = ["words", "level", "speaker", "status"].map((name) => document.getElementById(`filter-${name}`));
    const output = form.querySelector("output");
    const list = make("ol", { class: "x-claims" });
    const more = make("button", { type: "button" }, say.more);
    const section = make("section", { class: "x-list", "aria-label": say.heading }, list, more);
    const here = [...level.options].filter((option) => !option.disabled);

    const offer = (select, value) => {
      if (!value || [...select.options].some((option) => option.value === value)) return;
      select.append(new Option(value));
      select.disabled = false;
    };
    function fits({ claim }) {
      offer(speaker, claim[4]);
      offer(status, claim[5]);
      return [[level, claim[3]], [speaker, claim[4]], [status, claim[5]]].every(([select, value]) => !select.value || select.value === value);
    }

    async function run() {
      const mine = ++turn, isCurrent = () => mine === turn;
      try {
        const found = await find([...new Set(wordsOf(input.value))]);
        if (!isCurrent()) return;
        const all = found.claims.length, chosen = level.value || speaker.value || status.value;
        const tell = (seen, kept) => {
          const counts = filled(say.lookedAt, { seen: numbers(seen), claims: numbers(all, found.unlisted), found: numbers(kept) });
          const told = chosen && seen < all ? counts : kept && filled(say.foundClaims, { claims: numbers(chosen ? kept : all, found.unlisted) });
          output.textContent = told ? [told, ...limits(found)].join(" ") : say.noClaim;
        };
        const any = await fill({ list, more, item: claimItem }, found.claims, isCurrent, fits, tell);
        if (!isCurrent()) return;
        if (any) form.after(section);
        for (const other of document.querySelectorAll(".x-list")) other.hidden = other !== section;
      } catch {
        if (isCurrent()) output.textContent = say.failed;
      }
    }

    let waiting = 0;
    function begin() {
      const any = wordsOf(input.value).length > 0;
      turn += 1;
      clearTimeout(waiting);
      section.remove();
      for (const option of level.options) option.disabled = option.hidden = !any && !here.includes(option);
      if (any) waiting = setTimeout(run, 150);
    }
    form.addEventListener("input", begin);
    form.addEventListener("reset", () => setTimeout(begin));
    begin();
  }

  if (form.elements.q) searchPage();
  else ledger();
})();
