/** Conversations, kept by the browser for every tab: in IndexedDB, or for this visit alone where there is none. */

const NAME = "gazette";
const STORE = "talks";
const MOST = 200;

const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
const visit = new Map();
let opening = null;

/** Call `listener` when another tab has changed what is kept. */
export const onTalks = (listener) => channel?.addEventListener("message", listener);

/** Return all conversations, `{id, updated, turns}`, the latest first. */
export async function allTalks() {
  const store = await database();
  const found = store ? await result(store.transaction(STORE).objectStore(STORE).getAll()) : [...visit.values()];
  return found.sort((a, b) => b.updated - a.updated);
}

/** Return one conversation, or `null`. */
export async function talk(id) {
  const store = await database();
  const found = store ? await result(store.transaction(STORE).objectStore(STORE).get(id)) : visit.get(id);
  return found ?? null;
}

/** Keep `turns` (`{question, understood, filters, answer}`) as the conversation `id`. */
export async function keep(id, turns) {
  const kept = turns.map(({ question, understood, filters, answer }) => ({ question, understood, filters, answer }));
  await change((store) => store.put({ id, updated: Date.now(), turns: kept }), () => visit.set(id, { id, updated: Date.now(), turns: kept }));
  const old = (await allTalks()).slice(MOST);
  for (const each of old) await discard(each.id);
}

/** Forget a conversation. */
export const discard = (id) => change((store) => store.delete(id), () => visit.delete(id));

/** Return the conversations in which every word of `query` stands, in a question or in an answer. */
export function matching(talks, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return talks.filter(({ turns }) => {
    const said = turns.map(({ question, answer }) => `${question}\n${answer?.answer ?? ""}`).join("\n").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

async function change(stored, remembered) {
  const store = await database();
  if (store) await result(stored(store.transaction(STORE, "readwrite").objectStore(STORE)));
  else remembered();
  channel?.postMessage("changed");
}

function database() {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null); // some private windows have none
    }
  });
  return opening;
}

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
