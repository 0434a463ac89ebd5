import { autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, ensureSyntaxTree, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";
import { LOOK, TONES } from "./look.js";

/**
 * A text area for SPARQL. It lies in a shadow root, for there its styles are allowed by the policy of the page.
 */
export class TextArea {
  /**
   * @param {object} given
   * @param {string} given.value
   * @param {string} given.label
   * @param {string} given.description
   * @param {Record<string, string>} given.prefixes  Prefixes that are declared by themselves when they are used.
   * @param {import("./completion.js").Completion} given.completion
   * @param {string} given.completions  What the list of completions is called.
   * @param {() => void} given.run  Called for Ctrl+Enter.
   * @param {(fault: Fault | null) => void} given.left  Called when a line that was changed is left.
   */
  constructor(given) {
    this.given = given;
    this.host = document.createElement("div");
    this.host.className = "query-text";
    const root = this.host.attachShadow({ mode: "open", delegatesFocus: true });
    this.view = new EditorView({ root, parent: root, state: this.state(given.value) });
  }

  state(doc) {
    const { label, description, completion, completions, run } = this.given;
    const keys = [
      { key: "Mod-Enter", run: () => (run(), true) },
      { key: "Ctrl-Space", run: startCompletion },
      ...completionKeymap, ...defaultKeymap, ...historyKeymap,
    ];
    return EditorState.create({
      doc,
      extensions: [
        sparql(), history(), lineNumbers(), drawSelection(), highlightActiveLine(), bracketMatching(), indentUnit.of("  "),
        keymap.of(keys), syntaxHighlighting(TONES), LOOK, EditorView.lineWrapping,
        autocompletion({ override: [(context) => completion.find(context)], icons: false, interactionDelay: 0 }),
        EditorState.phrases.of({ Completions: completions }),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": description, spellcheck: "false" }),
        EditorView.updateListener.of((update) => this.updated(update)),
      ],
    });
  }

  get value() {
    return this.view.state.doc.toString();
  }

  set value(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    this.changed = false;
  }

  focus() {
    this.view.focus();
  }

  append(text) {
    this.view.dispatch({ changes: { from: this.view.state.doc.length, insert: `\n${text}\n` } });
  }

  /** Sets the cursor at a place of which somebody complains, and marks it. */
  point(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(line, doc.lines));
    const from = Math.min(at.from + Math.max(0, (column ?? 1) - 1), at.to);
    this.view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    this.mark(from, Math.max(at.to, from));
    this.focus();
  }

  mark(from, to) {
    this.view.dispatch(setDiagnostics(this.view.state, from < 0 ? [] : [{ from, to, severity: "error", message: "" }]));
  }

  /** Nobody is told of a mistake while they write: only when they leave the line. */
  updated(update) {
    if (update.docChanged) this.changed = true;
    const line = (state) => state.doc.lineAt(state.selection.main.head).number;
    const moved = update.selectionSet && line(update.startState) !== line(update.state);
    if (this.changed && (moved || (update.focusChanged && !update.view.hasFocus))) {
      this.changed = false;
      // The view may not be changed while it is being updated.
      queueMicrotask(() => {
        this.declare();
        const fault = this.fault();
        this.mark(fault?.from ?? -1, fault?.to ?? -1);
        this.given.left(fault);
      });
    }
  }

  tree() {
    const { state } = this.view;
    return ensureSyntaxTree(state, state.doc.length, 1000);
  }

  /**
   * Finds the first place where the text is not SPARQL.
   *
   * @typedef {{line: number, from: number, to: number, unclosed: number}} Fault  `unclosed` braces are open at the end.
   * @returns {Fault | null}
   */
  fault() {
    let found = null;
    const { doc } = this.view.state;
    this.tree()?.iterate({
      enter({ type, from, to }) {
        if (type.isError && !found) found = { line: doc.lineAt(from).number, from, to: Math.max(to, from) };
      },
    });
    if (!found) return null;
    const bare = this.value.replace(/"""[^]*?"""|"[^"\n]*"|'[^'\n]*'|<[^\s<>]*>|#.*/g, "");
    return { ...found, unclosed: Math.max(0, bare.split("{").length - bare.split("}").length) };
  }

  /** Declares the known prefixes that are used and not declared. */
  declare() {
    const used = new Set();
    const declared = new Set();
    const { doc } = this.view.state;
    this.tree()?.iterate({
      enter({ name, node, from, to }) {
        if (!/^Pname/.test(name)) return;
        const prefix = doc.sliceString(from, to).split(":")[0];
        (node.parent?.name === "PrefixDecl" ? declared : used).add(prefix);
      },
    });
    const missing = [...used].filter((prefix) => !declared.has(prefix) && this.given.prefixes[prefix]).sort();
    const insert = missing.map((prefix) => `PREFIX ${prefix}: <${this.given.prefixes[prefix]}>\n`).join("");
    if (insert) this.view.dispatch({ changes: { from: this.head(), insert } });
  }

  /** Gives the place for declarations: below the comments at the top. */
  head() {
    return /^(?:[^\S\n]*(?:#[^\n]*)?\n)*/.exec(this.value)[0].length;
  }

  replace(from, to, insert) {
    this.view.dispatch({ changes: { from, to, insert } });
  }
}
