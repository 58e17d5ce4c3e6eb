// Before anything is drawn: the size of type and the contrast that this phone was set to. A plain script, so that nothing jumps.
try {
  const looks = JSON.parse(localStorage.getItem("linli-field-looks") ?? "{}");
  Object.assign(document.documentElement.dataset, { type: looks.type ?? "normal", light: looks.light ?? "normal" });
} catch {
  // A browser that keeps nothing shows the usual looks.
}
