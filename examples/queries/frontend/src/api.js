/** The backend, as the page's own meta element names it. */
const base = document.querySelector('meta[name="api"]').content;

export const session = {
  get token() {
    return sessionStorage.getItem("token");
  },
  set token(token) {
    sessionStorage.setItem("token", token);
  },
};

/** Asks the backend; what it refuses is thrown with its own words. */
export async function ask(path, { body, ...options } = {}) {
  const form = body instanceof FormData;
  const answer = await fetch(base + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(session.token ? { authorization: `Bearer ${session.token}` } : {}),
      ...(body === undefined || form ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined || form ? body : JSON.stringify(body),
    ...options,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(reason(text) ?? `the server answers ${answer.status}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** What a refusal says; a list of faults says it of each. */
function reason(text) {
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join("; ");
  } catch {
    return undefined;
  }
}
