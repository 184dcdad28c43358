// Shows the answer under the prior set and the split of the population that the reader chooses.
const form = document.getElementById("switch-form");
if (form) {
  const ways = JSON.parse(document.getElementById("switch-data").textContent);
  const shares = JSON.parse(form.dataset.shares || "[]");
  const show = () => {
    const way = ways[Number(form.elements.way.value)];
    const slider = form.elements.share;
    const share = slider ? Number(slider.value) : 0;
    if (slider) {
      document.getElementById("switch-share").textContent = shares[share];
      slider.setAttribute("aria-valuetext", shares[share]);
    }
    for (const row of document.querySelectorAll("#switch-table tbody tr")) {
      for (const cell of row.querySelectorAll("td")) {
        const texts = way[row.dataset.outcome][cell.dataset.who];
        const [median, interval] = texts[Math.min(share, texts.length - 1)];
        cell.querySelector("b").textContent = median;
        cell.querySelector("span").textContent = interval;
      }
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.reset();
}
