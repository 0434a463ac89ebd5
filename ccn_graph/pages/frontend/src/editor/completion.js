import { ROOT } from "../root.js";

/** As many completions as the list shows. */
const MOST = 50;

/**
 * Completes what stands before the cursor, by its position: variables of the query; classes after `a`; after a subject
 * the properties that things of its class have first; things by a part of their name in any language. The list opens by
 * itself after a colon, else by Ctrl+Space.
 */
export class Completion {
  /**
   * @param {import("./names.js").Names} names
   * @param {Record<string, string[]>} uses
   */
  constructor(names, uses) {
    Object.assign(this, { names, uses });
  }

  /** @param {import("@codemirror/autocomplete").CompletionContext} context */
  async find(context) {
    const { from, text: word } = context.matchBefore(/[^\s(){};,|/^<>"']*/);
    if (!context.explicit && !/^\w*:/.test(word)) return null;
    const query = context.state.doc.toString();
    const options = /^[?$]/.test(word)
      ? this.variables(query, word)
      : [...this.terms(word, position(query.slice(0, from), query)), ...(await this.things(word))];
    if (context.aborted) return null;
    return options.length ? { from, options: options.slice(0, MOST), filter: false } : null;
  }

  variables(query, word) {
    const known = new Set(query.match(/[?$]\w+/g));
    return [...known].filter((name) => name !== word && name.startsWith(word)).sort().map((label) => ({ label }));
  }

  terms(word, { wants, of }) {
    const wanted = word.toLowerCase();
    const local = wanted.replace(/^ccn:/, "");
    const usual = this.uses[of] ?? [];
    const order = ({ name, kind }) => [
      usual.includes(name) ? usual.indexOf(name) : usual.length, kind === wants ? 0 : 1, begins(name, local) ? 0 : 1,
    ];
    return this.names.terms
      .filter(({ name, label }) => name.toLowerCase().includes(local) || (wanted && label.toLowerCase().includes(wanted)))
      .map((term) => ({ ...term, order: order(term) }))
      .sort((a, b) => a.order.map((rank, number) => rank - b.order[number]).find(Boolean) ?? a.name.localeCompare(b.name))
      .map(({ name, label, note }) => this.option(name, label, note));
  }

  /** Finds things by the search of the site, which knows readings, former names and other spellings. */
  async things(word) {
    const [prefix, local] = word.includes(":") ? word.split(/:(.*)/s) : ["", word];
    if (local.length < 2 && !/[^\x00-\x7f]/.test(local)) return [];
    try {
      const response = await fetch(`${ROOT}search?${new URLSearchParams({ q: local.replaceAll("-", " "), format: "json", lang: this.names.language })}`);
      const { results } = await response.json();
      return results
        .map(({ iri, label, note }) => this.option(this.names.shorten(iri), label, note))
        .filter(({ label }) => !prefix || label.startsWith(`${prefix}:`));
    } catch {
      return [];
    }
  }

  option(name, label, note) {
    return { label: name, detail: [label, note].filter(Boolean).join(" · ") };
  }
}

/**
 * Tells what is wanted at the end of the text before the cursor: a `class`, a `property`, or anything else; and of which
 * class the subject is, if the query says so.
 */
export function position(before, query) {
  const bare = before.replace(/"[^"\n]*"|<[^\s<>]*>|#.*/g, (text) => "x".repeat(text.length));
  const statement = bare.split(/[{}]|\.\s/).at(-1);
  const [subject = "", ...rest] = statement.trim().split(/\s+/);
  const part = statement.includes(";") ? statement.split(";").at(-1).trim().split(/\s+/).filter(Boolean) : rest;
  if (!subject) return { wants: "", of: "" };
  if (["a", "rdf:type"].includes(part.at(-1))) return { wants: "class", of: "" };
  const name = subject.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const [, of = ""] = new RegExp(`${name}\\s[^.{}]*?\\b(?:a|rdf:type)\\s+([\\w-]+:[\\w-]+)`).exec(query) ?? [];
  return part.length ? { wants: "", of: "" } : { wants: "property", of };
}

function begins(name, local) {
  return name.split(":")[1].toLowerCase().startsWith(local);
}
