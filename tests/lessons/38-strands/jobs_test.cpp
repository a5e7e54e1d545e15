// The list that the threads of sync.cpp work off.
#include "../../../lessons/38-strands/jobs.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

TEST_CASE("without a job run returns at once") {
  Jobs jobs;
  jobs.run();
  CHECK(true);
}

TEST_CASE("jobs are called once each, in their order") {
  Jobs jobs;
  std::vector<int> called;
  for (int number = 1; number <= 3; ++number) {
    jobs.post([&called, number] { called.push_back(number); });
  }
  jobs.run();
  jobs.run();
  CHECK(called == std::vector{1, 2, 3});
}

TEST_CASE("a job may post another one, which is called as well") {
  Jobs jobs;
  std::vector<int> called;
  jobs.post([&] {
    jobs.post([&] { called.push_back(2); });
    called.push_back(1);
  });
  jobs.run();
  CHECK(called == std::vector{1, 2});
}

TEST_CASE("four threads have four jobs at the same time") {
  Jobs jobs;
  std::latch all_at_once(4);  // if fewer came, they would wait forever
  std::atomic<int> calls = 0;
  for (int number = 1; number <= 4; ++number) {
    jobs.post([&] {
      all_at_once.arrive_and_wait();
      ++calls;
    });
  }
  std::vector<std::thread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([&] { jobs.run(); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(calls == 4);
}
