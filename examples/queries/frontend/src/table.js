/** Rows as a table. Values come in as text nodes, so that none of them is ever read as HTML. */
export function table({ columns, rows, truncated }) {
  const made = element(
    "table",
    element("thead", row("th", columns)),
    element("tbody", ...rows.map((r) => row("td", r))),
  );
  return truncated ? [made, element("p", `The first ${rows.length} rows.`)] : [made];
}

export function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function row(cell, values) {
  return element("tr", ...values.map((value) => element(cell, value === null ? "" : String(value))));
}
