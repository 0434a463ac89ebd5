/**
 * What a map shows as the fragment of an address, so that it can be passed on: `#map=4.25/36.1/138.2&network=ccnj`.
 *
 * @typedef {{zoom: number, lat: number, long: number}} View
 */

/**
 * Reads the fragment of an address.
 *
 * @param {string} fragment  With or without its `#`.
 * @returns {{view: View | null, network: string, date: string}}
 */
export function read(fragment) {
  const told = new URLSearchParams(fragment.replace(/^#/, ""));
  const numbers = (told.get("map") ?? "").split("/").map(Number);
  const fits = told.has("map") && numbers.length === 3 && numbers.every(Number.isFinite);
  const view = fits ? { zoom: numbers[0], lat: numbers[1], long: numbers[2] } : null;
  return { view, network: told.get("network") ?? "", date: told.get("on") ?? "" };
}

/**
 * Writes the fragment of an address.
 *
 * @param {View} view
 * @param {string} network  The last part of its IRI; empty for all.
 * @param {string} date
 */
export function write({ zoom, lat, long }, network, date) {
  const told = [`map=${zoom}/${Number(lat.toFixed(2))}/${Number(long.toFixed(2))}`];
  if (network) told.push(`network=${encodeURIComponent(network)}`);
  if (date) told.push(`on=${encodeURIComponent(date)}`);
  return `#${told.join("&")}`;
}
