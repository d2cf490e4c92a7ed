/** What a citation says, shown beside its number while the pointer or the focus is on it. */

import { byId, el } from "./dom.js";

const GAP = 8;
const SOON = 120;

let waiting = null;

/** Have `button` show what `build()` returns. */
export function previewing(button, build) {
  const show = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => reveal(button, build()), SOON);
  };
  button.addEventListener("mouseenter", show);
  button.addEventListener("focus", () => button.matches(":focus-visible") && show());
  for (const over of ["mouseleave", "blur", "click"]) button.addEventListener(over, hidePreview);
}

/** Take away what is shown; tell whether anything was. */
export function hidePreview() {
  clearTimeout(waiting);
  const box = byId("preview");
  if (box.hidden) return false;
  box.hidden = true;
  return true;
}

function reveal(button, nodes) {
  if (!button.isConnected) return;
  const box = byId("preview");
  box.replaceChildren(el("div", {}, ...nodes));
  box.hidden = false;
  const [at, size] = [button.getBoundingClientRect(), box.getBoundingClientRect()];
  const left = Math.max(GAP, Math.min(at.left, document.documentElement.clientWidth - size.width - GAP));
  const above = at.top - size.height - GAP;
  box.style.left = `${left}px`;
  box.style.top = `${above >= GAP ? above : at.bottom + GAP}px`;
}
