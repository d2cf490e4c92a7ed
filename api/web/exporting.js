/** A conversation as a file: Markdown for people, JSON for programs. */

import { permalink, plain } from "./cite.js";
import { t } from "./i18n.js";
import { oneLine } from "./text.js";
import { numbered } from "./turn.js";

/** Save `turns` as a file of the given kind, "markdown" or "json". */
export function save(turns, kind) {
  const name = `gazette-${new Date().toLocaleDateString("sv")}`;
  if (kind === "json") download(`${name}.json`, "application/json", JSON.stringify(asJson(turns), null, 2));
  else download(`${name}.md`, "text/markdown", asMarkdown(turns));
}

/** Return the turns as JSON, each citation with its permanent link. */
export function asJson(turns) {
  const linked = (answer) => ({
    ...answer,
    items: answer.items.map((item) => ({
      ...item,
      citations: item.citations.map((citation) => ({ ...citation, link: permalink(citation) })),
    })),
  });
  const asked = turns.filter(({ answer }) => answer);
  return {
    turns: asked.map(({ question, understood, filters, answer }) => ({ question, understood, filters, answer: linked(answer) })),
  };
}

/** Return the turns as Markdown: every question a heading, every quote with its source and link. */
export function asMarkdown(turns) {
  const parts = turns.filter(({ answer }) => answer).map(({ question, answer }) => {
    const said = answer.answered ? escaped(answer.answer) : t("declined");
    const quotes = [...numbered(answer).values()].map(({ number, citation }) => {
      const [quote, source, link] = plain(citation, permalink(citation)).split("\n");
      return `${number}. ${escaped(quote)}  \n   ${escaped(source)}  \n   <${link}>`;
    });
    return [`## ${escaped(oneLine(question))}`, said, ...(quotes.length ? [quotes.join("\n")] : [])].join("\n\n");
  });
  return `# ${t("title")}\n\n${parts.join("\n\n")}\n`;
}

const escaped = (text) => text.replace(/[\\`*_[\]<>#|~]/g, "\\$&");

function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
