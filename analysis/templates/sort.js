// Lets a reader sort the wide tables by a column: by number where cells begin with one, else by word.
for (const table of document.querySelectorAll("table.wide")) {
  const headings = table.tHead ? [...table.tHead.rows[0].cells] : [];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent.trim();
      const order = (one, other) => {
        const gap = parseFloat(key(one)) - parseFloat(key(other));
        return Number.isNaN(gap) ? key(one).localeCompare(key(other)) : gap;
      };
      const rows = [...table.tBodies[0].rows].sort(order);
      table.tBodies[0].append(...(down ? rows.reverse() : rows));
    });
  });
}
