// The land of the maps, from Natural Earth. Coasts only, no borders: where they run is not for this graph to say.
import { readFile } from "node:fs/promises";
import { rings } from "./src/map/rings.js";

const COARSE = "node_modules/world-atlas/land-110m.json";
const FINE = "node_modules/world-atlas/land-50m.json";

export const coarse = () => readFile(COARSE);
export const fine = () => readFile(FINE);

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
