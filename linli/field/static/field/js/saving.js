// A file of what lies on the phone, to be handed in by another way: shared where the phone can, else put among its downloads.
export const saveFile = async (blob, name) => {
  const file = new File([blob], name, { type: blob.type });
  if (navigator.canShare?.({ files: [file] }) && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ files: [file] });
      return;
    } catch (error) {
      // Called off by the person: no second question.
      if (error.name === "AbortError") return;
    }
  }
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

export const fileName = (what = "outbox") => `linli-${what}-${new Date().toISOString().slice(0, 16).replace(/[-:T]/g, "")}.json`;
