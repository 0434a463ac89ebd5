import { ask } from "./endpoint.js";

/** Rows of a part of the query are counted up to this number. */
const MOST = 10_000;

/**
 * Says why an answer is empty: names that nothing has, each with the nearest that there is, and after which pattern of the
 * query nothing was left.
 *
 * @param {import("./query-editor.js").QueryEditor} editor
 * @param {AbortSignal} signal
 */
export async function explainNothing(editor, signal) {
  const { text, results, data, names } = editor;
  const tree = text.tree();
  for (const { name, from, to } of await unknown(tree, text.value, names)) {
    const told = results.say(data.texts[name.startsWith("ccn:") ? "no-term" : "no-thing"].replace("{name}", name), "warning");
    const near = nearest(name, names.terms.map((term) => term.name));
    if (near) editor.offer(data.texts["mend-term"].replace("{name}", near), () => text.replace(from, to, near), told);
  }
  const left = await counted(parts(tree, text.value), signal);
  if (left.length) results.place.append(table(left, data.texts));
}

/** Finds the names of the query that neither the vocabulary nor the data have. */
async function unknown(tree, query, names) {
  const used = [];
  tree.iterate({
    enter({ name, node, from, to }) {
      if (name === "Pname_ln" && node.parent.name !== "PrefixDecl") used.push({ name: query.slice(from, to), from, to });
    },
  });
  const ours = used.filter(({ name }) => names.prefixes[name.split(":")[0]]?.startsWith(names.base));
  await names.learn(ours.map(({ name }) => names.expand(name)));
  return ours.filter(({ name }, number) => !names.labels.get(names.expand(name)) && ours.findIndex((other) => other.name === name) === number);
}

/**
 * Takes the WHERE clause apart.
 *
 * @returns {{head: string, patterns: string[]}} What stands before it, and its patterns: filters last, for they see all.
 */
function parts(tree, query) {
  const found = { select: null, dataset: false };
  tree.iterate({
    enter({ name, node }) {
      if (name === "SelectQuery") found.select ??= node.node ?? node;
      if (name === "DatasetClause") found.dataset = true;
    },
  });
  const group = found.select?.getChild("WhereClause")?.getChild("GroupGraphPattern")?.getChild("GroupGraphPatternSub");
  if (!group || found.dataset) return { head: "", patterns: [] };
  const patterns = [];
  const filters = [];
  const read = (node) => {
    for (let child = node.firstChild; child; child = child.nextSibling) {
      const text = query.slice(child.from, child.to);
      if (child.name === "TriplesBlock") read(child);
      else if (child.name === "TriplesSameSubjectPath") patterns.push(...statements(child, query));
      else if (child.name === "GraphPatternNotTriples") (child.firstChild?.name === "Filter" ? filters : patterns).push(text);
    }
  };
  read(group);
  return { head: query.slice(0, found.select.from), patterns: [...patterns, ...filters] };
}

/** Writes each predicate of a subject as a pattern of its own. */
function statements(node, query) {
  const list = node.getChild("PropertyListPathNotEmpty");
  const subject = query.slice(node.from, list?.from ?? node.to).trim();
  if (!list || !node.getChild("VarOrTerm")) return [`${query.slice(node.from, node.to)} .`];
  const found = [""];
  for (let child = list.firstChild; child; child = child.nextSibling) {
    const text = query.slice(child.from, child.to);
    if (text === ";") found.push("");
    else found[found.length - 1] += ` ${text}`;
  }
  return found.filter(Boolean).map((predicate) => `${subject}${predicate} .`);
}

/** Counts what is left after each pattern, to the first that leaves nothing. */
async function counted({ head, patterns }, signal) {
  const found = [];
  for (let number = 1; number <= patterns.length; number += 1) {
    const asked = `${head}SELECT (COUNT(*) AS ?rows) WHERE { { SELECT * WHERE {\n${patterns.slice(0, number).join("\n")}\n} LIMIT ${MOST} } }`;
    try {
      const { results } = JSON.parse((await ask(asked, signal)).text);
      found.push({ pattern: patterns[number - 1], rows: Number(results.bindings[0].rows.value) });
    } catch {
      return [];
    }
    if (!found.at(-1).rows) return found;
  }
  return found;
}

function table(left, texts) {
  const made = document.createElement("table");
  made.className = "query-patterns";
  made.createCaption().textContent = texts.emptied;
  const heading = made.createTHead().insertRow();
  for (const text of [texts["emptied-pattern"], texts["emptied-left"]]) {
    heading.append(Object.assign(document.createElement("th"), { scope: "col", textContent: text }));
  }
  const body = made.createTBody();
  for (const { pattern, rows } of left) {
    const row = body.insertRow();
    const code = Object.assign(document.createElement("code"), { textContent: pattern });
    row.insertCell().append(code);
    const cell = row.insertCell();
    cell.className = rows ? "number" : "number warning";
    cell.textContent = rows >= MOST ? `≥ ${MOST}` : rows || texts["emptied-here"];
  }
  return made;
}

/** Gives the name that differs least, if it differs little; null if none does. */
function nearest(name, others) {
  const [best] = others.map((other) => [distance(name.toLowerCase(), other.toLowerCase()), other]).sort(([a], [b]) => a - b);
  return best && best[0] <= Math.max(2, name.length / 4) ? best[1] : null;
}

/** Counts the letters to be put in, left out or changed (Levenshtein). */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, number) => number);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[other.length];
}
