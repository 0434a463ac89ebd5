import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The editor in the colours of the page, whose custom properties reach into its shadow root. */
export const LOOK = EditorView.theme({
  "&": {
    background: "color-mix(in srgb, var(--paper), var(--tint) 55%)",
    border: "1px solid var(--edge)",
    color: "var(--ink)",
    fontSize: "0.95rem",
    minHeight: "14rem",
  },
  // Its host has the outline.
  "&.cm-focused": { outline: "none" },
  // It grows with the query: what scrolled by itself could not be reached by keyboard.
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", minHeight: "14rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "transparent", borderRight: "1px solid var(--rule)", color: "var(--muted)" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--accent) 5%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--rule)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--warn)" },
  ".cm-tooltip-lint": { display: "none" },
  ".cm-tooltip": { background: "var(--paper)", border: "1px solid var(--edge)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.9rem", maxWidth: "min(36rem, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25em 0.7em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-completionDetail": { color: "var(--muted)", fontFamily: "var(--sans)", fontStyle: "normal", fontSize: "0.8rem" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none" },
});

export const TONES = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--group-5)" },
  { tag: [tags.variableName, tags.atom], color: "var(--group-6)" },
  { tag: [tags.namespace, tags.propertyName, tags.className], color: "var(--accent)" },
  { tag: [tags.string, tags.literal], color: "var(--group-3)" },
  { tag: tags.number, color: "var(--group-4)" },
  { tag: tags.comment, color: "var(--muted)" },
]);
