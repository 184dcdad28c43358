// The three ways of answering. Each gives { show(given), given(), focus(), element } and calls
// changed() when an answer is complete, edited() while it is being made.

import { chance, logOdds } from "./drawing.js";

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// Keys move a slider step by step: only where it comes to rest is an answer.
function settled(changed) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(changed, 400); };
}

function inPerCent(p) {
  const percent = 100 * p;
  const near = Math.min(percent, 100 - percent);
  const places = near >= 10 ? 0 : near >= 1 ? 1 : Math.min(6, Math.ceil(-Math.log10(near)) + 1);
  return String(Number(percent.toFixed(places)));
}

// What a text says as far as a slider is concerned; the server reads it properly.
function roughly(text) {
  const odds = text.match(/^\s*([\d.,]+)\s*(?:in|of|out of|\/)\s*([\d.,]+)\s*$/i);
  if (odds) return parseFloat(odds[1].replace(/,/g, "")) / parseFloat(odds[2].replace(/,/g, ""));
  return parseFloat(text.replace(",", ".")) / 100;
}

const furthest = logOdds(0.9999);

export function probabilityInput({ changed, edited }) {
  const box = made("input", { type: "text", id: "box", inputMode: "decimal", autocomplete: "off", spellcheck: false, maxLength: 40 });
  box.setAttribute("aria-describedby", "hint kept problem doubt");
  const slider = made("input", { type: "range", id: "slider", min: -furthest, max: furthest, step: 0.05, value: 0 });
  slider.classList.add("untouched");
  const follow = () => {
    const p = roughly(box.value);
    if (!(p >= 0 && p <= 1)) return;
    slider.value = p === 0 ? -furthest : p === 1 ? furthest : logOdds(p);
    tell();
  };
  const tell = () => {
    slider.classList.remove("untouched");
    slider.setAttribute("aria-valuetext", `${inPerCent(chance(Number(slider.value)))} per cent`);
  };
  box.addEventListener("input", () => { follow(); edited(); });
  box.addEventListener("change", () => changed());
  slider.addEventListener("input", () => { box.value = inPerCent(chance(Number(slider.value))); tell(); edited(); });
  slider.addEventListener("change", settled(changed));
  slider.setAttribute("aria-valuetext", "not answered");
  const labels = ["0.01%", "0.1", "1", "10", "50", "90", "99", "99.9", "99.99%"];
  const shares = [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999];
  const scale = made("div", { className: "scale" });
  scale.setAttribute("aria-hidden", "true");
  shares.forEach((p, row) => {
    const mark = made("span", {}, labels[row]);
    mark.style.left = `${100 * (logOdds(p) + furthest) / (2 * furthest)}%`;
    scale.append(mark);
  });
  const element = made("div", { className: "probability" },
    made("p", {}, made("label", { htmlFor: "box" }, "Your answer, in per cent"), " ", box, made("span", { className: "unit" }, " %"),
      made("span", { id: "hint", className: "note" }, "0 to 100, or such as 1 in 1,000")),
    made("label", { htmlFor: "slider", className: "visually-hidden" }, "Your answer on a slider, in log-odds"),
    made("div", { className: "track" }, slider, scale));
  return {
    element,
    show(given) {
      box.value = typeof given === "string" ? given : "";
      if (box.value) follow();
      else { slider.value = 0; slider.classList.add("untouched"); slider.setAttribute("aria-valuetext", "not answered"); }
    },
    given: () => box.value,
    focus: () => box.focus(),
  };
}

const now = 2026;
const span = 174; // years that the sliders reach, on a scale of the logarithm of years from now

export function quantilesInput({ changed, edited }, settings) {
  const year = place => Math.round(now - 1 + Math.exp(Math.log(span + 1) * place));
  const place = when => Math.log(Math.max(1, when - now + 1)) / Math.log(span + 1);
  const rows = settings.levels.map(level => {
    const box = made("input", { type: "text", id: `year-${level}`, inputMode: "numeric", autocomplete: "off", maxLength: 12 });
    box.setAttribute("aria-describedby", "kept problem");
    const slider = made("input", { type: "range", id: `slide-${level}`, min: 0, max: 1, step: 0.002, value: place(now + 15) });
    slider.setAttribute("aria-label", `Year before which the chance is ${level} per cent, on a slider`);
    slider.setAttribute("aria-valuetext", "not answered");
    slider.classList.add("untouched");
    const tell = () => { slider.classList.remove("untouched"); slider.setAttribute("aria-valuetext", box.value); };
    box.addEventListener("input", () => {
      if (Number(box.value) >= now) { slider.value = place(Number(box.value)); tell(); }
      edited();
    });
    box.addEventListener("change", () => changed());
    slider.addEventListener("input", () => { box.value = String(year(Number(slider.value))); tell(); edited(); });
    slider.addEventListener("change", settled(changed));
    return { level, box, slider, tell, place };
  });
  const element = made("div", { className: "quantiles" }, ...rows.map(({ level, box, slider }) =>
    made("p", {}, made("label", { htmlFor: box.id }, `${level}% before the year`), box, slider)));
  return {
    element,
    show(given) {
      for (const row of rows) {
        row.box.value = given?.[row.level] ?? "";
        if (Number(row.box.value) >= now) { row.slider.value = place(Number(row.box.value)); row.tell(); }
      }
    },
    given: () => Object.fromEntries(rows.map(({ level, box }) => [level, box.value])),
    focus: () => rows[0].box.focus(),
  };
}

export function chipsInput({ changed, edited }, settings) {
  const all = settings.chips;
  const left = made("p", { className: "left" });
  left.setAttribute("role", "status");
  const columns = settings.bins.map((name, row) => {
    const number = made("input", { type: "number", id: `chips-${row}`, min: 0, max: all, step: 1, value: 0, inputMode: "numeric" });
    number.setAttribute("aria-label", `Chips on ${name} ${name === "1" ? "project" : "projects"}`);
    const stack = made("div", { className: "stack" });
    stack.setAttribute("aria-hidden", "true");
    for (let chip = 0; chip < all; chip += 1) stack.append(made("i"));
    const column = { name, number, stack, count: () => Math.max(0, Math.floor(Number(number.value)) || 0) };
    const laid = event => {
      const box = stack.getBoundingClientRect();
      const wanted = Math.round(all * (box.bottom - event.clientY) / box.height);
      const others = columns.filter(each => each !== column).reduce((sum, each) => sum + each.count(), 0);
      number.value = Math.max(0, Math.min(all - others, wanted));
      draw();
      edited();
    };
    stack.addEventListener("pointerdown", event => { stack.setPointerCapture(event.pointerId); laid(event); });
    stack.addEventListener("pointermove", event => { if (stack.hasPointerCapture(event.pointerId)) laid(event); });
    stack.addEventListener("pointerup", () => changed());
    number.addEventListener("input", () => { draw(); edited(); });
    number.addEventListener("change", () => changed());
    return column;
  });
  const draw = () => {
    let total = 0;
    for (const { stack, count } of columns) {
      total += count();
      [...stack.children].forEach((chip, row) => chip.classList.toggle("laid", row < count()));
    }
    left.textContent = total === all ? `All ${all} chips are laid.` : total < all ? `${all - total} of ${all} chips left to lay.` : `${total - all} chips too many.`;
  };
  const element = made("div", { className: "chips" }, left, made("div", { className: "columns" },
    ...columns.map(({ name, number, stack }) => made("div", {}, stack, made("span", { className: "bin" }, name), number))));
  draw();
  return {
    element,
    show(given) {
      for (const { name, number } of columns) number.value = given?.[name] ?? 0;
      draw();
    },
    given: () => Object.fromEntries(columns.map(({ name, number }) => [name, number.value || "0"])),
    focus: () => columns[0].number.focus(),
  };
}
