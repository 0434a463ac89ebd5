const TOKEN = /"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|<[^\s<>"{}|^`\\]*>|#.*|[{}();,]|[^\s{}();,"'<#]+|\S/g;
const HEADS = /^(?:PREFIX|BASE|SELECT|CONSTRUCT|ASK|DESCRIBE|FROM|WHERE|ORDER|GROUP|HAVING|LIMIT|OFFSET|VALUES|OPTIONAL|FILTER|BIND|MINUS|GRAPH|SERVICE)$/i;

/**
 * Lays out a query: a pattern a line, two blanks for each brace, predicates of one subject below each other. Nothing but
 * blanks and ends of lines is changed.
 *
 * @param {string} query
 */
export function tidied(query) {
  const lines = [];
  let line = "";
  let depth = 0;
  let parentheses = 0;
  let continued = false;
  const end = () => {
    if (line) lines.push("  ".repeat(depth + (continued ? 1 : 0)) + line);
    line = "";
  };
  let last = 0;
  for (const { 0: found, index } of query.matchAll(TOKEN)) {
    const gap = query.slice(last, index);
    last = index + found.length;
    // A full stop that ends a pattern may stick to its last word.
    const parts = /[^.\d]\.$/.test(found) && !/^["'<#]/.test(found) ? [found.slice(0, -1), "."] : [found];
    for (const [number, token] of parts.entries()) {
      const apart = number === 0 && gap ? " " : "";
      if (gap.includes("\n\n") && !line && number === 0 && lines.length && lines.at(-1)) lines.push("");
      if (token.startsWith("#")) {
        if (gap.includes("\n")) end();
        line += (line && " ") + token;
        end();
      } else if (token === "{" && !parentheses) {
        line += (line && " ") + token;
        end();
        continued = false;
        depth += 1;
      } else if (token === "}" && !parentheses) {
        end();
        continued = false;
        depth = Math.max(0, depth - 1);
        line = token;
      } else if (token === ";" && !parentheses) {
        line += " ;";
        end();
        continued = true;
      } else if (token === "." && !parentheses) {
        line += " .";
        end();
        continued = false;
      } else {
        if (!parentheses && HEADS.test(token) && (line.trim() !== "" || continued)) {
          // `SELECT … WHERE {` may share a line, as may `} WHERE`.
          if (!/^WHERE$/i.test(token)) {
            end();
            continued = false;
          }
        } else if (line === "}" && !/^UNION$/i.test(token)) end();
        if (token === "(") parentheses += 1;
        if (token === ")") parentheses -= 1;
        line += (line && apart) + token;
      }
    }
  }
  end();
  return `${lines.join("\n")}\n`;
}
