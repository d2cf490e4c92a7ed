/** Adding files from the page: chosen or dropped, sent one after the other, each with its progress and what became of it. */

import { upload } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

const TRIES = 30;
const PAUSE = 1000;
const SHOWN = 10; // of what could not be read

/** A form to choose files with; `done()` is called when all have been sent. */
export function addForm(done) {
  const input = el("input", { type: "file", multiple: true, id: "add-files", "aria-describedby": "add-hint" });
  const report = el("ul", { class: "report", "aria-live": "polite" });
  const finish = el("button", { type: "button", class: "quiet", hidden: true, click: done }, t("showNewFiles"));
  const send = async (files) => {
    input.disabled = true;
    for (const file of files) await sent(file, report);
    input.disabled = false;
    input.value = "";
    finish.hidden = false;
    finish.focus();
  };
  input.addEventListener("change", () => send([...input.files]));
  const dropped = (event) => {
    event.preventDefault();
    if (!input.disabled && event.dataTransfer.files.length) send([...event.dataTransfer.files]);
  };
  return el(
    "form",
    { class: "adding", dragover: (event) => event.preventDefault(), drop: dropped, submit: (event) => event.preventDefault() },
    el("label", { for: "add-files", class: "label" }, t("addFiles")),
    input,
    el("p", { id: "add-hint", class: "hint" }, t("addHint")),
    report,
    finish,
  );
}

/** Send one file and say how it went; another writer is waited for. */
async function sent(file, report) {
  const progress = el("progress", { max: "100", value: "0", "aria-label": file.name });
  const state = el("span", {}, t("sending"));
  const entry = el("li", {}, el("b", {}, file.name), " ", progress, " ", state);
  report.append(entry);
  for (let tries = 0; ; tries += 1) {
    try {
      const { documents, skipped } = await upload(file, (share) => {
        progress.value = share * 100;
        if (share === 1) {
          progress.removeAttribute("value"); // how long indexing takes is not known
          state.textContent = t("indexing");
        }
      });
      entry.className = "added";
      state.textContent = t("added", documents.length);
      if (skipped.length) state.append(` ${t("notAdded")} ${skipped.slice(0, SHOWN).join("; ")}`);
      break;
    } catch (problem) {
      if (problem.status === 409 && tries < TRIES) {
        state.textContent = t("waitingToWrite");
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        continue;
      }
      entry.className = "refused";
      state.textContent = `${t("notAdded")} ${problem.status === 422 || !t(`failed.${problem.status}`) ? problem.message : t(`failed.${problem.status}`)}`;
      break;
    }
  }
  progress.remove();
}
