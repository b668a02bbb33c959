import type { Fields } from "./feature.ts";
import type { Field, Layer, Value } from "./layer.ts";
import type { Language } from "./text.ts";

/** Fills the layer's template, "{ledger_number} {name}"; empty where nothing in it has a value. */
export function featureLabel(layer: Layer, fields: Fields, language: Language): string {
  const text = (layer.label ?? "").replace(/\{(\w+)\}/g, (_, name: string) => {
    const field = layer.fields.find((candidate) => candidate.name === name);
    return field ? valueText(field, fields[name] ?? null, language) : String(fields[name] ?? "");
  });
  return text.replace(/\s+/g, " ").trim();
}

/** A value as people read it: the title of a code, はい / いいえ, a number with its unit. */
export function valueText(field: Field, value: Value, language: Language): string {
  if (value === null || value === "") return "";
  if (typeof value === "boolean") return { ja: ["いいえ", "はい"], en: ["No", "Yes"] }[language][Number(value)] ?? "";
  if (field.type === "datetime" && !Number.isNaN(Date.parse(String(value))))
    return new Date(String(value)).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const code = field.domain?.codes.find((candidate) => candidate.code === String(value));
  const text = code ? code.title[language] : String(value);
  return field.unit && typeof value === "number" ? `${text} ${field.unit}` : text;
}
