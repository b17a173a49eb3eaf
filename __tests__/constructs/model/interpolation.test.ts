import { InterpolationError, parseTemplate, referencesOf, substitute } from "../../../constructs/model/interpolation";

const VALUES = { A: "1", EMPTY: "", QUOTED: 'a "b" $A ${A}' };

test.each([
  ["plain", "plain"],
  ["$A-${A}", "1-1"],
  ["$$A $${A} $$$A", "$A ${A} $1"],
  ["${EMPTY:-x}|${EMPTY-x}|${NONE:-x}|${NONE-x}", "x||x|x"],
  ["${A:+y}|${EMPTY:+y}|${EMPTY+y}|${NONE+y}", "y||y|"],
  ["${NONE:-${EMPTY:-${A}}}", "1"],
  ["${NONE:-a}b}", "ab}"],
  ["${NONE:-http://x:1/?q=}", "http://x:1/?q="],
  ["${A:?must be}", "1"],
  ["[$NONE]", "[]"],
  ["$QUOTED", 'a "b" $A ${A}'],
])("%s", (text, expected) => {
  expect(substitute(parseTemplate(text), VALUES)).toBe(expected);
});

test.each(["$", "${", "${}", "${1}", "$1", "${A", "${A x}", "a $ b"])("%j is refused", (text) => {
  expect(() => parseTemplate(text)).toThrow(InterpolationError);
});

test("references within defaults are found", () => {
  expect(referencesOf(parseTemplate("${A:-${B:?}} $C")).map((reference) => reference.name)).toEqual(["A", "B", "C"]);
});
