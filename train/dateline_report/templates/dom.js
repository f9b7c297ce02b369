// Elements are built one by one; no string is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u;
const SEEN = /[\n\t\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const CONTROLS = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function drawing(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

function button(label, onClick, attributes = {}) {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", onClick);
  return node;
}

// What stands for a character that takes effect but is not seen; "" where it is seen itself.
function signOf(character) {
  if (!HIDDEN.test(character) || SEEN.test(character)) return "";
  const point = character.codePointAt(0);
  return CONTROLS[point] || `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}

// Untrusted text as nodes: characters that would not be seen are signs in a frame.
function shown(text) {
  const nodes = [];
  let seen = "";
  for (const character of text) {
    const sign = signOf(character);
    if (!sign) {
      seen += character;
      continue;
    }
    nodes.push(seen, element("span", { class: "sign" }, sign));
    seen = "";
  }
  return [...nodes, seen].filter((node) => node !== "");
}

// The same, kept from turning what stands around it.
function isolated(text) {
  return element("bdi", {}, ...shown(text));
}

function plainly(text) {
  return Array.from(text, (character) => signOf(character) || character).join("").replace(/\s+/g, " ").trim();
}
