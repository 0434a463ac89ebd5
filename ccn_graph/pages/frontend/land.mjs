// The land of the maps and the borders between countries, from Natural Earth, as it draws them.
import { readFile } from "node:fs/promises";
import { mesh } from "topojson-client";
import { rings } from "./src/map/rings.js";

const COARSE = "node_modules/world-atlas/land-110m.json";
const FINE = "node_modules/world-atlas/land-50m.json";

export const coarse = () => readFile(COARSE);
export const fine = () => readFile(FINE);
export const borders = () => inland("node_modules/world-atlas/countries-110m.json", 1);
export const fineBorders = () => inland("node_modules/world-atlas/countries-50m.json", 2);

// What two countries share, as lines of [longitude, latitude].
async function inland(file, digits) {
  const topology = JSON.parse(await readFile(file, "utf8"));
  const { coordinates } = mesh(topology, topology.objects.countries, (one, other) => one !== other);
  return JSON.stringify(coordinates.map((line) => line.map((pair) => pair.map((degrees) => Number(degrees.toFixed(digits))))));
}

// One path in degrees, y pointing south, to be used by `<use href="…#land">`: its colour comes from the page.
export async function outline() {
  const land = rings(JSON.parse(await readFile(COARSE, "utf8")));
  const seen = land.filter((ring) => ring.some(([, latitude]) => latitude > -60));
  const path = seen.map((ring) => `M${ring.map(([x, y]) => `${round(x)} ${round(-y)}`).join("L")}Z`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg"><path id="land" fill-rule="evenodd" d="${path}"/></svg>\n`;
}

function round(degrees) {
  return Number(degrees.toFixed(1));
}
