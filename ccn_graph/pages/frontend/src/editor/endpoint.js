import { ROOT } from "../root.js";

/** An answer with an error status: `problem` is its body (RFC 9457). */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const ADDRESS = `${ROOT}sparql`;

/**
 * Asks our endpoint. An answer that breaks off rejects: no part of it is shown as if it were all.
 *
 * @param {string} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<{type: string, text: string}>} The media type and the text.
 */
export async function ask(query, signal) {
  const response = await fetch(ADDRESS, {
    method: "POST",
    headers: {
      Accept: "application/sparql-results+json, text/turtle;q=0.9",
      "Content-Type": "application/sparql-query",
    },
    body: query,
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(problem(response, text));
  return { type: response.headers.get("content-type").split(";")[0], text };
}

function problem(response, text) {
  try {
    return JSON.parse(text);
  } catch {
    return { code: "", title: `${response.status} ${response.statusText}`, detail: text.slice(0, 500) };
  }
}

/**
 * Gives the address of the answer to a query in a format, to be downloaded.
 *
 * @param {string} query
 * @param {string} format
 */
export function address(query, format) {
  return `${ADDRESS}?${new URLSearchParams({ query, format })}`;
}
