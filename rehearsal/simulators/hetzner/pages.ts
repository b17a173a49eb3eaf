import type { Context } from "hono";

type Item = Readonly<Record<string, unknown>>;

/** A list: sorted as `sort` asks, cut into pages of `per_page` (25, at most 50), with `meta` and a Link header. */
export function page(context: Context, name: string, all: readonly object[], most = 50): Response {
  const size = Math.min(Math.max(Number(context.req.query("per_page") ?? 25) || 25, 1), most);
  const number = Math.max(Number(context.req.query("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const previous = number > 1 ? number - 1 : null;
  const next = number < last ? number + 1 : null;
  const items = sorted(all as readonly Item[], context.req.queries("sort") ?? []);
  const pagination = {
    page: number,
    per_page: size,
    previous_page: previous,
    next_page: next,
    last_page: last,
    total_entries: all.length,
  };
  const links = [
    ...(previous === null ? [] : [[previous, "prev"] as const]),
    ...(next === null ? [] : [[next, "next"] as const]),
    [last, "last"] as const,
  ];
  const link = ([target, relation]: readonly [number, string]): string => {
    const url = new URL(context.req.url);
    url.searchParams.set("page", String(target));
    return `<${url}>; rel="${relation}"`;
  };
  return Response.json(
    { [name]: items.slice((number - 1) * size, number * size), meta: { pagination } },
    { headers: { link: links.map(link).join(", ") } },
  );
}

/** Orders such as `status` or `id:desc`, the first of them the most important. */
function sorted(items: readonly Item[], orders: readonly string[]): readonly Item[] {
  if (orders.length === 0) return items;
  return [...items].sort((one, other) => {
    for (const order of orders) {
      const [field = "", direction] = order.split(":");
      const difference = compare(one[field], other[field]);
      if (difference !== 0) return direction === "desc" ? -difference : difference;
    }
    return 0;
  });
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one ?? "").localeCompare(String(other ?? ""));
}
