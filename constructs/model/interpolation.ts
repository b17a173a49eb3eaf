/** A variable in a compose file: `${NAME}`, `$NAME`, or `${NAME:-word}` and its kin; the word may hold more of them. */
export interface Reference {
  readonly name: string;
  readonly operator: "" | ":-" | "-" | ":?" | "?" | ":+" | "+";
  readonly word: Template;
}

/** A text of a compose file, taken apart. `$$` has become `$`. */
export type Template = readonly (string | Reference)[];

/** A `$` that compose would not understand. */
export class InterpolationError extends Error {}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const OPERATOR = /^(:-|-|:\?|\?|:\+|\+)/;

/** Takes a text apart as compose does. @throws InterpolationError */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = [];
  let literal = "";
  let position = 0;
  while (position < text.length) {
    const dollar = text.indexOf("$", position);
    if (dollar === -1) {
      literal += text.slice(position);
      break;
    }
    literal += text.slice(position, dollar);
    if (text[dollar + 1] === "$") {
      literal += "$";
      position = dollar + 2;
      continue;
    }
    const [reference, end] = parseReference(text, dollar);
    if (literal !== "") {
      parts.push(literal);
      literal = "";
    }
    parts.push(reference);
    position = end;
  }
  if (literal !== "") {
    parts.push(literal);
  }
  return parts;
}

function parseReference(text: string, dollar: number): [Reference, number] {
  const braced = text[dollar + 1] === "{";
  const start = dollar + (braced ? 2 : 1);
  const name = NAME.exec(text.slice(start))?.[0];
  if (name === undefined) {
    throw new InterpolationError(excerpt(text, dollar));
  }
  const afterName = start + name.length;
  if (!braced) {
    return [{ name, operator: "", word: [] }, afterName];
  }
  const end = closingBrace(text, dollar);
  const operator = (OPERATOR.exec(text.slice(afterName, end))?.[0] ?? "") as Reference["operator"];
  const word = text.slice(afterName + operator.length, end);
  if (operator === "" && word !== "") {
    throw new InterpolationError(excerpt(text, dollar));
  }
  return [{ name, operator, word: parseTemplate(word) }, end + 1];
}

function closingBrace(text: string, dollar: number): number {
  let depth = 0;
  for (let position = dollar; position < text.length; position++) {
    if (text.startsWith("${", position)) {
      depth++;
      position++;
    } else if (text[position] === "}") {
      depth--;
      if (depth === 0) {
        return position;
      }
    }
  }
  throw new InterpolationError(excerpt(text, dollar));
}

function excerpt(text: string, from: number): string {
  return text.slice(from, from + 24).split("\n")[0] ?? "";
}

/** The text with every variable replaced; a variable without value and default becomes empty, as compose does. */
export function substitute(template: Template, values: Readonly<Record<string, string>>): string {
  return template.map((part) => (typeof part === "string" ? part : replacementOf(part, values))).join("");
}

function replacementOf(reference: Reference, values: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(values, reference.name) ? values[reference.name] : undefined;
  const counts = reference.operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  switch (reference.operator) {
    case ":+":
    case "+":
      return counts ? substitute(reference.word, values) : "";
    case ":-":
    case "-":
      return counts ? (value ?? "") : substitute(reference.word, values);
    default:
      return value ?? "";
  }
}

/** Every reference of a template, those within defaults included. */
export function referencesOf(template: Template): Reference[] {
  return template.flatMap((part) => (typeof part === "string" ? [] : [part, ...referencesOf(part.word)]));
}

/** Whether compose, or the application, can't do without a value. */
export function needsValue(reference: Reference): boolean {
  return reference.operator === "" || reference.operator === "?" || reference.operator === ":?";
}
