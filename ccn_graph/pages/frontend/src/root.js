/** The path below which the site stands, with a slash at its end: `/`, or `/graph/` behind a proxy that serves it there. */
export const ROOT = globalThis.document?.body.dataset.root ?? "/";
