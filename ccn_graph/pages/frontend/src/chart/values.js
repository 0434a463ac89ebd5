const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Tells the values of a chart: of the mark nearest to the pointer, and of one after the other by the arrow keys. A mark
 * is what has a title of its own.
 *
 * @param {SVGSVGElement} svg
 * @param {HTMLElement} place  Where the value is told; `data-hint` says how the keys are used.
 */
export function tellValues(svg, place) {
  const marks = Array.from(svg.querySelectorAll(":not(svg) > title"), (title) => {
    const mark = title.parentElement;
    const text = (mark.dataset.value = title.textContent);
    // The browser's own tip would come late and stand over the chart.
    title.remove();
    return { mark, text };
  });
  if (!marks.length) return;
  const frame = document.createElement("div");
  frame.className = "chart-frame";
  frame.tabIndex = 0;
  frame.role = "group";
  frame.ariaLabel = `${svg.querySelector("title").textContent}. ${place.dataset.hint}`;
  svg.replaceWith(frame);
  frame.append(svg);
  let told = -1;
  const tell = (number) => {
    marks[told]?.mark.classList.remove("told");
    told = number;
    marks[told]?.mark.classList.add("told");
    place.textContent = marks[told]?.text ?? "";
  };
  svg.addEventListener("pointermove", (event) => tell(nearest(marks, event)));
  svg.addEventListener("pointerleave", () => tell(-1));
  frame.addEventListener("blur", () => tell(-1));
  frame.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    tell((Math.max(told, STEPS[event.key] < 0 ? 0 : -1) + STEPS[event.key] + marks.length) % marks.length);
  });
}

function nearest(marks, { clientX, clientY }) {
  const away = marks.map(({ mark }) => {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    return Math.hypot(Math.max(left - clientX, 0, clientX - right), Math.max(top - clientY, 0, clientY - bottom));
  });
  return away.indexOf(Math.min(...away));
}
