import { polygon, polyline } from "leaflet/dist/leaflet-src.esm.js";
import { rings } from "./rings.js";

/** From this zoom on the coarse coast (1:110 million) would look wrong, and the fine one (1:50 million) is fetched. */
const FINE_FROM = 3;

/**
 * Draws the land and the borders below everything else, and again one turn further east, so that the map can begin at
 * any meridian.
 *
 * @param {import("leaflet").Map} map
 * @param {{coarse: string, fine: string, borders: string, fineBorders: string}} addresses
 */
export async function drawLand(map, { coarse, fine, borders, fineBorders }) {
  let shown = await drawn(map, coarse, borders);
  const refine = async () => {
    if (map.getZoom() < FINE_FROM) return;
    map.off("zoomend", refine);
    const finer = await drawn(map, fine, fineBorders);
    for (const layer of shown) layer.remove();
    shown = finer;
  };
  map.on("zoomend", refine);
  refine();
}

async function drawn(map, land, borders) {
  const [coast, lines] = await Promise.all([read(land), read(borders)]);
  const style = { interactive: false, smoothFactor: 0.5 };
  // All rings are one path, so that a lake in the land is a hole whichever way it runs.
  const area = polygon(twice(rings(coast)), { ...style, className: "land", stroke: false });
  const inland = polyline(twice(lines), { ...style, className: "border", weight: 0.7 });
  inland.addTo(map).bringToBack();
  area.addTo(map).bringToBack();
  return [area, inland];
}

function twice(lines) {
  return [0, 360].flatMap((turn) => lines.map((line) => line.map(([x, y]) => [Math.max(y, -85), x + turn])));
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}
