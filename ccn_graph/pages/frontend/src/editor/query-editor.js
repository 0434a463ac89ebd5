import Yasqe from "@zazuko/yasqe";
import { copy } from "../copy.js";
import { Completion } from "./completion.js";
import { ask, Refused } from "./endpoint.js";
import { Names } from "./names.js";
import { Results } from "./results.js";

/**
 * What the page tells the script: `#query-data`.
 *
 * @typedef {object} Data
 * @property {string} language
 * @property {string} base  The IRI that all things begin with; their pages are here.
 * @property {string} suffix  What addresses of pages end with, such as `?lang=ja`.
 * @property {Record<string, string>} prefixes  Prefix -> namespace.
 * @property {{name: string, label: string, note: string, kind: "class" | "property"}[]} terms
 * @property {Record<string, string>} examples  Name -> query.
 * @property {Record<string, string>} texts
 */

/** YASGUI's editor in the place of the text area, with our completion, results and errors. */
export class QueryEditor {
  /**
   * @param {HTMLFormElement} form
   * @param {Data} data
   */
  constructor(form, data) {
    Object.assign(this, { form, data, names: new Names(data) });
    this.field = form.querySelector("textarea");
    this.status = form.querySelector(".query-status");
    this.yasqe = this.draw();
    this.results = new Results(document.querySelector(".query-results"), data.texts, this.names);
    this.listen();
    if (!this.readAddress()) this.checked();
  }

  draw() {
    // Its own completers ask other servers, and lists in its settings can only be added to.
    Yasqe.defaults.autocompleters = [];
    const place = document.createElement("div");
    this.field.after(place);
    const run = () => this.run();
    const yasqe = new Yasqe(place, {
      value: this.field.value,
      persistenceId: "ccn-graph-query",
      showQueryButton: false,
      createShareableLink: null,
      consumeShareLink: null,
      resizeable: false,
      editorHeight: "auto",
      extraKeys: {
        "Ctrl-Enter": run,
        "Cmd-Enter": run,
        "Ctrl-Space": () => this.completion.open(),
        // The tab key leaves the editor, as it leaves every field.
        Tab: false,
        "Shift-Tab": false,
      },
    });
    yasqe.showNotification = () => {};
    const input = yasqe.getInputField();
    input.setAttribute("aria-label", this.form.querySelector("label[for=query]").textContent);
    input.setAttribute("aria-describedby", "query-keys");
    this.field.hidden = true;
    this.completion = new Completion(yasqe, this.names, this.data.texts.completions);
    return yasqe;
  }

  listen() {
    const { form, yasqe } = this;
    for (const element of form.querySelectorAll("[data-script]")) element.hidden = false;
    for (const element of form.querySelectorAll("[data-plain]")) element.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.request ? this.request.abort() : this.run();
    });
    form.querySelector(".query-tidy").addEventListener("click", () => {
      yasqe.autoformat();
      yasqe.getDoc().setCursor(0, 0);
    });
    form.querySelector(".query-link").addEventListener("click", ({ currentTarget }) => {
      this.writeAddress();
      copy(currentTarget, location.href);
    });
    const examples = form.querySelector("select[name=example]");
    examples.addEventListener("change", () => {
      if (examples.value) this.load(this.data.examples[examples.value]);
      examples.value = "";
      yasqe.focus();
    });
    yasqe.on("change", () => this.checked());
    window.addEventListener("hashchange", () => this.readAddress());
  }

  load(query) {
    this.yasqe.setValue(query);
    this.yasqe.saveQuery();
    this.writeAddress();
  }

  /** Takes over and runs the query of a permalink, `#query=…`; true if there is one. */
  readAddress() {
    const query = new URLSearchParams(location.hash.slice(1)).get("query");
    if (!query) return false;
    if (query !== this.yasqe.getValue()) this.yasqe.setValue(query);
    this.run();
    return true;
  }

  writeAddress() {
    const query = new URLSearchParams({ query: this.yasqe.getValue() });
    history.replaceState(null, "", `${location.pathname}${location.search}#${query}`);
  }

  /** Says where the query is not valid, in place of the editor's own words, which are English only. */
  checked() {
    let bad = 0;
    this.yasqe.eachLine((line) => {
      const marker = line.gutterMarkers?.gutterErrorBar;
      if (marker) marker.onmouseover = marker.onmouseout = null;
      if (marker) bad = this.yasqe.getLineNumber(line) + 1;
    });
    this.say(bad ? this.data.texts.invalid.replace("{line}", bad) : "", Boolean(bad));
  }

  async run() {
    const { texts } = this.data;
    const query = this.yasqe.getValue();
    this.yasqe.saveQuery();
    this.writeAddress();
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.working(true);
    const begun = performance.now();
    try {
      const answer = await ask(query, request.signal);
      this.say(this.results.show(query, answer, performance.now() - begun));
      this.results.reveal();
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
    if (line) {
      this.yasqe.getDoc().setCursor(line - 1, Math.max(0, column - 1));
      this.yasqe.focus();
    }
  }

  say(text, warning = false) {
    this.status.textContent = text;
    this.status.classList.toggle("warning", warning);
  }
}
