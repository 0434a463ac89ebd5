/** As many points in sight as have their names beside them. */
const MOST = 18;

/**
 * Writes the names of points beside them wherever so few are in sight that they can be read.
 *
 * @param {import("leaflet").Map} map
 * @param {() => import("leaflet").Marker[]} visible
 */
export function nameThose(map, visible) {
  const write = () => {
    const seen = visible().filter((marker) => map.getBounds().contains(marker.getLatLng()));
    const named = new Set(seen.length > 1 && seen.length <= MOST ? seen : []);
    for (const marker of visible()) {
      if (named.has(marker) === Boolean(marker.getTooltip())) continue;
      if (!named.has(marker)) marker.unbindTooltip();
      else marker.bindTooltip(marker.point.label, { permanent: true, direction: "right", offset: [4, 0], className: "map-label" });
    }
  };
  map.on("moveend zoomend layeradd layerremove", later(write));
  write();
}

function later(action) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(action, 60);
  };
}
