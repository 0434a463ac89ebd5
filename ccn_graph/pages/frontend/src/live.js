const WAIT = 250; // milliseconds after the last key

/**
 * Narrows a list while one types or chooses: `<form data-live="#list">` asks for the page that its form leads to, and
 * puts what that has at `#list` in the place of what is here. The address follows, so that it can be passed on.
 *
 * @param {HTMLFormElement} form
 */
export function followForm(form) {
  let timer = 0;
  let request = new AbortController();
  const ask = (wait) => {
    clearTimeout(timer);
    request.abort();
    timer = setTimeout(() => show((request = new AbortController()).signal), wait);
  };
  const show = async (signal) => {
    const given = [...new FormData(form)].filter(([, value]) => value);
    const url = `${form.getAttribute("action")}?${new URLSearchParams(given)}`;
    const place = document.querySelector(form.dataset.live);
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { signal, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector(form.dataset.live);
      if (!response.ok || !fresh) return form.submit();
      place.replaceWith(document.adoptNode(fresh));
      offer(form, page.querySelector(`form[data-live="${form.dataset.live}"]`));
      history.replaceState(history.state, "", url);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  };
  form.addEventListener("input", (event) => event.isComposing || ask(event.target.matches("select") ? 0 : WAIT));
  form.addEventListener("compositionend", () => ask(WAIT));
}

/** Puts the choices that are left, with their numbers, in the place of those that were; the focus stays where it is. */
function offer(form, fresh) {
  for (const select of form.querySelectorAll("select")) {
    const other = fresh?.querySelector(`select[name="${select.name}"]`);
    if (!other) continue;
    const { value } = select;
    select.replaceChildren(...other.options);
    select.value = value;
  }
}
