/**
 * Shows finds under a search field while one types, as the combobox pattern of the WAI-ARIA Authoring Practices has it
 * ("Editable Combobox With List Autocomplete"). Without the script its form leads to the page of finds.
 *
 * `<input name="q" type="search" data-search data-more="All results" data-count="{n} finds">` in a form with an action;
 * asks `ACTION?q=…&format=json` for `{"results": [{"url": "/city/kobe", "label": "Kobe", "note": "City · 神戸市"}]}`.
 * The last place in the list, with the text of `data-more`, leads where the form leads.
 *
 * @param {HTMLInputElement} input
 */
export function completeSearch(input) {
  const list = document.createElement("ul");
  const status = document.createElement("div");
  const id = `${input.id || "search"}-finds`;
  Object.assign(list, { id, role: "listbox", className: "finds", hidden: true, ariaLabel: input.labels[0]?.textContent });
  Object.assign(status, { role: "status", className: "visually-hidden" });
  input.form.append(list, status);
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false", autocomplete: "off" });
  input.setAttribute("aria-controls", id);
  new Finds(input, list, status);
}

const WAIT = 120; // milliseconds after the last key

class Finds {
  constructor(input, list, status) {
    Object.assign(this, { input, list, status, chosen: -1 });
    input.addEventListener("input", (event) => event.isComposing || this.ask());
    input.addEventListener("compositionend", () => this.ask());
    input.addEventListener("keydown", (event) => event.isComposing || this.press(event));
    input.addEventListener("blur", () => this.close());
    // Keep the focus in the field, so that the list is still there when the button is released.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.open(event.target.closest("[role=option]")));
  }

  ask() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (!this.input.value.trim()) return this.close();
    this.timer = setTimeout(() => this.fetch(), WAIT);
  }

  async fetch() {
    this.request = new AbortController();
    const url = this.address();
    url.searchParams.set("format", "json");
    try {
      const response = await fetch(url, { signal: this.request.signal });
      if (response.ok && document.activeElement === this.input) this.show((await response.json()).results);
    } catch {
      // Aborted by the next key, or the network is gone: the form itself still works.
    }
  }

  address() {
    const url = new URL(this.input.form.action);
    for (const [name, value] of new FormData(this.input.form)) url.searchParams.set(name, value);
    return url;
  }

  show(results) {
    const { more, count } = this.input.dataset;
    const places = results.length ? [...results, { url: this.address().href, label: more ?? "…" }] : [];
    this.list.replaceChildren(...places.map((place, number) => option(place, `${this.list.id}-${number}`)));
    this.choose(-1);
    this.list.hidden = !results.length;
    this.input.ariaExpanded = String(results.length > 0);
    this.status.textContent = count?.replace("{n}", results.length) ?? "";
  }

  press(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && this.list.hidden) {
      this.ask();
    } else if (event.key in moves) {
      const places = this.list.children.length + 1; // the field itself is one of them
      this.choose(((this.chosen + 1 + moves[event.key] + places) % places) - 1);
    } else if (event.key === "Enter" && this.chosen >= 0) {
      this.open(this.list.children[this.chosen]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(number) {
    this.list.children[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = number;
    const chosen = this.list.children[number];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  open(chosen) {
    if (chosen) location.assign(chosen.dataset.url);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.choose(-1);
    this.list.hidden = true;
    this.input.ariaExpanded = "false";
  }
}

function option({ url, label, note }, id) {
  const item = document.createElement("li");
  Object.assign(item, { id, role: "option", ariaSelected: "false", textContent: label });
  item.dataset.url = url;
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    item.append(small);
  }
  return item;
}
