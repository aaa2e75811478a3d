/* Searches the works in the page. Without it the page is complete, and the field stays hidden. */
"use strict";
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const works = JSON.parse(document.getElementById("works").textContent).map(
    ([title, url, page, where, said]) => ({ title, url, page, where, said, text: plain(`${title} ${where} ${said}`), name: plain(title) }));
  const form = document.querySelector("form.search");
  const field = document.getElementById("words");
  const count = document.getElementById("count");
  const found = document.getElementById("found");
  const issues = document.getElementById("issues");
  const MOST = 50;

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function link(text, href) {
    const made = element("a", text, "title");
    made.href = href;
    made.dir = "auto";
    return made;
  }

  function drawn(work) {
    const line = element("li", "");
    line.append(link(work.title, work.page));
    const about = element("p", work.where, "soft");
    about.dir = "auto";
    if (work.url) {
      const out = element("a", "read it");
      out.href = work.url;
      out.setAttribute("aria-label", `read ${work.title}`);
      about.append(" · ", out);
    }
    line.append(about);
    return line;
  }

  function search() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    issues.hidden = words.length > 0;
    const hits = words.length ? works.filter((work) => words.every((word) => work.text.includes(word))) : [];
    const inTitle = (work) => words.every((word) => work.name.includes(word));
    hits.sort((one, other) => inTitle(other) - inTitle(one));
    found.replaceChildren(...hits.slice(0, MOST).map(drawn));
    const more = hits.length > MOST ? `, the first ${MOST} shown` : "";
    count.textContent = words.length ? `${hits.length} found${more}` : "";
    history.replaceState(null, "", words.length ? `#q=${encodeURIComponent(field.value)}` : "#");
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", search);
  const asked = /^#q=(.*)$/.exec(location.hash);
  if (asked) {
    field.value = decodeURIComponent(asked[1]);
    search();
  }
})();
