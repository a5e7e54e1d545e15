// A list of jobs for several threads. Look at run():
// each thread that calls it takes one job after the other.
#pragma once

#include <functional>
#include <mutex>
#include <queue>
#include <utility>

class Jobs {
 public:
  using Job = std::function<void()>;

  void post(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push(std::move(job));
  }

  // Returns when no job is left to take.
  void run() {
    while (const Job job = take()) job();
  }

 private:
  Job take() {
    const std::lock_guard lock(mutex_);
    if (jobs_.empty()) return nullptr;
    Job job = std::move(jobs_.front());
    jobs_.pop();
    return job;
  }

  std::mutex mutex_;
  std::queue<Job> jobs_;
};
