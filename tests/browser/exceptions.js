// What works differently in a page than in a process, and why.

const thread = { ends: /refused pthread_create/, because: "it starts a thread" };
const socket = { ends: /refused a socket/, because: "it opens a socket" };

export const EXCEPTIONS = {
  "13-futures sync": thread,
  "14-errors async_codes": socket,
  "14-errors sync_codes": socket,
  "34-awaitables async_five_ways": thread,
  "34-awaitables async_no_work": thread,
  "34-awaitables async_wrong_thread": thread,
  "34-awaitables exercise": {
    ends: /^end after 40100[01] ms$/,
    because: "it wakes every second for 401 seconds, and each wait takes two microseconds longer in a page",
  },
  "37-virtual-time async_sleeps_in_test": thread,
  "38-strands async": thread,
  "38-strands exercise": thread,
  "38-strands async_across_await": thread,
  "38-strands async_blocked_strand": thread,
  "38-strands async_dispatch": thread,
  "38-strands async_loops": thread,
  "38-strands async_no_strand": thread,
  "38-strands sync": thread,
};

// Exercises and answers that a page cannot check, and its message instead.
const threads = { says: /^It uses pthread_create \(a thread\)/, because: "it starts a thread" };

export const UNCHECKED = {
  "01-print answer.async_threads": threads,
  "01-print answer.threads": threads,
  "05-count answer.thread_joined": threads,
  "05-count answer.two_threads_run": threads,
  "06-baton answer.threads": threads,
  "07-say-after answer.async_threads": threads,
  "08-chores answer.boards_at_once": threads,
  "08-chores answer.right_board_on_pool": threads,
  "08-chores answer.right_plain_thread": threads,
  "08-chores answer.right_thread_pool": threads,
  "12-gather answer.thread_each": threads,
  "36-a-million-tasks answer.thread": threads,
};

// Answers of which a page says something else, with the reason.
export const OTHERWISE = {
  "02-sleep answer.nanoseconds": "it prints the nanoseconds that looking at the clock takes",
  "15-timeouts answer.or_with_timer": "two time-outs at one moment come in another order",
  "30-postgresql answer.rolls_back_before_begin":
    "in a page an uncaught exception destroys main's variables, so a connection is given to a pool that is gone",
  "33-dns answer.asks_all_receives_in_turn": "an idle loop wakes every five minutes, just before or after the hour is over",
  "37-virtual-time answer.two_clocks": "it ends after some ten million looks, for which only a page takes less than ten seconds",
};
