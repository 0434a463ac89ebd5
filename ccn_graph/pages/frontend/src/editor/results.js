import { makeSortable } from "../sort.js";
import { address } from "./endpoint.js";

/** Rows and characters that are drawn at once; a button draws more. */
const ROWS = 500;
const CHARACTERS = 200_000;

const NUMBER = /#(integer|decimal|double|float|int|long|nonNegativeInteger)$/;

/** Shows answers: rows as a table with labels and links, yes or no, RDF as text. */
export class Results {
  /**
   * @param {HTMLElement} place
   * @param {Record<string, string>} texts
   * @param {import("./names.js").Names} names
   */
  constructor(place, texts, names) {
    Object.assign(this, { place, texts, names });
  }

  /**
   * Shows an answer and gives one line about it.
   *
   * @param {string} query
   * @param {{type: string, text: string}} answer
   * @param {number} milliseconds
   */
  show(query, { type, text }, milliseconds) {
    const seconds = (milliseconds / 1000).toFixed(milliseconds < 1000 ? 2 : 1);
    const timed = (told) => told.replace("{seconds}", seconds);
    this.place.replaceChildren();
    this.empty = false;
    if (type === "text/turtle") {
      this.text(text);
      this.downloads(query, ["turtle", "jsonld", "ntriples", "rdfxml"]);
      return timed(this.texts.graph);
    }
    const { head, boolean, results } = JSON.parse(text);
    this.empty = results?.bindings.length === 0;
    if (boolean !== undefined) {
      this.say(boolean ? this.texts.yes : this.texts.no, "query-boolean");
      return timed(this.texts.answered);
    }
    this.table(head.vars, results.bindings);
    this.downloads(query, ["csv", "excel", "json", "tsv", "xml"]);
    return timed(this.texts.rows.replace("{count}", results.bindings.length.toLocaleString(this.names.language)));
  }

  /** Brings the answer into view, if a long query has pushed it out. */
  reveal() {
    const { top } = this.place.getBoundingClientRect();
    if (top > innerHeight - 80) scrollBy({ top: top - innerHeight * 0.6 });
  }

  /** Shows why there is no answer; the detail comes from the server, in English. */
  refuse(title, detail) {
    this.place.replaceChildren();
    this.say(title, "warning");
    if (detail) this.say(detail, "query-detail").lang = "en";
  }

  say(text, name) {
    const told = document.createElement("p");
    told.textContent = text;
    told.className = name;
    this.place.append(told);
    return told;
  }

  text(text) {
    const shown = document.createElement("pre");
    Object.assign(shown, { tabIndex: 0, role: "region", ariaLabel: this.texts.results });
    shown.textContent = text.slice(0, CHARACTERS);
    this.place.append(shown);
    if (text.length > CHARACTERS) {
      this.more(this.texts.all, () => {
        shown.textContent = text;
        return false;
      });
    }
  }

  table(columns, rows) {
    const frame = document.createElement("div");
    Object.assign(frame, { className: "scroll", tabIndex: 0, role: "region", ariaLabel: this.texts.results });
    const table = document.createElement("table");
    const heading = table.createTHead().insertRow();
    for (const column of columns) {
      const cell = document.createElement("th");
      Object.assign(cell, { scope: "col", textContent: column });
      heading.append(cell);
    }
    const body = table.createTBody();
    frame.append(table);
    this.place.append(frame);
    let drawn = 0;
    const draw = () => {
      const some = rows.slice(drawn, drawn + ROWS);
      drawn += some.length;
      this.fill(body, columns, some);
      return drawn < rows.length;
    };
    // Sorting a part of the rows would look like sorting them all.
    if (draw()) this.more(this.texts.more, draw);
    else makeSortable(table);
  }

  fill(body, columns, rows) {
    const links = [];
    for (const row of rows) {
      const drawn = body.insertRow();
      for (const column of columns) {
        const cell = drawn.insertCell();
        const term = row[column];
        if (term?.type === "uri") links.push([term.value, this.link(cell, term.value)]);
        else if (term) write(cell, term);
      }
    }
    this.names.learn(links.map(([iri]) => iri)).then(() => links.forEach(([iri, link]) => this.name(iri, link)));
  }

  link(cell, iri) {
    const to = this.names.address(iri);
    const link = document.createElement(to ? "a" : "span");
    if (to) link.href = to;
    if (to === iri) link.rel = "external noreferrer";
    link.textContent = this.names.shorten(iri);
    cell.append(link);
    return link;
  }

  name(iri, link) {
    const label = this.names.labels.get(iri);
    if (!label) return;
    const name = document.createElement("small");
    name.textContent = this.names.shorten(iri);
    link.textContent = label.value;
    if (label.language && label.language !== this.names.language) link.lang = label.language;
    link.after(name);
  }

  more(text, draw) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: text });
    button.addEventListener("click", () => draw() || button.remove());
    this.place.append(button);
  }

  downloads(query, formats) {
    const list = document.createElement("p");
    list.className = "query-downloads";
    list.append(`${this.texts.download} `);
    for (const format of formats) {
      const link = document.createElement("a");
      Object.assign(link, { href: address(query, format), textContent: this.texts[`format-${format}`], download: "" });
      list.append(link, " ");
    }
    this.place.prepend(list);
  }
}

function write(cell, term) {
  cell.textContent = term.type === "bnode" ? `_:${term.value}` : term.value;
  if (term["xml:lang"]) cell.lang = term["xml:lang"];
  if (NUMBER.test(term.datatype ?? "")) cell.className = "number";
}
