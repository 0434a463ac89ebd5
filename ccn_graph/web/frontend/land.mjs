// The land of the maps, from Natural Earth. Coasts only, no borders: where they run is not for this graph to say.
import { readFile } from "node:fs/promises";
import { feature } from "topojson-client";

const PATH = "node_modules/world-atlas/land-110m.json";

export async function coarse() {
  return readFile(PATH);
}

// One SVG symbol in degrees, y pointing south, to be used by `<use href="…#land">`: colours come from the page.
export async function outline() {
  const topology = JSON.parse(await readFile(PATH, "utf8"));
  const { features } = feature(topology, topology.objects.land);
  const polygons = features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  );
  const path = polygons
    .filter(([outer]) => outer.some(([, latitude]) => latitude > -60))
    .flat()
    .map((ring) => `M${ring.map(([x, y]) => `${round(x)} ${round(-y)}`).join("L")}Z`)
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg"><path id="land" d="${path}"/></svg>\n`;
}

function round(degrees) {
  return Number(degrees.toFixed(1));
}
