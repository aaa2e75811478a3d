// The one script of the local page. Without it every form still works; with it marks leave the reader where they are.
"use strict";

const KEYS_OFF = "digest-keys-off";
const works = () => [...document.querySelectorAll("[data-item]")];
let current = -1;
let lastMark = null;

function toast(text, undo, form) {
  const place = document.querySelector("[data-toasts]");
  const box = document.createElement("div");
  box.className = "toast";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
    button.addEventListener("click", () => {
      const focused = box.contains(document.activeElement);
      box.remove();
      if (focused) form.querySelector("[data-mark]").focus({ preventScroll: true });
      undo();
    });
    box.append(button);
  }
  place.replaceChildren(box);
  setTimeout(() => box.remove(), 8000);
}

function show(form, held) {
  for (const button of form.querySelectorAll("[data-mark]")) {
    const pressed = held.includes(button.dataset.mark);
    button.setAttribute("aria-pressed", String(pressed));
    button.name = pressed ? "undo_mark" : "mark";
  }
}

function heldBy(form) {
  return [...form.querySelectorAll('[aria-pressed="true"]')].map((button) => button.dataset.mark);
}

const OPPOSITE = { like: "dislike", dislike: "like" };

// Marks go one after the other, so that the archive gets them in the order in which they were pressed.
let queue = Promise.resolve();
const underWay = new Map();

function send(form, mark, undo, { silent = false } = {}) {
  const before = heldBy(form);
  const after = before.filter((one) => one !== mark && (undo || one !== OPPOSITE[mark]));
  const replaced = undo ? null : before.find((one) => one === OPPOSITE[mark]);
  const takeBack = () => {
    lastMark = null;
    send(form, mark, !undo, { silent: true });
    if (replaced) send(form, replaced, false, { silent: true });
    queue.then(() => toast("Undone"));
  };
  show(form, undo ? after : [...after, mark]);
  if (!silent) lastMark = takeBack;
  underWay.set(form, (underWay.get(form) || 0) + 1);
  queue = queue.then(async () => {
    const body = new URLSearchParams({ mark, ...(undo ? { undo: "1" } : {}) });
    let held = before;
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error);
      held = said.marks;
      const words = said.waiting ? "Kept until the archive is free" : undo ? "Taken back" : "Marked";
      if (!silent) toast(`${words}: ${mark}`, takeBack, form);
    } catch (error) {
      if (lastMark === takeBack) lastMark = null;
      toast(`Not marked: ${error.message || "the page does not answer"}`);
    }
    underWay.set(form, underWay.get(form) - 1);
    if (held && !underWay.get(form)) show(form, held);
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-marks]") || !button) return;
  event.preventDefault();
  send(form, button.dataset.mark, button.getAttribute("aria-pressed") === "true");
});

function go(step) {
  const all = works();
  if (!all.length) return;
  current = Math.min(Math.max(current + step, 0), all.length - 1);
  all.forEach((work, at) => work.classList.toggle("current", at === current));
  const target = all[current];
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

function currentWork() {
  const focused = document.activeElement && document.activeElement.closest("[data-item]");
  return focused || works()[Math.max(current, 0)];
}

function press(kind) {
  const button = currentWork() && currentWork().querySelector(`[data-mark="${kind}"]`);
  if (button) send(button.form, kind, button.getAttribute("aria-pressed") === "true");
}

function follow(selector) {
  const found = currentWork() && currentWork().querySelector(selector);
  if (found) found.click();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => follow("h1 a, h3 a, a.title"),
  e: () => follow('a[href^="/items/"]'),
  l: () => press("like"),
  d: () => press("dislike"),
  s: () => press("save"),
  r: () => press("read"),
  u: () => lastMark && lastMark(),
  "/": () => document.querySelector('[data-search], input[name="q"]')?.focus(),
  "?": () => document.querySelector("[data-keys]").showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (localStorage.getItem(KEYS_OFF) && event.key !== "?") return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const work = event.target.closest("[data-item]");
  if (work) current = works().indexOf(work);
});

const off = document.querySelector("[data-keys-off]");
if (off) {
  off.checked = Boolean(localStorage.getItem(KEYS_OFF));
  off.addEventListener("change", () => {
    if (off.checked) localStorage.setItem(KEYS_OFF, "1");
    else localStorage.removeItem(KEYS_OFF);
  });
}

// Pieces of a page that take longer than the page itself come after it.
for (const place of document.querySelectorAll("[data-fragment]")) {
  fetch(place.dataset.fragment)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
    .then((text) => place.querySelector("p").replaceWith(document.createRange().createContextualFragment(text)))
    .catch(() => {});
}

// The focus is tried while it is typed; the last answer wins.
const focusForm = document.querySelector("[data-focus]");
let trying = null;
let waiting = 0;
// What the reader unfolded or folded stays so, by its title.
const unfolded = new Map();

function told(field, error) {
  for (const place of focusForm.querySelectorAll("[data-error]")) {
    const own = Boolean(error) && place.dataset.error === field;
    place.textContent = own ? error : "";
    place.hidden = !own;
    const input = focusForm.elements[place.dataset.error];
    if (input instanceof Element) input.toggleAttribute("aria-invalid", own);
  }
}

async function tryFocus() {
  const place = document.querySelector("[data-preview]");
  if (trying) trying.abort();
  trying = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(focusForm));
    const answer = await fetch("/focus/preview", { method: "POST", body, signal: trying.signal });
    if (answer.ok && (answer.headers.get("content-type") || "").includes("json")) {
      const said = await answer.json();
      told(said.field || "statement", said.error);
    } else if (answer.ok) {
      const text = await answer.text();
      place.replaceChildren(document.createRange().createContextualFragment(text));
      for (const one of place.querySelectorAll("details")) {
        const chosen = unfolded.get(one.querySelector("summary").textContent);
        if (chosen !== undefined) one.open = chosen;
      }
      told("", "");
    }
    place.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") place.removeAttribute("aria-busy");
  }
}

if (focusForm) {
  document.querySelector("[data-preview]").addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    if (summary) unfolded.set(summary.textContent, !summary.parentElement.open);
  });
  focusForm.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(tryFocus, 250);
  });
}
