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
  "01-print answer.threads": threads,
  "05-count answer.two_threads_run": threads,
  "08-chores answer.right_thread_pool": threads,
  "09-files solution": threads,
  "09-files answer.all_at_once": threads,
  "09-files answer.future": threads,
  "09-files answer.joined": threads,
  "09-files answer.not_awaited": threads,
  "09-files answer.posts_and_comes_back": threads,
  "09-files answer.right_channel": threads,
  "09-files answer.right_two_hops": threads,
  "09-files answer.right_whole_archive": threads,
  "10-http-request exercise": network,
  "10-http-request solution": network,
  "10-http-request answer.blocking_read": network,
  "10-http-request answer.first_only": network,
  "10-http-request answer.not_awaited": network,
  "10-http-request answer.not_started": network,
  "10-http-request answer.right_tasks": network,
  "11-http-requests exercise": network,
  "11-http-requests solution": network,
  "11-http-requests answer.all_at_once": network,
  "11-http-requests answer.in_batches": network,
  "11-http-requests answer.one_after_the_other": network,
  "11-http-requests answer.own_place": network,
  "11-http-requests answer.right_tasks": network,
  "11-http-requests answer.thirds": network,
  "20-cpu-bound exercise": threads,
  "20-cpu-bound solution": threads,
  "20-cpu-bound answer.frozen": threads,
  "20-cpu-bound answer.future": threads,
  "20-cpu-bound answer.on_the_loop": threads,
  "20-cpu-bound answer.one_by_one": threads,
  "20-cpu-bound answer.one_thread": threads,
  "20-cpu-bound answer.posts_and_comes_back": threads,
  "20-cpu-bound answer.right_channels": threads,
  "20-cpu-bound answer.right_co_spawn": threads,
  "20-cpu-bound answer.right_own_pools": threads,
  "20-cpu-bound answer.timer_instead": threads,
  "22-echo-server exercise": network,
  "22-echo-server solution": network,
  "22-echo-server answer.blocking": network,
  "22-echo-server answer.first_only": network,
  "22-echo-server answer.not_awaited": network,
  "22-echo-server answer.right_at_the_door": network,
  "22-echo-server answer.right_counters": network,
  "22-echo-server answer.waits_for_the_task": network,
  "23-web-api exercise": network,
  "23-web-api solution": network,
  "23-web-api answer.always_a_second": network,
  "23-web-api answer.both": network,
  "23-web-api answer.limits_the_loop": network,
  "23-web-api answer.looks_afterwards": network,
  "23-web-api answer.refuses_all": network,
  "23-web-api answer.right_timer_first": network,
  "23-web-api answer.right_wraps_the_price": network,
};

// Answers of which a page says something else, with the reason.
export const OTHERWISE = {};
