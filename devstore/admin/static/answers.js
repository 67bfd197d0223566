/* What the app may ask of the admin, each with its answer. */

import { ask } from "./dialog.js";
import { openBar } from "./savebar.js";
import { pick } from "./picker.js";

const get = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The admin answered ${answer.status}.`);
  return answer.json();
};

const change = async (facts, body) => {
  const answer = await fetch(`${facts.admin}/scopes.json`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error.message);
  return told;
};

const detail = ({ granted, required, optional }) => ({ granted, required, optional });

const list = (words) => {
  const items = document.createElement("ul");
  for (const line of words) items.append(Object.assign(document.createElement("li"), { textContent: line }));
  return items;
};

const requestScopes = async ({ scopes }, facts) => {
  const now = await get(`${facts.admin}/scopes.json`);
  const wanted = scopes.filter((scope) => !now.granted.includes(scope));
  if (wanted.length === 0) return { result: "granted-all", detail: detail(now) };
  const unlisted = wanted.filter((scope) => !now.optional.includes(scope));
  if (unlisted.length > 0) throw new Error(`Not an optional scope of this app: ${unlisted.join(", ")}.`);
  const agreed = await ask(`${facts.appName} asks for more`, list(wanted.map((scope) => now.reasons[scope] ?? scope)), "Allow", "Not now");
  return agreed
    ? { result: "granted-all", detail: detail(await change(facts, { grant: wanted })) }
    : { result: "declined-all", detail: detail(now) };
};

export const answers = {
  "id-token": async (message, facts) => {
    const answer = await fetch(`${facts.admin}/id-token`, { method: "POST" });
    if (!answer.ok) throw new Error("The app is not installed any more.");
    return { token: await answer.text() };
  },
  user: async (message, facts) => facts.user,
  "scopes.query": async (message, facts) => detail(await get(`${facts.admin}/scopes.json`)),
  "scopes.request": requestScopes,
  "scopes.revoke": async ({ scopes }, facts) => ({ detail: detail(await change(facts, { revoke: scopes })) }),
  "resource-picker": async ({ options }, facts) => pick(options ?? {}, await get(`${facts.admin}/products.json?query=${encodeURIComponent(options?.query ?? "")}`)),
  "save-bar.leave": async () => openBar.mayLeave(),
  extensions: async (message, facts) => get(`${facts.admin}/extensions.json`),
};
