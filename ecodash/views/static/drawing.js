// A drawing of places: clicks go to Python, names can be searched, what a place is shows beside the pointer.
// The server decides everything that is said; this script only puts it on the screen.

const LISTED = 12; // places named under the search box
const MANY = 60; // so many places and the arrow keys walk among them, instead of as many stops for the tab key

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".places");
  root.pick = (code) => setTriggerValue("picked", code);
  if (!root.isReady) listen(root);
  const written = JSON.stringify(data);
  if (root.written === written) return;
  root.written = written;
  root.words = data.words;
  root.querySelector(".find").hidden = !data.words.find;
  if (data.words.find) {
    root.querySelector(".find label span").textContent = data.words.find;
    root.querySelector(".find input").placeholder = data.words.hint;
  }
  draw(root, data);
  seek(root);
}

function draw(root, data) {
  root.querySelector(".figure").innerHTML = data.markup;
  const tiles = root.querySelector(".tiles");
  tiles.replaceChildren(...data.groups.map((group) => section(group, data.looks)));
  tiles.hidden = !data.groups.length;
  for (const place of root.querySelectorAll("a[data-code]")) {
    place.setAttribute("href", data.address.replace("{code}", place.dataset.code));
    place.setAttribute("aria-label", place.dataset.tip.replaceAll("\n", ", "));
  }
  for (const part of [root.querySelector(".figure"), tiles]) {
    const places = [...part.querySelectorAll("a[data-code]")];
    if (places.length > MANY) places.forEach((place, at) => place.setAttribute("tabindex", at ? "-1" : "0"));
  }
}

function section(group, looks) {
  const box = document.createElement("section");
  const head = document.createElement("h4");
  const small = document.createElement("small");
  small.textContent = group.counts;
  head.append(group.name + " ", small);
  box.append(head);
  for (const [code, name, shown, place] of group.cells) {
    const cell = document.createElement("a");
    cell.dataset.code = code;
    cell.dataset.name = `${group.name}${name}`;
    cell.dataset.tip = `${name}\n${shown}\n${group.name}`;
    if (place < 0) cell.className = "hollow";
    else [cell.style.background, cell.style.color] = looks[place];
    cell.textContent = place < 0 ? "—" : String(place + 1);
    box.append(cell);
  }
  return box;
}

function listen(root) {
  root.isReady = true;
  const input = root.querySelector(".find input");
  input.addEventListener("input", () => seek(root));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // Streamlit's own short cuts
    if (event.key === "Escape") { input.value = ""; seek(root); }
    if (event.key === "Enter") root.querySelector(".found a")?.focus();
  });
  root.addEventListener("click", (event) => {
    const place = event.target.closest("a[data-code]");
    if (!place || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    root.pick(place.dataset.code);
  });
  root.addEventListener("keydown", walk);
  const tip = root.querySelector(".tip");
  const show = (event) => {
    const place = event.target.closest?.("a[data-tip]");
    if (!place || event.pointerType === "touch") return void (tip.hidden = true);
    const [first, ...rest] = place.dataset.tip.split("\n");
    const name = document.createElement("b");
    name.textContent = first;
    tip.replaceChildren(name, ...rest.map((line) => Object.assign(document.createElement("span"), { textContent: line })));
    tip.hidden = false;
    const at = place.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(at.left + at.width / 2 - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 4))}px`;
    const above = at.top - tip.offsetHeight - 6;
    tip.style.top = `${above > 60 ? above : at.bottom + 6}px`;
  };
  root.addEventListener("pointerover", show);
  root.addEventListener("focusin", show);
  root.addEventListener("pointerleave", () => (tip.hidden = true));
  root.addEventListener("focusout", () => (tip.hidden = true));
  addEventListener("scroll", () => (tip.hidden = true), { capture: true, passive: true });
}

function walk(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const part = event.target.closest?.(".figure, .tiles");
  if (!step || !part) return;
  const places = [...part.querySelectorAll("a[data-code]:not(.off)")];
  const next = places[places.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  if (places.length > MANY) event.target.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

function seek(root) {
  const asked = root.querySelector(".find input").value.trim().toLowerCase();
  const found = [];
  for (const place of root.querySelectorAll(".figure a[data-code], .tiles a[data-code]")) {
    const hits = asked !== "" && place.dataset.name.toLowerCase().includes(asked);
    place.classList.toggle("hit", hits);
    place.classList.toggle("off", asked !== "" && !hits);
    if (hits) found.push(place);
  }
  for (const box of root.querySelectorAll(".tiles section")) box.hidden = asked !== "" && !box.querySelector(".hit");
  const line = root.querySelector(".found");
  const count = document.createElement("span");
  count.textContent = found.length ? root.words.found?.replace("{count}", found.length) ?? "" : root.words.none ?? "";
  line.replaceChildren(...(asked ? [count, ...found.slice(0, LISTED).map(link)] : []));
  line.hidden = !asked;
}

function link(place) {
  const one = document.createElement("a");
  const [name, shown, around] = place.dataset.tip.split("\n");
  one.dataset.code = place.dataset.code;
  one.href = place.getAttribute("href");
  one.textContent = `${name}${around ? ` (${around})` : ""} ${shown}`;
  return one;
}
