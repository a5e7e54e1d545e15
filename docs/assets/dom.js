// Every script makes its parts of the page with this. No state, because live/ has its own copy of it.

export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A button that does something. */
export function button(text, action, attributes = {}) {
  const node = make("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", action);
  return node;
}

const ICONS = {
  play: "M7 4.500v15l12-7.500z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  again: "M12 5V1.500L6.500 6.500 12 11.500V8a5 5 0 1 1-5 5H4a8 8 0 1 0 8-8z",
  begin: "M5 5h2.500v14H5zm14 0v14L9 12z",
  end: "M16.500 5H19v14h-2.500zM5 5v14l11-7z",
  back: "M15 5v14L6 12zm1.500 0H19v14h-2.500z",
  on: "M9 5v14l9-7zM5 5h2.500v14H5z",
  stop: "M6 6h12v12H6z",
};
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = `<path d="${ICONS[name]}"/>`;
  return svg;
}
