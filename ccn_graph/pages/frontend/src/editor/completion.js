import { ROOT } from "../root.js";
import Yasqe from "@zazuko/yasqe";

/**
 * Completes what stands before the cursor: variables of the query, prefixed names of our vocabulary (by name or label),
 * and things by a part of their name in any language. It opens by itself after a colon, else by Ctrl+Space.
 */
export class Completion {
  /**
   * @param {Yasqe} yasqe
   * @param {import("./names.js").Names} names
   * @param {string} label  What the list is called.
   */
  constructor(yasqe, names, label) {
    Object.assign(this, { yasqe, names, label });
    yasqe.on("inputRead", (_editor, { text }) => text[0] === ":" && this.open());
  }

  open() {
    const hint = () => this.hints();
    this.yasqe.showHint({ hint, completeSingle: false, closeCharacters: /[\s(){};,>"]/, container: this.yasqe.rootEl });
  }

  async hints() {
    const cursor = this.yasqe.getDoc().getCursor();
    const [word] = /[^\s(){};,|/^<>"']*$/.exec(this.yasqe.getDoc().getLine(cursor.line).slice(0, cursor.ch));
    const from = { line: cursor.line, ch: cursor.ch - word.length };
    const list = /^[?$]/.test(word) ? this.variables(word) : [...this.terms(word), ...(await this.things(word))];
    const found = { list: list.slice(0, 50), from, to: cursor };
    Yasqe.on(found, "shown", () => (this.yasqe.rootEl.querySelector(".CodeMirror-hints").ariaLabel = this.label));
    return found;
  }

  variables(word) {
    const known = new Set(this.yasqe.getValue().match(/[?$]\w+/g));
    return [...known].filter((name) => name !== word && name.startsWith(word)).sort().map((text) => ({ text }));
  }

  terms(word) {
    const wanted = word.toLowerCase();
    const local = wanted.replace(/^ccn:/, "");
    return this.names.terms
      .filter(({ name, label }) => name.toLowerCase().includes(local) || (wanted && label.toLowerCase().includes(wanted)))
      .sort((a, b) => Number(!begins(a.name, local)) - Number(!begins(b.name, local)) || a.name.localeCompare(b.name))
      .map(({ name, label, note }) => this.hint(name, label, note));
  }

  /** Finds things by the search of the site, which knows readings, former names and other spellings. */
  async things(word) {
    const [prefix, local] = word.includes(":") ? word.split(/:(.*)/s) : ["", word];
    if (local.length < 2 && !/[^\x00-\x7f]/.test(local)) return [];
    try {
      const response = await fetch(`${ROOT}search?${new URLSearchParams({ q: local.replaceAll("-", " "), format: "json", lang: this.names.language })}`);
      const { results } = await response.json();
      return results
        .map(({ iri, label, note }) => this.hint(this.names.shorten(iri), label, note))
        .filter(({ text }) => !prefix || text.startsWith(`${prefix}:`));
    } catch {
      return [];
    }
  }

  hint(text, label, note) {
    return {
      text,
      render: (element) => {
        const name = document.createElement("span");
        const told = document.createElement("small");
        name.textContent = text;
        told.textContent = [label, note].filter(Boolean).join(" · ");
        element.append(name, " ", told);
      },
      hint: (editor, { from, to }) => {
        editor.getDoc().replaceRange(text, from, to);
        this.declare(text.split(":")[0]);
      },
    };
  }

  /** Declares a prefix, if the query uses it and does not. */
  declare(prefix) {
    const namespace = this.names.prefixes[prefix];
    if (namespace && !(prefix in this.yasqe.getPrefixesFromQuery())) this.yasqe.addPrefixes({ [prefix]: namespace });
  }
}

function begins(name, local) {
  return name.split(":")[1].toLowerCase().startsWith(local);
}
