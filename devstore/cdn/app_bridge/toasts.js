/* Toasts are shown by the admin; this side keeps what to do when one is pressed or gone. */

const toasts = new Map();
let lastToast = 0;

shopify.toast = {
  show(message, options = {}) {
    const toast = `toast-${(lastToast += 1)}`;
    toasts.set(toast, options);
    tell("toast.show", {
      toast, message: String(message), duration: options.duration ?? 5000, isError: Boolean(options.isError), action: options.action,
    });
    return toast;
  },
  hide(toast) {
    tell("toast.hide", { toast });
  },
};

listeners["toast.action"] = ({ toast }) => toasts.get(toast)?.onAction?.();
listeners["toast.dismiss"] = ({ toast }) => {
  toasts.get(toast)?.onDismiss?.();
  toasts.delete(toast);
};
