import { ROOT } from "../root.js";
import { ask } from "./endpoint.js";

// What may stand between < and > in SPARQL.
const IRI = /^[^\x00-\x20<>"{}|^`\\]+$/;
const LOCAL = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;

/** What IRIs are called: prefixed names, labels, and the addresses of pages. */
export class Names {
  /** @param {import("./query-editor.js").Data} data */
  constructor({ language, base, suffix, prefixes, terms }) {
    Object.assign(this, { language, base, suffix, prefixes, terms });
    this.namespaces = Object.entries(prefixes).sort(([, a], [, b]) => b.length - a.length);
    this.labels = new Map(terms.map(({ name, label }) => [this.expand(name), { value: label, language }]));
  }

  /** Shortens an IRI: `city:kobe`; one of no known namespace stays as it is. */
  shorten(iri) {
    for (const [prefix, namespace] of this.namespaces) {
      const local = iri.slice(namespace.length);
      if (iri.startsWith(namespace) && LOCAL.test(local)) return `${prefix}:${local}`;
    }
    return iri;
  }

  expand(name) {
    const [prefix, local] = name.split(/:(.*)/s);
    return this.prefixes[prefix] + local;
  }

  /** Gives the address of a thing's page here, or the IRI itself; null for what a browser should not follow. */
  address(iri) {
    if (!iri.startsWith(this.base)) return /^https?:/.test(iri) ? iri : null;
    const [path, fragment] = iri.slice(this.base.length - 1).split("#");
    const page = fragment === undefined && !path.endsWith("/") ? `${path}.html` : path;
    return ROOT + page.replace(/^\/+/, "") + this.suffix + (fragment === undefined ? "" : `#${fragment}`);
  }

  /** Learns the labels of those IRIs that it does not know yet; without an answer they stay unnamed. */
  async learn(iris) {
    const wanted = [...new Set(iris)].filter((iri) => !this.labels.has(iri) && IRI.test(iri));
    for (let first = 0; first < wanted.length; first += 500) {
      const some = wanted.slice(first, first + 500);
      for (const iri of some) this.labels.set(iri, null);
      try {
        this.keep(JSON.parse((await ask(LABELS.replace("()", some.map((iri) => `<${iri}>`).join(" ")))).text));
      } catch {
        return;
      }
    }
  }

  keep({ results }) {
    for (const { thing, label } of results.bindings) {
      const found = { value: label.value, language: label["xml:lang"] };
      if (!this.labels.get(thing.value) || found.language === this.language) this.labels.set(thing.value, found);
    }
  }
}

const LABELS = `PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?label WHERE {
  VALUES ?thing { () }
  ?thing skos:prefLabel|rdfs:label|dcterms:title ?label
}
ORDER BY ?thing LANG(?label) ?label`;
