import { feature } from "topojson-client";

/**
 * Gives the rings of the land of a world-atlas file as [longitude, latitude] on a plane: there a ring that crosses the
 * date line runs on beyond ±180 degrees, and one around a pole is closed along its parallel.
 *
 * @param {object} topology
 * @returns {[number, number][][]}
 */
export function rings(topology) {
  const { features } = feature(topology, topology.objects.land);
  return features
    .flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates))
    .flat()
    .map(unroll);
}

function unroll(ring) {
  let turn = 0;
  let before = ring[0][0];
  const plane = ring.map(([longitude, latitude]) => {
    if (Math.abs(longitude - before) > 180) turn += longitude < before ? 360 : -360;
    before = longitude;
    return [longitude + turn, latitude];
  });
  if (!turn) return plane;
  const [first, last] = [plane[0], plane.at(-1)];
  const pole = first[1] < 0 ? -90 : 90;
  return [...plane, [last[0], pole], [first[0], pole]];
}
