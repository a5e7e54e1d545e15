// Lines that are to be put in order.

/** The lines, not in their order: by the alphabet, or the other way round if that happens to be it. */
export function offered(lines) {
  const sorted = [...lines].sort();
  return sorted.join("\n") === lines.join("\n") ? sorted.reverse() : sorted;
}
