/* Short messages at the bottom of the window. */

const place = document.getElementById("toasts");
const shown = new Map();

const button = (label, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  made.addEventListener("click", act);
  return made;
};

export const toasts = {
  show: (message, send) => {
    toasts.hide(message.toast);
    const toast = Object.assign(document.createElement("div"), { className: message.isError ? "toast error" : "toast" });
    toast.append(Object.assign(document.createElement("span"), { textContent: message.message }));
    if (message.action) {
      toast.append(button(message.action, () => {
        send("toast.action", { toast: message.toast });
        toasts.hide(message.toast);
      }));
    }
    const dismiss = () => {
      if (toasts.hide(message.toast)) send("toast.dismiss", { toast: message.toast });
    };
    toast.append(button("Dismiss", dismiss));
    // An error stays until somebody has seen it.
    const timer = message.isError ? 0 : setTimeout(dismiss, message.duration || 5000);
    shown.set(message.toast, { toast, timer });
    place.append(toast);
  },
  hide: (id) => {
    const found = shown.get(id);
    if (!found) return false;
    clearTimeout(found.timer);
    found.toast.remove();
    shown.delete(id);
    return true;
  },
};
