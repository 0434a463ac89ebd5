import { polygon } from "leaflet/dist/leaflet-src.esm.js";
import { rings } from "./rings.js";

/** From this zoom on the coarse coast (1:110 million) would look wrong, and the fine one (1:50 million) is fetched. */
const FINE_FROM = 3;

/**
 * Draws the land below everything else, and again one turn further east, so that the map can begin at any meridian.
 *
 * @param {import("leaflet").Map} map
 * @param {{coarse: string, fine: string}} addresses
 */
export async function drawLand(map, { coarse, fine }) {
  let shown = await read(coarse);
  shown.addTo(map).bringToBack();
  const refine = async () => {
    if (map.getZoom() < FINE_FROM) return;
    map.off("zoomend", refine);
    const finer = await read(fine);
    finer.addTo(map).bringToBack();
    shown.remove();
    shown = finer;
  };
  map.on("zoomend", refine);
  refine();
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const land = rings(await response.json());
  // All rings are one path, so that a lake in the land is a hole whichever way it runs.
  const twice = [0, 360].flatMap((turn) => land.map((ring) => ring.map(([x, y]) => [Math.max(y, -85), x + turn])));
  return polygon(twice, { interactive: false, className: "land", stroke: false, smoothFactor: 0.5 });
}
