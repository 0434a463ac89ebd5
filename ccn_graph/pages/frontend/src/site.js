// What every page loads: small conveniences over pages that work without them.
import { makeCopyable } from "./copy.js";
import { followForm } from "./live.js";
import { completeSearch } from "./search.js";
import { makeSortable } from "./sort.js";

for (const input of document.querySelectorAll("input[data-search]")) completeSearch(input);
for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table);
for (const button of document.querySelectorAll("button[data-copy]")) makeCopyable(button);
for (const form of document.querySelectorAll("form[data-live]")) followForm(form);
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
