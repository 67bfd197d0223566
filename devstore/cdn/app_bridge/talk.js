/* Talking with the admin page around this frame; see PROTOCOL.md. */

const script = document.currentScript;
const adminOrigin = new URL(script.src).origin;
const framed = window.parent !== window;
const BRIDGE = "devstore/1";
const PATIENCE_MS = 15000;

let lastRequest = 0;
const open = new Map();
const listeners = {};

const tell = (type, fields = {}) => {
  if (framed) window.parent.postMessage({ bridge: BRIDGE, type, ...fields }, adminOrigin);
};

const ask = (type, fields = {}, patience = PATIENCE_MS) => new Promise((resolve, reject) => {
  if (!framed) {
    reject(new Error("This page is not inside the Shopify admin."));
    return;
  }
  const id = String((lastRequest += 1));
  const timer = patience && setTimeout(() => {
    open.delete(id);
    reject(new Error(`The admin did not answer "${type}" within ${patience / 1000} seconds.`));
  }, patience);
  open.set(id, (answer) => {
    clearTimeout(timer);
    open.delete(id);
    if (answer.ok) resolve(answer.value);
    else reject(new Error(answer.error));
  });
  tell(type, { id, ...fields });
});

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.origin !== adminOrigin || event.data?.bridge !== BRIDGE) return;
  if (event.data.type === "response") open.get(event.data.id)?.(event.data);
  else listeners[event.data.type]?.(event.data);
});
