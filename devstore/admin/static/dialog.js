/* One dialog for every question the admin asks. */

const dialog = document.getElementById("dialog");
const title = document.getElementById("dialog-title");
const body = document.getElementById("dialog-body");
const buttons = document.getElementById("dialog-buttons");
let waiting = Promise.resolve();

const open = (words, content, yes, no) => new Promise((resolve) => {
  title.textContent = words;
  body.replaceChildren(content);
  const choices = [[no, "no", ""], [yes, "yes", "primary"]].map(([label, value, look]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: look });
    button.addEventListener("click", () => dialog.close(value));
    return button;
  });
  buttons.replaceChildren(...choices);
  dialog.returnValue = "";
  dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  dialog.showModal();
});

/** Ask a question and say whether the answer was yes; a second question waits for the first. */
export const ask = (words, content, yes, no) => {
  const answer = waiting.then(() => open(words, content, yes, no));
  waiting = answer.catch(() => undefined);
  return answer;
};
