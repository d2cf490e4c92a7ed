/** What the reader chose, remembered where the browser lets us. */

const DEFAULTS = { language: null, theme: "auto" };
const PREFIX = "gazette.";

/** A storage that forgets when the browser offers none, as in some private windows. */
function storage(kind) {
  try {
    window[kind].getItem("");
    return window[kind];
  } catch {
    const kept = new Map();
    return {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => kept.set(name, value),
      removeItem: (name) => kept.delete(name),
    };
  }
}

const lasting = storage("localStorage");
const visit = storage("sessionStorage");

export const setting = (name) => lasting.getItem(PREFIX + name) ?? DEFAULTS[name];
export const setSetting = (name, value) => lasting.setItem(PREFIX + name, value);

/** Values of this tab only: the running session, an API key. */
export const remembered = (name) => visit.getItem(PREFIX + name);
export function remember(name, value) {
  if (value === null) visit.removeItem(PREFIX + name);
  else visit.setItem(PREFIX + name, value);
}

/** Show the page in `theme`: "auto", "light" or "dark". */
export function applyTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
