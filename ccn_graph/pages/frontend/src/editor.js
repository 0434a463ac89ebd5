// The query editor at /sparql. Without the script the page is a form that sends its query.
import { QueryEditor } from "./editor/query-editor.js";

const form = document.querySelector("form.query");
const block = document.getElementById("query-data");
if (form && block) new QueryEditor(form, JSON.parse(block.textContent));
