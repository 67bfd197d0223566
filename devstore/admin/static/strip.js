/* Keeps the strip on top up to date, and sends its buttons without leaving the page. */

const admin = document.body.dataset.admin;
const SLOW_MS = 2000;
const FAST_MS = 400;
let timer;
const status = document.getElementById("strip-moving");
let wasMoving = "running" in status.dataset;
let touched = false;
let refused = ""; // why the last button did nothing

const text = (id, words) => {
  const place = document.getElementById(id);
  if (place.textContent !== String(words)) place.textContent = words;
};

const showThings = (things) => {
  text("things-done", things.filter((thing) => thing.done).length);
  document.querySelectorAll("#things > li").forEach((item, place) => {
    item.classList.toggle("done", things[place].done);
    item.querySelector(".state").textContent = things[place].done ? ", done" : "";
  });
};

const showAnswers = (webhooks) => {
  if (webhooks.length === 0) return;
  document.getElementById("answers").replaceChildren(...webhooks.map((one) => {
    const row = document.createElement("tr");
    if (!one.good) row.className = "bad";
    for (const words of [one.topic, one.answer, one.took]) row.insertCell().textContent = words;
    return row;
  }));
};

const showFaults = (faults) => {
  for (const [name, on] of Object.entries(faults)) {
    document.querySelector(`.faults [value="${name}"]`).setAttribute("aria-pressed", String(on));
  }
  text("webhooks-state", Object.values(faults).some(Boolean) ? "broken on purpose" : "healthy");
};

const showLedger = ({ head, good, app, store }) => {
  text("ledger-head", head);
  document.getElementById("ledger-head").classList.toggle("bad", !good);
  text("ledger-app", app);
  document.querySelectorAll("#ledger-store > li").forEach((line, place) => { line.textContent = store[place]; });
};

const moving = ({ running, hours_done: done, hours_total: total, waiting_for: waiting, error, afterwards }) => {
  if (error) return `The clock stopped: ${error}.`;
  if (!running) return afterwards;
  return `Hour ${Math.min(Math.ceil(done) + 1, Math.ceil(total))} of ${Math.ceil(total)}${waiting ? `, waiting for ${waiting}` : ""}`;
};

const show = (strip) => {
  text("strip-day", strip.day);
  text("strip-time", strip.time);
  text("inbox-count", strip.inbox);
  text("closing", strip.closing);
  showLedger(strip.ledger);
  if (strip.jump.running) refused = "";
  text("strip-moving", refused || moving(strip.jump));
  status.toggleAttribute("data-running", strip.jump.running);
  for (const button of document.querySelectorAll(".steps button")) button.disabled = strip.jump.running;
  showThings(strip.things);
  showFaults(strip.faults);
  showAnswers(strip.webhooks);
  // After a jump the page shows the new day, unless somebody is in the middle of a form.
  if (wasMoving && !strip.jump.running && !touched) {
    if (document.getElementById("app")) document.dispatchEvent(new Event("clock-moved"));
    else location.reload();
  }
  wasMoving = strip.jump.running;
};

const look = async () => {
  clearTimeout(timer);
  try {
    const answer = await fetch(`${admin}/strip.json`);
    if (answer.ok) show(await answer.json());
  } catch {
    // The dev store is restarting: the next look will tell.
  }
  timer = setTimeout(look, document.hidden ? SLOW_MS * 5 : wasMoving ? FAST_MS : SLOW_MS);
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  const data = new FormData(form);
  if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  refused = answer.status === 422 ? (await answer.json()).error.message : "";
  if (refused) text("strip-moving", refused);
  else if (form.matches(".steps")) {
    wasMoving = true;
    text("strip-moving", "Moving…");
    status.toggleAttribute("data-running", true);
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }
  if (answer.status !== 422) look();
});

document.querySelector("main").addEventListener("input", () => { touched = true; });
document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll(".drop[open]")) if (!drop.contains(event.target)) drop.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector(".drop[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
timer = setTimeout(look, FAST_MS);
