const KEY = "ccn-graph-queries";
const MOST = 20;
const SHOWN = 90;

/** The last queries that were run in this browser; they are sent to nobody. */
export class PastQueries {
  /**
   * @param {HTMLSelectElement} list
   * @param {(query: string) => void} choose
   */
  constructor(list, choose) {
    this.list = list;
    this.queries = read();
    list.addEventListener("change", () => {
      if (list.value) choose(this.queries[Number(list.value) - 1]);
      list.value = "";
    });
    this.offer();
  }

  last() {
    return this.queries[0];
  }

  keep(query) {
    this.queries = [query, ...this.queries.filter((other) => other !== query)].slice(0, MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.queries));
    } catch {
      // The browser keeps nothing, or no more: they last as long as the page.
    }
    this.offer();
  }

  offer() {
    const options = this.queries.map((query, number) => new Option(title(query), number + 1));
    this.list.replaceChildren(this.list.options[0], ...options);
    this.list.parentElement.hidden = !options.length;
  }
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter((query) => typeof query === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function title(query) {
  const told = query.split("\n").filter((line) => line.trim() && !/^\s*(?:PREFIX|BASE)\b/i.test(line));
  return told.join(" ").replace(/\s+/g, " ").slice(0, SHOWN);
}
