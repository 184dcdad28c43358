// One question at a time: shows it, gives what is answered to be kept, and shows what it implies.

import { compared, dots, implied } from "./drawing.js";
import { chipsInput, probabilityInput, quantilesInput } from "./inputs.js";
import { Keeper, tabName } from "./keeping.js";

const { items, settings } = JSON.parse(document.getElementById("asked-data").textContent);
const address = location.pathname;
const part = name => document.getElementById(name);
const inputs = { probability: probabilityInput, quantiles: quantilesInput, chips: chipsInput };

let state = { given: {}, implied: {}, others: {}, round: { number: 1, open: true } };
let current = 0;
let input = null;
let shown = ""; // when what the box shows was given
let edited = false; // whether it shows what was not sent yet

const keeper = new Keeper(`${address}/answer`, {
  kept(found, entry) {
    part("connection").hidden = true;
    if (entry.question === items[current].name && !edited) shown = found.given[entry.question]?.at ?? "";
    take(found);
    if (found.crossed && entry.question === items[current].name) say("doubt", found.crossed);
  },
  refused(problem, entry) {
    if (entry.question === items[current].name) say("problem", problem);
    else { part("connection").textContent = problem; part("connection").hidden = false; }
    look();
  },
  lost(seconds) {
    part("kept").textContent = "";
    part("connection").textContent = `Not kept yet: the server cannot be reached. What you gave is held in this browser and sent again in ${seconds} s; you can go on.`;
    part("connection").hidden = false;
  },
});

function say(where, words) {
  part(where).textContent = words;
  part(where).hidden = !words;
}

function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function open(row, focus = true) {
  leave();
  current = (row + items.length) % items.length;
  const item = items[current];
  history.replaceState(null, "", `#${item.name}`);
  part("topic").textContent = `${item.topic} · ${current + 1} of ${items.length}`;
  part("title").textContent = item.title;
  part("setting").textContent = item.setting;
  part("asked").textContent = item.asked;
  say("note", item.note);
  part("terms").hidden = !item.terms.length;
  part("terms").querySelector("ul").replaceChildren(...item.terms.map(term => {
    const line = document.createElement("li");
    line.textContent = term;
    return line;
  }));
  input = inputs[item.kind]({ changed: give, edited: () => { edited = true; } }, settings);
  part("answer").replaceChildren(input.element);
  edited = false;
  refill();
  mark();
  draw();
  if (focus) { part("title").focus(); window.scrollTo({ top: 0, behavior: "instant" }); }
}

function refill() {
  const given = state.given[items[current].name];
  shown = given?.at ?? "";
  input.show(given?.given ?? null);
}

// Held back while nothing new was typed, so that leaving a box twice keeps one entry.
function give() {
  if (!edited) return;
  edited = false;
  const before = state.given[items[current].name]?.given ?? "";
  if (JSON.stringify(before) === JSON.stringify(input.given()) && !keeper.waiting) { mark(); return; }
  say("problem", "");
  say("doubt", "");
  part("kept").textContent = "Keeping…";
  keeper.give(items[current].name, input.given(), shown);
}

function leave() {
  if (input && edited) give();
}

function take(found) {
  const before = state;
  state = found;
  const item = items[current];
  const given = state.given[item.name];
  if (given && given.at !== shown && given.tab !== tabName() && !edited && keeper.waiting === 0) {
    refill();
    if (Object.keys(before.given).length) say("doubt", `Changed in another tab: now ${given.said || "as typed there"}.`);
  } else if (!given && shown && !edited && keeper.waiting === 0) {
    refill();
  }
  mark();
  draw();
  clearTimeout(look.timer);
  look.timer = setTimeout(look, state.busy ? 2000 : 6000);
}

// Gives whether what the server told was news.
async function look() {
  clearTimeout(look.timer);
  const before = state;
  try {
    const response = await fetch(`${address}/state`);
    if (response.status === 404) { location.reload(); return; }
    const found = await response.json();
    if (!keeper.waiting) part("connection").hidden = true;
    // What was asked for before an answer was kept may arrive after it, and not know of it.
    const news = state === before;
    if (news) take(found);
    if (keeper.waiting) keeper.send();
    return news;
  } catch {
    look.timer = setTimeout(look, 3000);
    return false;
  }
}

// The list of questions, what was said of this answer, and how far one has come.
function mark() {
  part("count").textContent = state.answered ?? 0;
  part("progress").value = state.answered ?? 0;
  part("round").textContent = `Round ${state.round.number}${state.round.open ? "" : ", closed: answers can be read, not changed"}`;
  const list = part("list");
  if (!list.children.length) listAll(list);
  items.forEach((item, row) => {
    const button = list.querySelector(`[data-row="${row}"]`);
    const given = state.given[item.name];
    const verdict = state.implied[item.name]?.verdict;
    const how = given?.problem ? "not read" : verdict === "contradicts" ? "answered, contradicts others" : given?.counts ? "answered" : "not answered";
    button.className = how.replace(/[, ].*/, "") + (verdict === "contradicts" ? " clash" : "");
    button.querySelector(".visually-hidden").textContent = ` (${how})`;
    if (row === current) {
      if (!button.hasAttribute("aria-current")) reveal(button);
      button.setAttribute("aria-current", "true");
    } else button.removeAttribute("aria-current");
  });
  const given = state.given[items[current].name];
  if (!edited && !keeper.waiting) {
    part("kept").textContent = given?.said ? `Kept at ${time(given.at)}: ${given.said}.` : "";
    const earlier = given?.problem && given.counts ? " Your earlier answer still counts." : "";
    say("problem", given?.problem ? given.problem + earlier : "");
    if (given?.note) say("doubt", given.note);
    else if (!part("doubt").textContent.match(/tab/)) say("doubt", "");
  }
  part("clear").hidden = !given;
  for (const each of part("answer").querySelectorAll("input")) each.disabled = !state.round.open;
}

// Scrolls the list, and not the page, to a question.
function reveal(button) {
  const list = document.querySelector(".list");
  const [top, bottom] = [button.offsetTop, button.offsetTop + button.offsetHeight];
  if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - list.clientHeight / 2;
  }
}

function listAll(list) {
  let topic = "";
  items.forEach((item, row) => {
    if (item.topic !== topic) {
      topic = item.topic;
      const heading = document.createElement("p");
      heading.className = "heading";
      heading.textContent = topic;
      list.append(heading);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.row = row;
    button.append(item.title, Object.assign(document.createElement("span"), { className: "visually-hidden" }));
    button.addEventListener("click", () => open(row));
    list.append(button);
  });
}

function draw() {
  const item = items[current];
  const found = state.implied[item.name];
  part("implied").hidden = !found;
  if (found) {
    part("implied").dataset.verdict = found.verdict;
    part("strip").replaceChildren(...(found.bar ? [implied(found.bar, found.stated, found.verdict)] : []));
    if (part("implied-said").textContent !== found.said) part("implied-said").textContent = found.said;
  }
  const people = state.others?.[item.name];
  part("others").hidden = !people;
  if (people) {
    part("dots").replaceChildren(...(people.some(each => each.p !== null) ? [dots(people)] : []));
    part("others-list").replaceChildren(...people.map(each => Object.assign(document.createElement("li"), { textContent: `${each.who}: ${each.said}` })));
  }
  drawPanel();
  drawClashes();
}

function drawPanel() {
  const panel = state.panel;
  const words = panel ? panel.said
    : state.broken ? `The panel cannot be shown: ${state.broken}. Your answers are kept all the same.`
    : !state.ready ? "Getting ready: working out what imagined worldviews would answer. Your answers are kept all the same."
    : "Answer a question, and the panel appears here without you and with you.";
  part("method").textContent = panel?.method ?? "";
  part("method").dataset.method = panel?.method ?? "";
  if (part("method-said").textContent !== words) part("method-said").textContent = words;
  part("refit").textContent = state.refit ?? "";
  document.querySelector(".legend").hidden = !panel;
  part("panel").replaceChildren(...(panel?.outcomes ?? []).map(each => {
    const section = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = each.title;
    const meaning = document.createElement("p");
    meaning.className = "meaning note";
    meaning.textContent = each.meaning;
    section.append(heading, meaning, ...each.rows.map(row));
    if (each.name === "takeover" && panel.over_projects) {
      section.append(Object.assign(document.createElement("p"), { className: "note", textContent: panel.over_projects }));
    }
    return section;
  }));
}

function row(each) {
  const line = document.createElement("div");
  line.className = `view ${each.who}`;
  const name = Object.assign(document.createElement("span"), { className: "who", textContent: each.name });
  const numbers = document.createElement("span");
  numbers.className = "numbers";
  if (each.before) {
    numbers.append(Object.assign(document.createElement("span"), { className: "was", textContent: `${each.before.said} → ` }));
  }
  numbers.append(Object.assign(document.createElement("b"), { textContent: each.after.said }), ` (${each.after.span ?? ""})`);
  line.append(name, numbers, compared(each.before?.bar, each.after.bar, each.who === "you"));
  return line;
}

function drawClashes() {
  const apart = items.map((item, place) => ({ item, place, found: state.implied[item.name] }))
    .filter(({ found }) => found?.verdict === "contradicts" || found?.verdict === "apart");
  part("clashes").hidden = !apart.length;
  part("clashes").querySelector("ul").replaceChildren(...apart.map(({ item, place, found }) => {
    const line = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: item.title });
    button.addEventListener("click", () => open(place));
    line.append(button, found.verdict === "contradicts" ? " contradicts your other answers" : " stands a little apart");
    return line;
  }));
}

part("answer").addEventListener("submit", event => { event.preventDefault(); leave(); });
part("previous").addEventListener("click", () => open(current - 1));
part("next").addEventListener("click", () => open(current + 1));
part("clear").addEventListener("click", () => {
  input.show(null);
  edited = true;
  give();
  input.focus();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && edited) {
    edited = false;
    keeper.leave(items[current].name, input.given(), shown);
  }
});
window.addEventListener("hashchange", () => {
  const row = items.findIndex(each => `#${each.name}` === location.hash);
  if (row >= 0 && row !== current) open(row);
});

if (matchMedia("(max-width: 1000px)").matches) part("contents").open = false;
const first = items.findIndex(each => `#${each.name}` === location.hash);
open(Math.max(first, 0), false);
if (await look() && first < 0 && state.answered && !edited && !keeper.waiting) open(Math.max(items.findIndex(each => !state.given[each.name]), 0), false);
