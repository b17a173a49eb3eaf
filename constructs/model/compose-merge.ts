import { isMapping, listOf, type Mapping, mountsOf, namesOf, pairsOf } from "./compose-fields";

/**
 * A service that extends another, merged as compose merges: mappings by key, lists joined, commands replaced.
 * Fields that have two spellings are brought to one first, or a list would hide a mapping.
 */
export function extendService(base: Mapping, service: Mapping): Mapping {
  const merged: Mapping = { ...base };
  for (const [field, value] of Object.entries(service)) {
    merged[field] = field in base ? mergeField(field, base[field], value) : value;
  }
  return merged;
}

function mergeField(field: string, base: unknown, value: unknown): unknown {
  switch (field) {
    case "command":
    case "entrypoint":
      return value;
    case "environment":
    case "labels":
    case "annotations":
      return { ...pairsOf(base), ...pairsOf(value) };
    case "networks":
    case "depends_on":
      return { ...byName(base), ...byName(value) };
    case "volumes":
      return mergeMounts(base, value);
    case "healthcheck":
      return { ...(isMapping(base) ? base : {}), ...(isMapping(value) ? value : {}) };
    default:
      return mergeValue(base, value);
  }
}

function byName(value: unknown): Mapping {
  return isMapping(value) ? value : Object.fromEntries(namesOf(value).map((name) => [name, null]));
}

function mergeMounts(base: unknown, value: unknown): unknown[] {
  const targets = new Set(mountsOf(value).map((mount) => mount.target));
  return [...listOf(base).filter((item) => !targets.has(mountsOf([item])[0]?.target ?? "")), ...listOf(value)];
}

function mergeValue(base: unknown, value: unknown): unknown {
  if (isMapping(base) && isMapping(value)) {
    const merged: Mapping = { ...base };
    for (const [key, item] of Object.entries(value)) {
      merged[key] = key in base ? mergeValue(base[key], item) : item;
    }
    return merged;
  }
  if (Array.isArray(base) || Array.isArray(value)) {
    return [...listOf(base), ...listOf(value)];
  }
  return value;
}
