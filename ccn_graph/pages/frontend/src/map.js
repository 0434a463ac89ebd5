// Maps of cities: every `<figure class="map">` that the macro `city_map` (pages/templates/map.html.j2) has written.
import { CityMap } from "./map/city-map.js";

for (const figure of document.querySelectorAll("figure.map")) {
  const block = figure.querySelector('script[type="application/json"]');
  if (block) new CityMap(figure, JSON.parse(block.textContent));
}
