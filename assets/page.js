// Runs in the page, from disk too, and asks nobody for anything.
(() => {
  const table = document.getElementById("matrix");
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const answers = ["yes", "provisional", "no", "stale", "unknown", "not-applicable"];
  const today = new Date().toISOString().slice(0, "2026-11-22".length);

  /** The page may be read long after it was made: what has expired since reads so. */
  function expire() {
    for (const cell of table.querySelectorAll("td[data-x]")) {
      if (cell.dataset.x >= today) continue;
      for (const answer of answers) cell.classList.remove(answer);
      cell.classList.add("stale");
      (cell.firstElementChild ?? cell).textContent = "stale";
    }
  }

  const answerOf = cell => answers.findIndex(answer => cell.classList.contains(answer));
  const isPart = cell => cell.classList.contains("part") || cell.classList.contains("seen");

  /** What is asked for, as the end of the address has it: `#distro=debian&sort=1`. */
  function asked() {
    const text = location.hash.slice(1);
    return new URLSearchParams(text.includes("=") ? text : "");
  }

  function remember() {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "" && value !== "0") wanted.set(name, value);
    if (form.elements.kata.value === "0") wanted.set("kata", "0");
    if (table.dataset.descending) wanted.set("descending", "1");
    history.replaceState(null, "", wanted.size > 0 ? `#${wanted}` : location.pathname + location.search);
  }

  function filter() {
    const { q, distro, vmm, kata, answer } = Object.fromEntries(new FormData(form));
    const columns = heads.map(head => vmm === "" || (head.dataset.vmm ?? vmm) === vmm);
    for (const [at, head] of heads.entries()) head.hidden = !columns[at];
    for (const row of rows) {
      const squares = [...row.cells].filter((cell, at) => {
        cell.hidden = !columns[at];
        return at > 0 && columns[at] && !isPart(cell);
      });
      const fitting = squares.filter(
        cell => (kata === "" || cell.dataset.k === kata) && (answer === "" || cell.classList.contains(answer)),
      );
      const narrowed = kata !== "" || answer !== "";
      for (const cell of squares) cell.classList.toggle("hit", narrowed && fitting.includes(cell));
      const named = `${row.cells[0].textContent} ${row.id}`.toLowerCase().includes(q.toLowerCase());
      row.hidden = !named || (distro !== "" && row.dataset.d !== distro) || (narrowed && fitting.length === 0);
    }
    const left = rows.filter(row => !row.hidden).length;
    count.textContent = left === rows.length ? `${left} shown` : `${left} of ${rows.length} shown`;
  }

  const keys = column => row => {
    const cell = row.cells[column];
    const answer = column === 0 ? -1 : answerOf(cell);
    return answer < 0 ? cell.textContent.trim() : answer;
  };

  function sort() {
    const column = Number(form.elements.sort.value);
    const sign = table.dataset.descending ? -1 : 1;
    const key = keys(column);
    const compare = (a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(b, "en", { numeric: true });
    const sorted = [...rows].sort((a, b) => sign * compare(key(a), key(b)));
    body.append(...sorted);
    for (const [at, head] of heads.entries()) {
      if (at === column) head.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  function show() {
    filter();
    sort();
  }

  function restore() {
    const wanted = asked();
    form.reset();
    for (const [name, value] of wanted) {
      const field = form.elements.namedItem(name);
      if (field && "value" in field) field.value = value;
      if (field?.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
    }
    if (wanted.has("descending")) table.dataset.descending = "1";
    else delete table.dataset.descending;
    show();
  }

  table.tHead.addEventListener("click", event => {
    const column = event.target.closest("button")?.dataset.sort;
    if (column === undefined) return;
    const again = form.elements.sort.value === column && !table.dataset.descending;
    if (again) table.dataset.descending = "1";
    else delete table.dataset.descending;
    form.elements.sort.value = column;
    show();
    remember();
  });
  form.addEventListener("input", () => {
    show();
    remember();
  });
  form.addEventListener("reset", () => {
    delete table.dataset.descending;
    // The fields have their first values again only after this.
    setTimeout(() => {
      show();
      remember();
    });
  });
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", restore);
  expire();
  form.hidden = false;
  restore();
})();
