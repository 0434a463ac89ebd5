"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const records = [...document.querySelectorAll(".record")];
const lines = [...document.querySelectorAll(".source li")];
const root = document.documentElement;

function linesOf(record) {
  return new Set(record.dataset.lines.split(" "));
}

function count() {
  const state = (name) => records.filter((record) => (record.dataset.state || "open") === name).length;
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = state(place.dataset.count);
}

function decide(record, state) {
  record.dataset.state = record.dataset.state === state ? "open" : state;
  for (const button of record.querySelectorAll("[data-decide]")) {
    button.setAttribute("aria-pressed", String(button.dataset.decide === record.dataset.state));
  }
  count();
}

function show(record, scroll) {
  for (const other of records) other.classList.toggle("shown", other === record);
  const wanted = linesOf(record);
  for (const line of lines) line.classList.toggle("shown", wanted.has(line.dataset.line));
  const first = scroll && lines.find((line) => wanted.has(line.dataset.line));
  if (first) first.scrollIntoView({ block: "center" });
}

function filter() {
  const wanted = document.getElementById("show").value;
  for (const record of records) {
    const open = (record.dataset.state || "open") === "open";
    record.hidden = (wanted === "open" && !open) || (wanted === "unsure" && !record.classList.contains("unsure"));
  }
}

function save() {
  const accepted = records.filter((record) => record.dataset.state === "accepted");
  const text = [data.head.trimEnd(), ...accepted.map((record) => record.querySelector("textarea").value.trimEnd())];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.join("\n\n") + "\n"], { type: "text/turtle" }));
  link.download = data.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function choose(language) {
  root.lang = root.dataset.shown = language;
  for (const button of document.querySelectorAll("[data-choose]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choose === language));
  }
}

for (const record of records) {
  for (const button of record.querySelectorAll("[data-decide]")) {
    button.addEventListener("click", () => decide(record, button.dataset.decide));
  }
  record.querySelector(".to-line").addEventListener("click", () => show(record, true));
  record.addEventListener("focusin", () => show(record, false));
  const edit = record.querySelector(".to-edit");
  const area = record.querySelector("textarea");
  if (edit) {
    edit.addEventListener("click", () => {
      const label = record.querySelector(".edit");
      label.hidden = !label.hidden;
      edit.setAttribute("aria-expanded", String(!label.hidden));
      if (!label.hidden) area.focus();
    });
    area.addEventListener("input", () => { record.querySelector("code").textContent = area.value; });
  }
}
for (const line of lines) {
  const record = records.find((one) => linesOf(one).has(line.dataset.line));
  if (!record) continue;
  line.classList.add("named");
  line.addEventListener("click", () => { show(record, false); record.scrollIntoView({ block: "center" }); });
}
document.getElementById("all").addEventListener("click", () => {
  for (const record of records) {
    if (record.classList.contains("certain") && record.dataset.state !== "accepted") decide(record, "accepted");
  }
});
document.getElementById("save").addEventListener("click", save);
document.getElementById("show").addEventListener("change", filter);
for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => choose(button.dataset.choose));
}
choose(root.dataset.shown);
count();
