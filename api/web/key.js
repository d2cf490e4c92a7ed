/** Asking for an API key where the service wants one. */

import { setKey } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

/** A form that keeps the key that is typed for this tab, and then calls `used`. */
export function keyForm(used) {
  const input = el("input", { type: "password", required: true, autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    setKey(input.value.trim());
    used();
  };
  return el(
    "form",
    { class: "key", submit },
    el("label", {}, `${t("key")} `, input),
    el("button", { class: "quiet" }, t("keySave")),
    el("p", { class: "detail" }, t("keyHint")),
  );
}

/** What to show for a `problem`: what is wrong, and the way on, which is a key or another try. */
export function failure(problem, again) {
  const known = t(`failed.${problem.status}`);
  return el(
    "div",
    { class: "failure", role: "alert" },
    el("p", {}, known ?? t("failed.other")),
    known || !problem.message ? null : el("p", { class: "detail" }, problem.message),
    problem.status === 401 || problem.status === 403
      ? keyForm(again)
      : el("button", { type: "button", class: "quiet", click: again }, t("retry")),
  );
}
