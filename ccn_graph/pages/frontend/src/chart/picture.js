const SVG = "http://www.w3.org/2000/svg";
const LOOKS = ["fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "font-size", "font-weight"];
const MARGIN = 16;
const LINE = 22;

/**
 * Keeps a chart as a file: as it looks now, with its title above, its key, and below where it comes from.
 *
 * @param {SVGSVGElement} svg
 * @param {"svg" | "png"} form
 */
export async function keepPicture(svg, form) {
  const picture = alone(svg);
  const text = new XMLSerializer().serializeToString(picture);
  const made = form === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await pixels(text, picture);
  const link = document.createElement("a");
  const page = location.pathname.split("/").pop().replace(/\.html$/, "") || "chart";
  link.download = `${page}-${svg.querySelector("title").id.replace(/-title$/, "")}.${form}`;
  link.href = URL.createObjectURL(made);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Copies a chart so that it needs nothing of the page: styles become attributes, what it refers to comes along. */
function alone(svg) {
  const { width, height } = svg.getBoundingClientRect();
  const body = getComputedStyle(document.body);
  const picture = element("svg", { xmlns: SVG, "font-family": body.fontFamily, "font-size": 14, fill: body.color });
  const chart = dressed(svg);
  for (const mark of chart.querySelectorAll("[data-value]")) mark.append(told(mark.dataset.value));
  const above = broken(svg.querySelector("title").textContent, width);
  const keys = svg.closest("figure").querySelectorAll(".chart-legend li");
  const below = broken(document.querySelector(".cite p")?.innerText ?? location.href, width);
  const top = MARGIN + LINE * above.length + MARGIN / 2;
  const whole = top + height + LINE * (keys.length + below.length) + 2 * MARGIN;
  Object.entries({ x: MARGIN, y: top, width, height, overflow: "visible" }).forEach(([name, value]) => chart.setAttribute(name, value));
  picture.setAttribute("width", width + 2 * MARGIN);
  picture.setAttribute("height", whole);
  const paper = element("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.documentElement).backgroundColor });
  const hatch = document.getElementById("hatch");
  picture.append(paper, ...(hatch ? [dressed(hatch)] : []), ...lines(above, MARGIN + LINE / 2, 16), chart);
  keys.forEach((item, number) => picture.append(...key(item, top + height + MARGIN + LINE * number)));
  picture.append(...lines(below, top + height + MARGIN + LINE * (keys.length + 0.5), 12));
  return picture;
}

function dressed(original) {
  const copy = original.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  [original, ...original.querySelectorAll("*")].forEach((from, number) => {
    const looks = getComputedStyle(from);
    for (const name of LOOKS) copies[number].setAttribute(name, looks.getPropertyValue(name).replace(/^context-.*$/, "none"));
    copies[number].removeAttribute("class");
  });
  return copy;
}

function key(item, y) {
  const sign = dressed(item.querySelector("svg"));
  sign.setAttribute("x", MARGIN);
  sign.setAttribute("y", y);
  const text = element("text", { x: MARGIN + 36, y: y + 10 });
  text.textContent = item.textContent.trim();
  return [sign, text];
}

function told(value) {
  const title = element("title", {});
  title.textContent = value;
  return title;
}

function lines(texts, y, size) {
  return texts.map((line, number) => {
    const text = element("text", { x: MARGIN, y: y + LINE * number, "font-size": size });
    text.textContent = line;
    return text;
  });
}

/** Breaks a text into lines about as long as `width` pixels take; between words, or anywhere where there are none. */
function broken(text, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `15px ${getComputedStyle(document.body).fontFamily}`;
  const found = [""];
  for (const part of text.match(/[\x21-\x7e]+\s*|./gsu) ?? []) {
    if (found.at(-1) && pen.measureText(found.at(-1) + part).width > width) found.push("");
    found[found.length - 1] += part;
  }
  return found.map((line) => line.trim());
}

async function pixels(text, picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * picture.getAttribute("width");
  canvas.height = 2 * picture.getAttribute("height");
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) attribute === "xmlns" || made.setAttribute(attribute, value);
  return made;
}
