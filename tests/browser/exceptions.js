// What works differently in a page than in a process, and why.

const thread = { ends: /refused pthread_create/, because: "it starts a thread" };
const socket = { ends: /refused a socket/, because: "it opens a socket" };

export const EXCEPTIONS = {
  "13-futures sync": thread,
  "14-errors async_codes": socket,
  "14-errors sync_codes": socket,
};

// Exercises and answers that a page cannot check, and its message instead.
const threads = { says: /^It uses pthread_create \(a thread\)/, because: "it starts a thread" };
const network = { says: /^It uses a socket \(the network\)/, because: "it opens a socket" };

export const UNCHECKED = {
};

// Answers of which a page says something else, with the reason.
export const OTHERWISE = {
};
