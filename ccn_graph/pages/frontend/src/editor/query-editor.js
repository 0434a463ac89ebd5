import { copy } from "../copy.js";
import { Completion } from "./completion.js";
import { ask, Refused } from "./endpoint.js";
import { Names } from "./names.js";
import { PastQueries } from "./past-queries.js";
import { explainNothing } from "./nothing.js";
import { Results } from "./results.js";
import { TextArea } from "./text-area.js";
import { tidied } from "./tidy.js";

/**
 * What the page tells the script: `#query-data`.
 *
 * @typedef {object} Data
 * @property {string} language
 * @property {string} base  The IRI that all things begin with; their pages are here.
 * @property {string} suffix  What addresses of pages end with, such as `?lang=ja`.
 * @property {Record<string, string>} prefixes  Prefix -> namespace.
 * @property {{name: string, label: string, note: string, kind: "class" | "property"}[]} terms
 * @property {Record<string, string[]>} uses  Class -> properties that its things have.
 * @property {Record<string, string>} examples  Name -> query.
 * @property {Record<string, string>} texts
 */

/** CodeMirror in the place of the text area, with our completion, results and errors. */
export class QueryEditor {
  /**
   * @param {HTMLFormElement} form
   * @param {Data} data
   */
  constructor(form, data) {
    Object.assign(this, { form, data, names: new Names(data) });
    this.field = form.querySelector("textarea");
    this.status = form.querySelector(".query-status");
    this.past = new PastQueries(form.querySelector("select[name=past]"), (query) => this.load(query));
    this.text = this.draw();
    this.results = new Results(document.querySelector(".query-results"), data.texts, this.names);
    this.listen();
    if (!this.readAddress()) this.checked(this.text.fault());
  }

  draw() {
    const { field, form, data } = this;
    const given = new URLSearchParams(location.search).has("query");
    const text = new TextArea({
      value: (!given && this.past.last()) || field.value,
      label: form.querySelector("label[for=query]").textContent,
      description: document.getElementById("query-keys").textContent,
      prefixes: data.prefixes,
      completion: new Completion(this.names, data.uses),
      completions: data.texts.completions,
      run: () => this.run(),
      left: (fault) => this.checked(fault),
    });
    field.after(text.host);
    field.hidden = true;
    // What the label names is now the editor.
    form.querySelector("label[for=query]").addEventListener("click", () => text.focus());
    return text;
  }

  listen() {
    const { form, text } = this;
    for (const element of form.querySelectorAll("[data-script]")) element.hidden = false;
    for (const element of form.querySelectorAll("[data-plain]")) element.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.request ? this.request.abort() : this.run();
    });
    form.querySelector(".query-tidy").addEventListener("click", () => (text.value = tidied(text.value)));
    form.querySelector(".query-link").addEventListener("click", ({ currentTarget }) => {
      this.writeAddress();
      copy(currentTarget, location.href);
    });
    const examples = form.querySelector("select[name=example]");
    examples.addEventListener("change", () => {
      if (examples.value) this.load(this.data.examples[examples.value]);
      examples.value = "";
      text.focus();
    });
    window.addEventListener("hashchange", () => this.readAddress());
  }

  load(query) {
    this.text.value = query;
    this.checked(this.text.fault());
    this.writeAddress();
  }

  /** Takes over and runs the query of a permalink, `#query=…`; true if there is one. */
  readAddress() {
    const query = new URLSearchParams(location.hash.slice(1)).get("query");
    if (!query) return false;
    if (query !== this.text.value) this.text.value = query;
    this.run();
    return true;
  }

  writeAddress() {
    const query = new URLSearchParams({ query: this.text.value });
    history.replaceState(null, "", `${location.pathname}${location.search}#${query}`);
  }

  /** Says where the query is not valid, once its line is left, and offers to mend it where that can be computed. */
  checked(fault) {
    const { invalid, "mend-brace": mend } = this.data.texts;
    this.say(fault ? invalid.replace("{line}", fault.line) : "", Boolean(fault));
    if (fault?.unclosed) this.offer(mend, () => this.text.append("}".repeat(fault.unclosed)));
  }

  /** Puts a button that mends the query behind what is said. */
  offer(label, mend, place = this.status) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "link", textContent: label });
    button.addEventListener("click", () => {
      mend();
      this.run();
    });
    place.append(" ", button);
  }

  async run() {
    const { texts } = this.data;
    this.text.declare();
    const query = this.text.value;
    this.past.keep(query);
    this.writeAddress();
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.working(true);
    const begun = performance.now();
    try {
      const answer = await ask(query, request.signal);
      this.say(this.results.show(query, answer, performance.now() - begun));
      this.results.reveal();
      if (this.results.empty) await explainNothing(this, request.signal);
    } catch (error) {
      if (request.signal.aborted) this.say(this.request === request ? texts.stopped : texts.running);
      else this.refused(error);
    } finally {
      if (this.request === request) this.working(false);
    }
  }

  working(busy) {
    if (!busy) this.request = null;
    const button = this.form.querySelector("button.primary");
    button.textContent = busy ? this.data.texts.stop : this.data.texts.run;
    this.form.ariaBusy = String(busy);
    if (busy) this.say(this.data.texts.running);
  }

  refused(error) {
    if (!(error instanceof Refused)) {
      this.results.refuse(this.data.texts.unreachable, "");
      this.say(this.data.texts.unreachable, true);
      return;
    }
    const { code, title, detail, line, column } = error.problem;
    const told = this.data.texts[`problem-${code}`] ?? title;
    this.results.refuse(told, detail);
    this.say(told, true);
    const fault = this.text.fault();
    if (fault?.unclosed) this.offer(this.data.texts["mend-brace"], () => this.text.append("}".repeat(fault.unclosed)));
    if (line) this.text.point(line, column);
  }

  say(text, warning = false) {
    this.status.textContent = text;
    this.status.classList.toggle("warning", warning);
  }
}
