/**
 * Makes the points of a map one stop of the tab key: the arrow keys go from one to the nearest in that direction,
 * Enter and Space open it, Escape closes it again.
 *
 * @param {import("leaflet").Map} map
 * @param {() => import("leaflet").Marker[]} visible
 */
export function moveAmong(map, visible) {
  let current = null;
  const offer = () => {
    const markers = visible();
    if (!markers.includes(current)) current = markers.find((marker) => map.getBounds().contains(marker.getLatLng())) ?? markers[0];
    for (const marker of markers) {
      const element = marker.getElement();
      element.tabIndex = marker === current ? 0 : -1;
      element.role = "button";
    }
  };
  map.on("layeradd layerremove moveend", debounced(offer));
  map.getContainer().addEventListener(
    "keydown",
    (event) => {
      // Leaflet hears it only while the map itself has the focus, not from the link of a popup.
      if (event.key === "Escape") map.closePopup();
      const marker = visible().find((one) => one.getElement() === event.target);
      if (!marker) return;
      const next = event.key in DIRECTIONS ? nearest(map, visible(), marker, DIRECTIONS[event.key]) : null;
      if (next) {
        current = next;
        offer();
        if (!map.getBounds().contains(next.getLatLng())) map.panTo(next.getLatLng());
        next.getElement().focus({ preventScroll: true });
      } else if (event.key === "Enter" || event.key === " ") {
        marker.openPopup();
        marker.getPopup().getElement()?.querySelector("a")?.focus();
      } else if (!(event.key in DIRECTIONS)) {
        return;
      }
      // Leaflet would move the map as well.
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  map.on("popupclose", ({ popup }) => {
    if (map.getContainer().contains(document.activeElement)) popup._source?.getElement()?.focus({ preventScroll: true });
  });
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function nearest(map, markers, from, [right, down]) {
  const start = map.project(from.getLatLng());
  let best = null;
  for (const marker of markers) {
    const { x, y } = map.project(marker.getLatLng()).subtract(start);
    const along = x * right + y * down;
    const aside = Math.abs(x * down) + Math.abs(y * right);
    const distance = along + 2 * aside;
    if (along > 0 && along >= aside && (!best || distance < best.distance)) best = { marker, distance };
  }
  return best?.marker ?? null;
}

function debounced(action) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      action();
    });
  };
}
