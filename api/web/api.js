/** The service's native API: JSON, problems (RFC 9457) and the event stream of an answer. */

import { remember, remembered } from "./settings.js";

/** What the service said no with; `status` is 0 when it could not be reached. */
export class Problem extends Error {
  constructor(status, detail, retryAfter = null) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const setKey = (key) => remember("key", key);

/** Return the JSON at `path`; throws `Problem`. */
export const get = async (path) => (await send(path)).json();

/** Return what is at `path` as bytes; throws `Problem`. */
export const blob = async (path) => (await send(path)).blob();

/** Delete what is at `path`; throws `Problem`. */
export const remove = (path) => send(path, { method: "DELETE" });

/** Send a file to the archive; `progress(share)` is told how much of it has been sent. Throws `Problem`. */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not say how much has been sent
    request.open("POST", "api/documents");
    const key = remembered("key");
    if (key) request.setRequestHeader("authorization", `Bearer ${key}`);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 1));
    request.upload.addEventListener("load", () => progress(1));
    request.addEventListener("error", () => reject(new Problem(0, "")));
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status === 201) resolve(response);
      else reject(new Problem(status, response?.detail ?? request.statusText));
    });
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}

/** Do `request`, and again as long as the service is still starting. */
export async function patiently(request, tries = 30) {
  try {
    return await request();
  } catch (problem) {
    if (problem.status !== 503 || tries === 0) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 1000 * (problem.retryAfter ?? 1)));
    return patiently(request, tries - 1);
  }
}

/**
 * Yield `{event, data}` of the answer to `body` as they come, the last one `done`; throws `Problem`, also when the
 * stream breaks off, and `AbortError` when `signal` says so.
 */
export async function* chat(body, signal) {
  const response = await send("/api/chat", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ ...body, stream: true }),
    signal,
  });
  try {
    for await (const { event, data } of events(response.body)) {
      if (event === "error") throw new Problem(data.status, data.detail);
      yield { event, data };
      if (event === "done") return;
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem(0, "");
  }
  throw new Problem(0, "");
}

async function send(path, options = {}) {
  const key = remembered("key");
  const headers = { ...options.headers, ...(key && { authorization: `Bearer ${key}` }) };
  let response;
  try {
    // Relative to the page, which may stand under a prefix.
    response = await fetch(path.replace(/^\//, ""), { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  throw new Problem(response.status, problem.detail ?? response.statusText, Number.isNaN(seconds) ? null : seconds);
}

/** Yield the events of a server-sent event stream with data in JSON. */
export async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (buffer + value).split(/\r\n\r\n|\n\n|\r\r/);
      buffer = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parsed(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, content] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") event = content;
    else if (field === "data") data.push(content);
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
