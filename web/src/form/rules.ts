import { isOwn } from "../model/copies.ts";
import type { Fields } from "../model/feature.ts";
import type { Code, Field, Layer, Value } from "../model/layer.ts";
import type { Text } from "../model/text.ts";

/** A field of more choices than this is a list to pick from; up to it, one big button each. */
export const MAX_BUTTONS = 6;
/** A longer list is searched by what one writes. */
export const MAX_PLAIN_LIST = 12;

/** What is wrong with a value: a key of the dictionary, with the values its text needs. */
export interface FormProblem {
  key:
    | "problem_required"
    | "problem_number"
    | "problem_integer"
    | "problem_minimum"
    | "problem_maximum"
    | "problem_length"
    | "problem_pattern"
    | "problem_choice"
    | "problem_photo";
  values?: Record<string, string | number>;
}

/** A group of fields as the form shows it; the last one holds what no section of the layer names. */
export interface FormSection {
  key: string;
  title: Text | null;
  fields: Field[];
}

/** The sections of a layer's form, without fields that this feature must not or need not show. */
export function formSections(layer: Layer, fields: Fields): FormSection[] {
  const shown = layer.fields.filter((field) => isShown(layer, field, fields));
  const sections = (layer.sections ?? []).map((section) => ({
    key: section.key,
    title: section.title,
    fields: section.fields.flatMap((name) => shown.filter((field) => field.name === name)),
  }));
  const named = new Set(sections.flatMap((section) => section.fields));
  const others = shown.filter((field) => !named.has(field));
  return [...sections, { key: "_others", title: null, fields: others }].filter((section) => section.fields.length);
}

/** Personal data that was not sent to this tablet is not asked for; a condition hides the rest. */
export function isShown(layer: Layer, field: Field, fields: Fields): boolean {
  return !(field.personal && !(field.name in fields)) && isAsked(layer, field, fields);
}

/** Whether the condition of a field holds, and that of the field which it looks at, and so on. */
function isAsked(layer: Layer, { visible_when }: Field, fields: Fields, before: readonly string[] = []): boolean {
  if (!visible_when) return true;
  if (!visible_when.values.includes(fields[visible_when.field] ?? null)) return false;
  const above = layer.fields.find(({ name }) => name === visible_when.field && !before.includes(name));
  return !above || isAsked(layer, above, fields, [...before, above.name]);
}

export function isEditable(field: Field): boolean {
  return !field.read_only;
}

/** Numbers that stand on a thing as a code, in names of fields. */
const ON_THINGS =
  /(管理|整理|製造|機器|器具|設備|資産|備品|電柱|柱|計器|メーター)番号|型番|シリアル|銘板|バーコード|QR|serial|barcode/i;

/** Whether what a field holds may stand as a code on the thing itself: it names the thing, or is called like that. */
export function isScannable(layer: Layer, field: Field): boolean {
  if (field.type !== "text" || choicesOf(field)) return false;
  return isOwn(layer, field) || ON_THINGS.test(`${field.name} ${field.title.ja} ${field.title.en}`);
}

/** The choices of a field, from its domain or its enumeration; null = free input. */
export function choicesOf(field: Field): Code[] | null {
  if (field.domain) return field.domain.codes;
  const values = field.constraints?.enum;
  return values
    ? values.map((value) => ({ code: String(value), title: { ja: String(value), en: String(value) } }))
    : null;
}

/** The fields of a new feature, from the defaults of its layer. */
export function initialFields(layer: Layer): Fields {
  return Object.fromEntries(
    layer.fields.filter((field) => field.default !== undefined).map((field) => [field.name, field.default ?? null]),
  );
}

/** Reads what a person typed or chose as the value of a field; text that is no number stays text for `checkValue`. */
export function parseInput(field: Field, text: string): Value {
  if (field.type === "text") return text === "" ? null : text;
  const plain = text.normalize("NFKC").trim();
  if (plain === "") return null;
  if (field.type === "boolean") return plain === "true";
  if (field.type === "datetime") return parseLocalTime(plain);
  if (field.type !== "integer" && field.type !== "real") return plain;
  const number = Number(plain.replace(/,/g, "").replace(/^[−‐–—ー]/, "-"));
  return Number.isFinite(number) ? number : text;
}

/** "2026-11-23T11:10" in the tablet's time zone → UTC. */
function parseLocalTime(text: string): string {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? text : instant.toISOString().replace(".000Z", "Z");
}

/** UTC → what an input of type "datetime-local" shows. */
export function formatLocalTime(value: string): string {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return "";
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Says what is wrong with a value, or null. */
export function checkValue(field: Field, value: Value): FormProblem | null {
  const rules = field.constraints ?? {};
  if (value === null || value === "") return rules.required ? { key: "problem_required" } : null;
  if (field.type === "integer" || field.type === "real") {
    if (typeof value !== "number") return { key: "problem_number" };
    if (field.type === "integer" && !Number.isInteger(value)) return { key: "problem_integer" };
  }
  if (rules.minimum !== undefined && value < rules.minimum) {
    return { key: "problem_minimum", values: { minimum: rules.minimum } };
  }
  if (rules.maximum !== undefined && value > rules.maximum) {
    return { key: "problem_maximum", values: { maximum: rules.maximum } };
  }
  const text = String(value);
  if (rules.max_length !== undefined && [...text].length > rules.max_length) {
    return { key: "problem_length", values: { max_length: rules.max_length } };
  }
  if (rules.pattern && !matches(rules.pattern, text)) return { key: "problem_pattern" };
  const choices = choicesOf(field);
  const is_known = !choices || field.domain?.allows_other || choices.some((choice) => choice.code === text);
  return is_known ? null : { key: "problem_choice" };
}

/** Checks the fields a person can see and change. Values that came as they are from the ledger are left alone. */
export function checkForm(layer: Layer, fields: Fields, seen: Fields | null): Record<string, FormProblem> {
  const problems: Record<string, FormProblem> = {};
  for (const field of layer.fields) {
    if (!isEditable(field) || !isShown(layer, field, fields)) continue;
    const value = fields[field.name] ?? null;
    const is_untouched = seen !== null && (seen[field.name] ?? null) === value;
    const problem = is_untouched ? null : checkValue(field, value);
    if (problem) problems[field.name] = problem;
  }
  return problems;
}

/** The whole text must match, as Frictionless asks; a pattern that this browser cannot read checks nothing. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return true;
  }
}
