/**
 * Which points a map shows. What it reads is what `unpack.js` makes of the JSON block of the macro `city_map`:
 *
 * @typedef {object} Group  A network or a field of one.
 * @property {string} id
 * @property {string} label
 * @property {string | null} parent  The network of a field; null for a network.
 * @property {number} tone  The number of its colour.
 *
 * @typedef {object} Belonging  One membership: it perhaps holds from the day `from` and before `until`, surely from
 *   `certain` and before `ending`; a day that nothing gives is null.
 * @property {string} group
 * @property {string | null} field
 * @property {string | null} from
 * @property {string | null} until
 * @property {string | null} certain
 * @property {string | null} ending
 * @property {string} dates  The two written out.
 *
 * @typedef {object} Point
 * @property {number} place  Its place in the list of the cities.
 * @property {string} url
 * @property {string} label
 * @property {string} text  A line under the label in the popup: the country, say.
 * @property {number} lat
 * @property {number} long
 * @property {Belonging[]} groups
 *
 * @typedef {{network: string, hidden: Set<string>, date: string}} Choice
 */

/**
 * Gives the memberships of a point that are chosen: on a date those that surely or perhaps held, as in the questions.
 *
 * @param {Point} point
 * @param {Choice} choice  An empty network or date stands for all.
 * @returns {Belonging[]}
 */
export function chosen(point, { network, hidden, date }) {
  return point.groups.filter(
    ({ group, field, from, until }) =>
      (!network || group === network) &&
      !hidden.has(colour({ group, field }, network)) &&
      (!date || (!(from && from > date) && !(until && until <= date))),
  );
}

/**
 * Tells whether a membership surely held on a date; without a date nothing is asked.
 *
 * @param {Belonging} belonging
 * @param {string} date
 */
export function certain({ certain, ending }, date) {
  return !date || Boolean(certain && certain <= date && !(ending && ending <= date));
}

/**
 * Gives the group whose colour a membership has: its field when one network is shown, else its network.
 *
 * @param {{group: string, field: string | null}} belonging
 * @param {string} network
 */
export function colour({ group, field }, network) {
  return (network && field) || group;
}
