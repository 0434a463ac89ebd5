/**
 * Reads the JSON block of a map, in which texts and days are numbers of `words`, groups are numbers of `groups` (-1 is
 * none), and the points stand in the order of the list below the map, which has their names and addresses:
 * `[lat, long, text, [[group, field, from, certain, ending, until, dates], …], label?, url?]`.
 *
 * @param {{words: string[], groups: import("./filter.js").Group[], points: any[]}} data
 * @param {{label: string, url: string}[]} listed
 * @returns {import("./filter.js").Point[]}
 */
export function unpack({ words, groups, points }, listed) {
  const word = (number) => words[number] ?? null;
  return points.map(([lat, long, text, belongings, label, url], place) => ({
    lat,
    long,
    place,
    text: word(text) ?? "",
    label: label ?? listed[place]?.label ?? "",
    url: url ?? listed[place]?.url ?? "",
    groups: belongings.map(([group, field, from, certain, ending, until, dates]) => ({
      group: groups[group].id,
      field: groups[field]?.id ?? null,
      from: word(from),
      certain: word(certain),
      ending: word(ending),
      until: word(until),
      dates: word(dates) ?? "",
    })),
  }));
}
