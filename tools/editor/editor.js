// The editor of the exercise: CodeMirror, as much of it as a program of fifty lines wants.
// tools/editor/bundle makes one file of this; docs/assets/live/exercise.js loads it when the reader begins to edit.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// The classes, and so the colours, of the listings on the page.
const colours = tagHighlighter([
  { tag: tags.comment, class: "c" },
  { tag: [tags.keyword, tags.modifier, tags.bool, tags.null, tags.self], class: "k" },
  { tag: [tags.string, tags.character], class: "s" },
  { tag: tags.number, class: "m" },
  { tag: [tags.processingInstruction, tags.macroName], class: "p" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
      tags.className,
    ],
    class: "f",
  },
]);

/** Takes the place of the text area, with its text, its selection and the focus. */
export function replace(area, attributes, changed) {
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        syntaxHighlighting(colours),
        cpp(),
        keymap.of([indentWithTab, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of(attributes),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed();
        }),
      ],
    }),
  });
  const focused = document.activeElement === area;
  area.replaceWith(view.dom);
  if (focused) view.focus();
  return {
    get text() {
      return view.state.doc.toString();
    },
    /** Can be undone. */
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    focus: () => view.focus(),
  };
}
