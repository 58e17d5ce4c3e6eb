// How the app looks on this phone: size of type (elder mode) and contrast for sunlight. Remembered here, told to nobody.
const KEY = "linli-field-looks";

export const looks = () => {
  const { type = "normal", light = "normal" } = document.documentElement.dataset;
  return { type, light };
};

export const choose = (change) => {
  Object.assign(document.documentElement.dataset, change);
  try {
    localStorage.setItem(KEY, JSON.stringify(looks()));
  } catch {
    // It holds until the page is left.
  }
};
