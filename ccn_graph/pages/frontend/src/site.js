// What every page loads: small conveniences over pages that work without them.
import { keepPicture } from "./chart/picture.js";
import { tellValues } from "./chart/values.js";
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
for (const actions of document.querySelectorAll(".chart-actions")) {
  const svg = actions.closest("figure").querySelector("svg.chart");
  if (!svg) continue;
  actions.hidden = false;
  tellValues(svg, actions.querySelector(".chart-told"));
  for (const button of actions.querySelectorAll("button")) {
    button.addEventListener("click", () => keepPicture(svg, button.dataset.keep));
  }
}
