/**
 * Lets the rows of a table be sorted by each column: `<table data-sortable>`. A cell sorts by its `data-value`
 * (a reading, an ISO date, a number), else by its text. A column of `<th data-unsortable>` stays as it is.
 *
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const collator = new Intl.Collator(table.closest("[lang]")?.lang, { numeric: true });
  for (const heading of table.querySelectorAll("thead th:not([data-unsortable])")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const descending = heading.ariaSort === "ascending";
      for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
      heading.ariaSort = descending ? "descending" : "ascending";
      for (const body of table.tBodies) sort(body, heading.cellIndex, descending ? -1 : 1, collator);
    });
  }
}

// Rows without a value come last in either direction.
function sort(body, column, sign, collator) {
  const rows = Array.from(body.rows, (row) => [value(row.cells[column]), row]);
  rows.sort(([a], [b]) => (a && b ? sign * collator.compare(a, b) : Number(!a) - Number(!b)));
  body.append(...rows.map(([, row]) => row));
}

function value(cell) {
  return cell?.dataset.value ?? cell?.textContent.trim() ?? "";
}
