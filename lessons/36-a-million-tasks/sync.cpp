// Loaves rise, and a thread waits for each. Look at what is done
// when the system refuses another thread.
#include <fmt/core.h>

#include <cstdio>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

#include "bakery.hpp"
#include "thread_cost.hpp"

void rise(Bakery& bakery, int loaf) {
  bakery.begin();
  std::this_thread::sleep_until(risen_at(loaf));
  bakery.end();
}

int main(int argc, char* argv[]) {
  Bakery bakery(10'000, argc, argv);
  ThreadCost cost(bakery);
  std::vector<std::thread> threads;
  try {
    for (int loaf = 0; loaf < bakery.loaves(); ++loaf) {
      threads.emplace_back(rise, std::ref(bakery), loaf);
    }
  } catch (const std::system_error& error) {
    fmt::print(stderr, "A loaf gets no thread: {}\n",
               error.what());
  }
  cost.print(threads.size());
  for (std::thread& thread : threads) thread.join();
  cost.print_end();
}
