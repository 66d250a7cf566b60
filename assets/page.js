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
    for (const [name, value] of new FormData(form))
      if (value !== "" && !(name === "sort" && value === "0")) wanted.set(name, value);
    if (table.dataset.descending) wanted.set("descending", "1");
    history.replaceState(null, "", wanted.size > 0 ? `#${wanted}` : location.pathname + location.search);
  }

  const filtered = { by: "\n\n\n\n" };

  function filter() {
    const { q, distro, vmm, kata, answer } = Object.fromEntries(new FormData(form));
    // Of thousands of squares, none is touched where nothing changes.
    const by = [q, distro, vmm, kata, answer].join("\n");
    if (by === filtered.by) return;
    filtered.by = by;
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
    tell();
  }

  function tell() {
    const left = rows.filter(row => !row.hidden).length;
    count.textContent = left === rows.length ? `${left} shown` : `${left} of ${rows.length} shown`;
  }

  const collator = new Intl.Collator("en", { numeric: true });
  const sorted = { column: 0, sign: 1 };

  /** The page has the rows in the order of their first column. */
  const keys = column => row => {
    if (column === 0) return rows.indexOf(row);
    const answer = answerOf(row.cells[column]);
    return answer < 0 ? row.cells[column].textContent : answer;
  };

  function sort() {
    const column = Number(form.elements.sort.value);
    const sign = table.dataset.descending ? -1 : 1;
    if (column === sorted.column && sign === sorted.sign) return;
    Object.assign(sorted, { column, sign });
    const key = keys(column);
    const found = new Map(rows.map(row => [row, key(row)]));
    const compare = (a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
    body.append(...[...rows].sort((a, b) => sign * compare(found.get(a), found.get(b))));
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
    for (const field of form.querySelectorAll("input, select")) {
      field.value = wanted.get(field.name) ?? (field.name === "sort" ? "0" : "");
      if (field.selectedIndex < 0) field.selectedIndex = 0;
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
  tell();
  form.hidden = false;
  restore();
})();
