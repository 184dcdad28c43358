// Lets a reader sort tables by a column: by number where cells begin with one, else by word.
const inOrder = new Intl.Collator(undefined, { numeric: true }).compare;
const numberIn = (text) => {
  const found = text.match(/^(over |more than |fewer than |[<>])?([+−-]?[\d.]+(?:e[+-]?\d+)?)/);
  if (!found) return NaN;
  const beyond = { "fewer than ": -1, "<": -1 }[found[1]] ?? (found[1] ? 1 : 0);
  return Number(found[2].replace("−", "-")) + 1e-6 * beyond;
};
const compared = (one, other) => {
  if (!one || !other || one === "–" || other === "–") return 0;
  const gap = numberIn(one) - numberIn(other);
  return Number.isNaN(gap) ? inOrder(one, other) : gap;
};
for (const table of document.querySelectorAll("table.wide, table.sorts")) {
  const headings = table.tHead ? [...table.tHead.rows[0].cells] : [];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    if (heading.querySelector("a")) {
      button.setAttribute("aria-label", `sort by ${heading.textContent.trim()}`);
      button.classList.add("beside");
    } else {
      button.append(...heading.childNodes);
    }
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent.trim();
      const missing = (row) => ["", "–"].includes(key(row));
      const order = (one, other) =>
        missing(one) - missing(other) || (down ? -1 : 1) * compared(key(one), key(other));
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
    });
  });
}
