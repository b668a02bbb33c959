import type { Text } from "./text.ts";

/** A field's value, everywhere: a JSON scalar. A date is "YYYY-MM-DD", a datetime UTC "…Z". */
export type Value = string | number | boolean | null;

export type FieldType = "text" | "integer" | "real" | "boolean" | "date" | "datetime";

export interface Code {
  code: string;
  title: Text;
  aliases?: string[];
}

/** The allowed values of a field; `allows_other` makes the list a suggestion. */
export interface Domain {
  allows_other: boolean;
  codes: Code[];
}

export interface Constraints {
  required?: boolean;
  unique?: boolean;
  minimum?: number | string;
  maximum?: number | string;
  max_length?: number;
  pattern?: string;
  enum?: Value[];
}

/** docs/format.md §1; in the JSON form domains are always in place. */
export interface Field {
  field_id: string;
  name: string;
  title: Text;
  help?: Text;
  type: FieldType;
  unit?: string;
  domain?: Domain;
  constraints?: Constraints;
  default?: Value;
  visible_when?: { field: string; values: Value[] };
  read_only?: boolean;
  personal?: boolean;
  relation?: string;
}

export type Shape = "circle" | "square" | "triangle" | "diamond" | "cross";

export interface StyleCategory {
  code: string;
  color: string;
  shape?: Shape;
}

export interface Style {
  color?: string;
  shape?: Shape;
  min_zoom?: number;
  label_min_zoom?: number;
  category_field?: string;
  categories?: StyleCategory[];
}

export interface Section {
  key: string;
  title: Text;
  fields: string[];
}

export interface PhotoRules {
  max_count: number;
  max_edge_px: number;
  required: boolean;
}

export type GeometryType =
  | "Point"
  | "LineString"
  | "Polygon"
  | "MultiPoint"
  | "MultiLineString"
  | "MultiPolygon"
  | "Geometry";

/** The definition of one kind of feature. */
export interface Layer {
  format: "gis-capture.layer/v1";
  key: string;
  definition_version: number;
  title: Text;
  description?: Text;
  geometry_type: GeometryType;
  crs: string;
  key_fields?: string[];
  label?: string;
  photo?: Partial<PhotoRules>;
  style?: Style;
  sections?: Section[];
  fields: Field[];
}

const PHOTO_RULES: PhotoRules = { max_count: 10, max_edge_px: 2048, required: false };

export function photoRules(layer: Layer): PhotoRules {
  return { ...PHOTO_RULES, ...layer.photo };
}
