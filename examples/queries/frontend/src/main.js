import { ask, session } from "./api.js";
import { element, table } from "./table.js";

const find = (id) => document.getElementById(id);
let workspace;

/** Does what a form asks for; what goes wrong is said on the page. */
function onSubmit(id, work) {
  find(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    find("problem").textContent = "";
    try {
      await work(new FormData(event.target, event.submitter));
    } catch (error) {
      find("problem").textContent = error.message;
    }
  });
}

async function open() {
  const [first] = await ask("/workspaces");
  workspace = first ?? (await ask("/workspaces", { body: { name: "My files" } }));
  find("sign-in").hidden = true;
  find("workspace").hidden = false;
  await showFiles();
}

async function showFiles() {
  const files = await ask(`/workspaces/${workspace.id}/files`);
  const items = files.map((file) => element("li", `${file.table_name}: ${file.filename}, ${file.rows} rows`));
  find("files").replaceChildren(...items);
}

onSubmit("sign-in", async (form) => {
  const { token } = await ask(form.get("path"), {
    body: { email: form.get("email"), password: form.get("password") },
  });
  session.token = token;
  await open();
});

onSubmit("upload", async (form) => {
  await ask(`/workspaces/${workspace.id}/files`, { body: form });
  await showFiles();
});

onSubmit("query", async (form) => {
  const answer = await ask(`/workspaces/${workspace.id}/query`, { body: { sql: form.get("sql") } });
  find("answer").replaceChildren(...table(answer));
});

if (session.token) open().catch(() => {});
