/**
 * Lets a button copy text: `<button hidden data-copy="#id" data-done="Copied">Copy</button>` copies what the element
 * `#id` shows (or the value of a field), and says so for two seconds. It is hidden until the script runs.
 *
 * @param {HTMLButtonElement} button
 */
export function makeCopyable(button) {
  const source = document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => copy(button, source.value ?? source.textContent));
}

/**
 * Copies `text` and says in `button` that it is done.
 *
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
export async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const label = (button.dataset.label ??= button.textContent);
  button.textContent = button.dataset.done;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = String(setTimeout(() => (button.textContent = label), 2000));
}
