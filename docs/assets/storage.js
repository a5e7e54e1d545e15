// The browser's storage. Private windows and locked-down browsers throw at any use of a storage: then nothing
// is kept.

function forgiving(storage) {
  const use = (action) => {
    try {
      return action(storage());
    } catch {
      return null;
    }
  };
  return {
    get: (key) => use((kept) => kept.getItem(key)),
    set: (key, value) => use((kept) => kept.setItem(key, value)),
    remove: (key) => use((kept) => kept.removeItem(key)),
  };
}

/** For all visits. */
export const local = forgiving(() => localStorage);
/** For this tab. */
export const session = forgiving(() => sessionStorage);
