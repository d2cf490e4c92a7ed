/** Elements without markup: text goes in as text, whatever it holds. */

/**
 * Create an element. A function among the attributes listens to the event of its name; `null` and `false` are left
 * out; `true` is an empty attribute. Children are nodes or text; `null` is left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** The element with this id, which the page has. */
export const byId = (id) => document.getElementById(id);
