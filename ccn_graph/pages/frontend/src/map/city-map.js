import { Map as LeafletMap, Marker, control, divIcon, latLngBounds } from "leaflet/dist/leaflet-src.esm.js";
import * as address from "./address.js";
import { certain, chosen, colour } from "./filter.js";
import { drawLand } from "./land.js";
import { moveAmong } from "./roving.js";
import { nameThose } from "./names.js";
import { unpack } from "./unpack.js";

/** A figure with a map in the place of its picture, its legend as filter, and its list kept in step. */
export class CityMap {
  /**
   * @param {HTMLElement} figure
   * @param {{points: any[], words: string[], groups: import("./filter.js").Group[], west: number, center: number,
   *   corners: [number, number, number, number],
   *   land: Record<string, string>, texts: Record<string, string>}} data
   */
  constructor(figure, data) {
    Object.assign(this, { figure, data });
    this.entries = [...figure.querySelectorAll(".map-list li")];
    const listed = this.entries.map((entry) => ({ label: entry.textContent, url: entry.firstElementChild.href }));
    this.groups = new Map(data.groups.map((group) => [group.id, group]));
    this.several = data.groups.filter(({ parent }) => !parent).length > 1;
    // Where there is only one network it is always the chosen one.
    this.choice = { network: this.several ? "" : data.groups[0]?.id ?? "", hidden: new Set(), date: "" };
    this.map = this.draw();
    this.markers = unpack(data, listed).map((point) => this.marker(point));
    // Leaflet draws nothing before it has a view.
    this.fit();
    this.show();
    this.listen();
    this.follow();
    drawLand(this.map, data.land).catch(() => figure.classList.add("without-land"));
    const visible = () => this.markers.filter((marker) => this.map.hasLayer(marker));
    moveAmong(this.map, visible);
    nameThose(this.map, visible);
  }

  /** Keeps the address in step with the first map of a page, once someone moves or filters it. */
  follow() {
    if (this.figure !== document.querySelector("figure.map")) return;
    const { view, network, date } = address.read(location.hash);
    const form = this.figure.querySelector(".map-choice");
    const chosen = network && this.data.groups.find(({ id, parent }) => !parent && id.endsWith(`/${network}`));
    if (form?.elements.network && chosen) form.elements.network.value = this.choice.network = chosen.id;
    if (form?.elements.asOf && date) form.elements.asOf.value = this.choice.date = date;
    if (chosen || date) this.show();
    if (view) this.map.setView([view.lat, view.long], view.zoom);
    this.map.on("moveend", () => this.tell());
  }

  tell() {
    const { lat, lng: long } = this.map.getCenter();
    const network = this.several ? this.choice.network.split("/").at(-1) : "";
    const told = address.write({ zoom: this.map.getZoom(), lat, long }, network, this.choice.date);
    history.replaceState(history.state, "", told);
  }

  /** Shows the part of the world in which the chosen points lie. */
  fitChosen() {
    const shown = this.markers.filter((marker) => this.map.hasLayer(marker));
    if (this.choice.network && this.several && shown.length)
      this.map.fitBounds(latLngBounds(shown.map((marker) => marker.getLatLng())), { maxZoom: 6, padding: [30, 30] });
    else this.fit();
    this.tell();
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

  told(belonging) {
    const { group, field, dates } = belonging;
    const item = document.createElement("li");
    const names = [group, field].filter(Boolean).map((id) => this.groups.get(id)?.label ?? id);
    const perhaps = chosen({ groups: [belonging] }, this.choice).length && !certain(belonging, this.choice.date);
    const remarks = [dates, perhaps && this.data.texts.possible].filter(Boolean).join(", ");
    item.textContent = names.join(" · ") + (remarks && ` (${remarks})`);
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
      if (target.name === "network") this.fitChosen();
      else this.tell();
    });
  }

  /** Shows what is chosen: points, legend, list and count. */
  show() {
    let count = 0;
    let possible = 0;
    for (const marker of this.markers) {
      const belongings = chosen(marker.point, this.choice);
      const visible = belongings.length > 0 || !marker.point.groups.length;
      this.place(marker, visible, new Set(belongings.map((belonging) => colour(belonging, this.choice.network))));
      this.entries[marker.point.place]?.toggleAttribute("hidden", !visible);
      const perhaps = belongings.length > 0 && !belongings.some((one) => certain(one, this.choice.date));
      marker.getElement()?.classList.toggle("possible", perhaps);
      count += visible;
      possible += perhaps;
    }
    const status = this.figure.querySelector(".map-count");
    const { count: all, "count-possible": apart } = this.data.texts;
    if (status) status.textContent = (possible ? apart : all).replace("{count}", count).replace("{possible}", possible);
    this.legend();
  }

  place(marker, visible, groups) {
    if (!visible) {
      marker.remove();
      return;
    }
    marker.addTo(this.map);
    const element = marker.getElement();
    const [tone = 1] = [...groups].map((id) => this.groups.get(id).tone).sort();
    // Leaflet keeps classes of its own on it.
    for (const name of [...element.classList]) if (/^g\d$/.test(name)) element.classList.remove(name);
    element.classList.add(`g${tone}`);
    element.classList.toggle("several", groups.size > 1);
    element.setAttribute("aria-label", marker.point.label);
  }

  legend() {
    const { network, hidden } = this.choice;
    for (const label of this.figure.querySelectorAll(".map-legend label")) {
      const box = label.querySelector("input");
      label.hidden = label.dataset.parent !== network;
      box.checked = !hidden.has(box.value);
    }
  }

  fit() {
    const { west, center } = this.data;
    if (this.figure.dataset.extent === "near") {
      this.map.setView(this.markers[0].getLatLng(), 5);
      return;
    }
    if (this.figure.dataset.extent === "part") {
      const [left, south, right, north] = this.data.corners;
      this.map.fitBounds([[south, left], [north, right]], { maxZoom: 6 }); // prettier-ignore
      return;
    }
    this.map.setView([20, center], 0);
    // The whole world where it is wide enough; else the inhabited latitudes, and the rest to be dragged to.
    const wide = this.map.getBoundsZoom([[-50, west + 14], [70, west + 346]]); // prettier-ignore
    const high = this.map.getBoundsZoom([[-50, center - 10], [70, center + 10]]); // prettier-ignore
    this.map.setView([20, wide < high - 0.5 ? center : west + 180], Math.max(wide, high - 0.5));
  }
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
