// Small pictures: an interval on an axis. All they show is also said in words beside them.

const space = "http://www.w3.org/2000/svg";

function shape(name, attributes) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function picture(width, height, shapes) {
  const drawn = shape("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", class: "drawn" });
  drawn.append(...shapes);
  return drawn;
}

export const logOdds = p => Math.log(p) - Math.log1p(-p);
export const chance = odds => 1 / (1 + Math.exp(-odds));

// The panel's axis: from 0 to 1.
export function compared(before, after, you) {
  const shapes = [shape("rect", { x: 0, y: 11, width: 300, height: 1, class: "axis" })];
  const put = (bar, y, height, mark, kind) => {
    if (!bar) return;
    const [left, middle, right] = [bar.lower, bar.median, bar.upper].map(each => 300 * each);
    shapes.push(shape("rect", { x: left, y, width: Math.max(right - left, 1.5), height, class: kind }));
    shapes.push(shape("rect", { x: Math.max(middle - 1.5, 0), y: y - mark, width: 3, height: height + 2 * mark, class: `${kind} middle` }));
  };
  put(before, 3, 6, 0, "before");
  put(after, 14, 4, 2.5, you ? "you" : "after");
  return picture(300, 22, shapes);
}

const ticks = [[0.0001, "0.01%"], [0.001, "0.1%"], [0.01, "1%"], [0.1, "10%"], [0.5, "50%"], [0.9, "90%"], [0.99, "99%"], [0.999, "99.9%"], [0.9999, "99.99%"]];
const furthest = logOdds(0.9999) * 1.02;

function place(p) {
  const odds = Math.max(-furthest, Math.min(furthest, logOdds(Math.max(1e-12, Math.min(1 - 1e-12, p)))));
  return 20 + 560 * (odds + furthest) / (2 * furthest);
}

function scale(y) {
  return ticks.flatMap(([p, words]) => {
    const text = shape("text", { x: place(p), y: y + 16, class: "tick" });
    text.textContent = words;
    return [shape("rect", { x: place(p) - 0.5, y: y - 3, width: 1, height: 6, class: "axis" }), text];
  });
}

// Log-odds: what the other answers imply, and the answer itself.
export function implied(bar, stated, verdict) {
  const y = 22;
  return picture(600, 46, [
    shape("rect", { x: 20, y: y - 0.5, width: 560, height: 1, class: "axis" }),
    shape("rect", { x: place(bar.lower), y: y - 7, width: Math.max(place(bar.upper) - place(bar.lower), 2), height: 14, class: "before" }),
    shape("rect", { x: place(bar.median) - 1, y: y - 7, width: 2, height: 14, class: "before middle" }),
    shape("circle", { cx: place(stated), cy: y, r: 7, class: `you ${verdict}` }),
    ...scale(y + 8),
  ]);
}

export function dots(people) {
  const y = 22;
  const known = people.filter(each => each.p !== null);
  return picture(600, 46, [
    shape("rect", { x: 20, y: y - 0.5, width: 560, height: 1, class: "axis" }),
    ...known.map(each => shape("circle", { cx: place(each.p), cy: y, r: each.you ? 7 : 5, class: each.you ? "you" : "other" })),
    ...scale(y + 8),
  ]);
}
