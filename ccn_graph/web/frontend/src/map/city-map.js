import { Map as LeafletMap, Marker, control, divIcon, latLngBounds } from "leaflet/dist/leaflet-src.esm.js";
import { chosen, colour } from "./filter.js";
import { drawLand } from "./land.js";
import { moveAmong } from "./roving.js";

/** A figure with a map in the place of its picture, its legend as filter, and its list kept in step. */
export class CityMap {
  /**
   * @param {HTMLElement} figure
   * @param {{points: import("./filter.js").Point[], groups: import("./filter.js").Group[], west: number,
   *   land: {coarse: string, fine: string}, texts: Record<string, string>}} data
   */
  constructor(figure, data) {
    Object.assign(this, { figure, data });
    this.choice = { network: "", hidden: new Set(), date: "" };
    this.places = new Map(data.groups.map(({ id }, place) => [id, place]));
    this.map = this.draw();
    this.markers = data.points.map((point) => this.marker(point));
    this.listen();
    this.show();
    this.fit();
    drawLand(this.map, data.land).catch(() => figure.classList.add("without-land"));
    moveAmong(this.map, () => this.markers.filter((marker) => this.map.hasLayer(marker)));
  }

  draw() {
    const frame = document.createElement("div");
    frame.className = "map-frame";
    this.figure.querySelector(".map-picture").replaceWith(frame);
    const { west, texts } = this.data;
    const map = new LeafletMap(frame, {
      attributionControl: false,
      zoomControl: false,
      minZoom: 0,
      maxZoom: 8,
      zoomSnap: 0.25,
      maxBounds: [
        [-62, west - 4],
        [82, west + 364],
      ],
      maxBoundsViscosity: 0.8,
      // A page that scrolls must not be caught by its map.
      scrollWheelZoom: false,
    });
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", this.figure.dataset.label);
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    control.zoom({ zoomInTitle: texts.nearer, zoomOutTitle: texts.farther }).addTo(map);
    return map;
  }

  marker(point) {
    const { west } = this.data;
    const east = point.long < west ? point.long + 360 : point.long;
    const icon = divIcon({ className: "dot", iconSize: [24, 24] });
    const marker = new Marker([point.lat, east], { icon, keyboard: false, alt: "", title: point.label });
    marker.point = point;
    return marker.bindPopup(() => this.popup(point), { autoPanPadding: [20, 20], closeButton: false });
  }

  popup({ url, label, text, groups }) {
    const body = document.createElement("div");
    const link = document.createElement("a");
    Object.assign(link, { href: url, textContent: label, className: "map-name" });
    body.append(link);
    if (text) body.append(paragraph(text));
    const list = document.createElement("ul");
    for (const belonging of groups) list.append(this.told(belonging));
    body.append(list);
    return body;
  }

  told({ group, field, from, until }) {
    const item = document.createElement("li");
    const names = [group, field].filter(Boolean).map((id) => this.data.groups[this.places.get(id)]?.label ?? id);
    const { since, ended } = this.data.texts;
    const dates = [from && since.replace("{date}", from), until && ended.replace("{date}", until)].filter(Boolean);
    item.textContent = names.join(" · ") + (dates.length ? ` (${dates.join(" ")})` : "");
    return item;
  }

  listen() {
    const form = this.figure.querySelector(".map-choice");
    if (!form) return;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      const { network, hidden } = this.choice;
      if (target.name === "network" && target.value !== network) hidden.clear();
      if (target.name === "network") this.choice.network = target.value;
      if (target.name === "asOf") this.choice.date = target.value;
      if (target.name === "group") hidden[target.checked ? "delete" : "add"](target.value);
      this.show();
    });
  }

  /** Shows what is chosen: points, legend, list and count. */
  show() {
    let count = 0;
    for (const marker of this.markers) {
      const belongings = chosen(marker.point, this.choice);
      const bare = !marker.point.groups.length;
      const visible = belongings.length > 0 || (bare && !this.choice.network && !this.choice.date);
      const kinds = new Set(belongings.map((belonging) => this.places.get(colour(belonging, this.choice.network))));
      this.place(marker, visible, kinds);
      this.figure.querySelector(`li[data-iri="${CSS.escape(marker.point.iri)}"]`)?.toggleAttribute("hidden", !visible);
      count += visible;
    }
    const status = this.figure.querySelector(".map-count");
    if (status) status.textContent = this.data.texts.count.replace("{count}", count);
    this.legend();
  }

  place(marker, visible, kinds) {
    if (!visible) {
      marker.remove();
      return;
    }
    marker.addTo(this.map);
    const element = marker.getElement();
    // Leaflet keeps classes of its own on it.
    for (const name of [...element.classList]) if (/^g\d+$|^several$/.test(name)) element.classList.remove(name);
    const [first = 0] = [...kinds].sort((a, b) => a - b);
    element.classList.add(`g${(first % 9) + 1}`);
    element.classList.toggle("several", kinds.size > 1);
    element.setAttribute("aria-label", marker.point.label);
  }

  legend() {
    const { network, hidden } = this.choice;
    for (const label of this.figure.querySelectorAll(".map-legend label")) {
      const box = label.querySelector("input");
      label.hidden = (label.dataset.parent ?? "") !== network;
      box.checked = !hidden.has(box.value);
    }
  }

  fit() {
    const shown = this.markers.filter((marker) => this.map.hasLayer(marker)).map((marker) => marker.getLatLng());
    const { west } = this.data;
    if (!shown.length || this.figure.dataset.extent === "world") {
      this.map.fitBounds([
        [-52, west + 12],
        [72, west + 350],
      ]);
    } else {
      this.map.fitBounds(latLngBounds(shown).pad(0.2), { maxZoom: 5 });
    }
  }
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
